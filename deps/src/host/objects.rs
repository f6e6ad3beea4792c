//! Objects.

use wasmtime::component::Resource;

use super::bpf::objects::{HostObject, ObjectOptions};
use super::calls::{Calls, Import};
use super::{Guest, Map, Object, Outcome, Program, handle, own};
use crate::abi;

fn lay_down(calls: &mut Calls, options: &ObjectOptions) -> Outcome<u64> {
    let mut given = abi::ObjectOptions::new();
    for (text, at, size) in [
        (&options.name, &mut given.name, &mut given.name_size),
        (&options.pin_root, &mut given.pin_root, &mut given.pin_root_size),
        (&options.btf_path, &mut given.btf_path, &mut given.btf_path_size),
        (&options.token_path, &mut given.token_path, &mut given.token_path_size),
        (&options.kconfig, &mut given.kconfig, &mut given.kconfig_size),
    ] {
        let (place, length) = calls.optional_text(text)?;
        *at = place as u32;
        *size = length as u32;
    }
    given.kernel_log_level = options.kernel_log_level;
    given.relaxed_maps = u32::from(options.relaxed_maps);
    calls.value(&given)
}

impl Guest {
    /// Maps or programs, one after another.
    fn all<T: 'static>(&mut self, object: &Resource<Object>, next: Import) -> Outcome<Vec<Resource<T>>> {
        let mut found = Vec::new();
        let mut previous = 0;
        loop {
            previous = self.start().call(next, [handle(object), previous as u64])?;
            if previous == 0 {
                return Ok(found);
            }
            found.push(own(previous));
        }
    }
}

impl HostObject for Guest {
    fn open(&mut self, elf: Vec<u8>, options: Option<ObjectOptions>) -> Outcome<Resource<Object>> {
        let calls = self.start();
        let at = calls.bytes(&elf)?;
        let options = options.map_or(Ok(0), |options| lay_down(calls, &options))?;
        Ok(own(calls.call(Import::object_open, [at, elf.len() as u64, options])?))
    }

    fn load(&mut self, object: Resource<Object>) -> Outcome<()> {
        self.shapes.clear();
        self.start().call(Import::object_load, [handle(&object)])?;
        Ok(())
    }

    fn name(&mut self, object: Resource<Object>) -> Outcome<String> {
        self.start().whole_text(|calls, at, size| calls.call(Import::object_name, [handle(&object), at, size]))
    }

    fn find_map(&mut self, object: Resource<Object>, name: String) -> Outcome<Resource<Map>> {
        let (at, size) = self.start().text(&name)?;
        Ok(own(self.calls.call(Import::object_find_map, [handle(&object), at, size])?))
    }

    fn maps(&mut self, object: Resource<Object>) -> Outcome<Vec<Resource<Map>>> {
        self.all(&object, Import::object_next_map)
    }

    fn find_program(&mut self, object: Resource<Object>, name: String) -> Outcome<Resource<Program>> {
        let (at, size) = self.start().text(&name)?;
        Ok(own(self.calls.call(Import::object_find_program, [handle(&object), at, size])?))
    }

    fn programs(&mut self, object: Resource<Object>) -> Outcome<Vec<Resource<Program>>> {
        self.all(&object, Import::object_next_program)
    }

    fn btf(&mut self, object: Resource<Object>) -> Outcome<Vec<u8>> {
        let ask = |calls: &mut Calls, at, size| calls.call(Import::btf_read, [handle(&object), 0, 0, at, size]);
        Ok(self.start().whole(0, ask)?.to_vec())
    }

    fn drop(&mut self, object: Resource<Object>) -> wasmtime::Result<()> {
        self.close(object)
    }
}
