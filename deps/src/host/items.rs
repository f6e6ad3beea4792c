//! Elements of maps that are no numbers: the kernel takes a file descriptor there, the host's functions a handle.

use wasmtime::component::Resource;

use super::bpf::objects::{HostCgroup, HostFile, HostNetworkNamespace, Item};
use super::calls::Import;
use super::maps::{Shape, check_length};
use super::{Cgroup, EINVAL, Failure, File, Guest, Map, NetworkNamespace, Outcome, Program, handle, own};
use crate::abi;

fn handle_of(item: &Item) -> u32 {
    match item {
        Item::Program(program) => program.rep(),
        Item::Map(map) => map.rep(),
        Item::Socket(socket) => socket.rep(),
        Item::Cgroup(cgroup) => cgroup.rep(),
        Item::NetworkNamespace(namespace) => namespace.rep(),
        Item::PerfEvent(event) => event.rep(),
        Item::File(file) => file.rep(),
    }
}

impl Guest {
    fn item_shape(&mut self, map: &Resource<Map>, part: u32, what: &str) -> Outcome<Shape> {
        let shape = self.shape(map)?;
        if shape.handles & part != 0 {
            return Ok(shape);
        }
        Err(Failure::told(EINVAL, format!("{what} of this map are plain bytes: lookup, update and delete take them")))
    }

    /// Its shape, and where the key lies that the item makes.
    pub fn item_key(&mut self, map: &Resource<Map>, item: &Item) -> Outcome<(Shape, u64)> {
        let shape = self.item_shape(map, abi::HANDLES_KEY, "keys")?;
        check_length("a key that is an item", size_of::<u32>(), shape.key_size)?;
        let key = self.start().value(&handle_of(item))?;
        Ok((shape, key))
    }

    pub fn put_item(&mut self, map: &Resource<Map>, key: &[u8], item: &Item, flags: u64) -> Outcome<()> {
        let shape = self.item_shape(map, abi::HANDLES_VALUE, "values")?;
        check_length("a key", key.len(), shape.key_size)?;
        // Of a sockmap a value has 4 or 8 bytes; the kernel's id comes back in them.
        let mut value = vec![0; shape.value_bytes.max(size_of::<u32>())];
        value[..size_of::<u32>()].copy_from_slice(&handle_of(item).to_le_bytes());
        let calls = self.start();
        let key = calls.bytes(key)?;
        let value = calls.bytes(&value)?;
        calls.call(Import::map_update, [handle(map), key, value, flags])?;
        Ok(())
    }

    pub fn put_redirect(
        &mut self,
        map: &Resource<Map>,
        key: &[u8],
        number: u32,
        program: Option<Resource<Program>>,
        flags: u64,
    ) -> Outcome<()> {
        let shape = self.item_shape(map, abi::HANDLES_SECOND, "values")?;
        check_length("a key", key.len(), shape.key_size)?;
        if program.is_some() && shape.value_bytes < 8 {
            return Err(Failure::told(EINVAL, "values of this map have no room for a program: 8 bytes"));
        }
        let mut value = vec![0; shape.value_bytes.max(8)];
        value[..4].copy_from_slice(&number.to_le_bytes());
        value[4..8].copy_from_slice(&program.map_or(0, |program| program.rep()).to_le_bytes());
        let calls = self.start();
        let key = calls.bytes(key)?;
        let value = calls.bytes(&value)?;
        calls.call(Import::map_update, [handle(map), key, value, flags])?;
        Ok(())
    }
}

impl HostCgroup for Guest {
    fn open(&mut self, path: String) -> Outcome<Resource<Cgroup>> {
        let (at, size) = self.start().text(&path)?;
        Ok(own(self.calls.call(Import::cgroup_open, [at, size])?))
    }

    fn drop(&mut self, cgroup: Resource<Cgroup>) -> wasmtime::Result<()> {
        self.close(cgroup)
    }
}

impl HostNetworkNamespace for Guest {
    fn open(&mut self, path: Option<String>) -> Outcome<Resource<NetworkNamespace>> {
        let (at, size) = self.start().optional_text(&path)?;
        Ok(own(self.calls.call(Import::network_namespace_open, [at, size])?))
    }

    fn drop(&mut self, namespace: Resource<NetworkNamespace>) -> wasmtime::Result<()> {
        self.close(namespace)
    }
}

impl HostFile for Guest {
    fn open(&mut self, path: String) -> Outcome<Resource<File>> {
        let (at, size) = self.start().text(&path)?;
        Ok(own(self.calls.call(Import::file_open, [at, size])?))
    }

    fn drop(&mut self, file: Resource<File>) -> wasmtime::Result<()> {
        self.close(file)
    }
}
