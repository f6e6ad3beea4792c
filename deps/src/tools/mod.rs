//! Making, joining and describing component files, for the command's C++ side (src/component_file). Nothing of this runs
//! unless it is called.
//!
//! Every function gives what it makes to `answer`, part by part, before it returns true; or false after one part: what is
//! wrong, for a person. What is passed in must be valid for the call alone; so is what `answer` gets.

mod compose;
mod describe;
mod encode;
mod wit_folder;

use std::ffi::c_void;

/// Bytes of the caller's; `data` may be null where `size` is 0.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Bytes {
    data: *const u8,
    size: usize,
}

impl Bytes {
    pub fn of(bytes: &[u8]) -> Bytes {
        Bytes { data: bytes.as_ptr(), size: bytes.len() }
    }

    /// # Safety
    /// `data` points to `size` bytes that stay as they are for `'a`.
    unsafe fn get<'a>(self) -> &'a [u8] {
        if self.size == 0 { &[] } else { unsafe { std::slice::from_raw_parts(self.data, self.size) } }
    }

    /// # Safety
    /// As of `get`.
    unsafe fn text<'a>(self, what: &str) -> Result<&'a str, String> {
        std::str::from_utf8(unsafe { self.get() }).map_err(|_| format!("{what} is no UTF-8"))
    }
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NamedBytes {
    name: Bytes,
    content: Bytes,
}

pub type Answer = unsafe extern "C" fn(context: *mut c_void, part: NamedBytes);

/// Where answers go.
#[derive(Clone, Copy)]
struct Sink {
    answer: Answer,
    context: *mut c_void,
}

impl Sink {
    fn part(&self, name: &str, content: &[u8]) {
        let part = NamedBytes { name: Bytes::of(name.as_bytes()), content: Bytes::of(content) };
        unsafe { (self.answer)(self.context, part) }
    }

    fn finish(&self, result: Result<Vec<(String, Vec<u8>)>, String>) -> bool {
        match result {
            Ok(parts) => {
                for (name, content) in parts {
                    self.part(&name, &content);
                }
                true
            }
            Err(text) => {
                self.part("error", text.as_bytes());
                false
            }
        }
    }
}

/// # Safety
/// `items` points to `count` of them, each valid.
unsafe fn list<'a>(items: *const NamedBytes, count: usize) -> &'a [NamedBytes] {
    if count == 0 { &[] } else { unsafe { std::slice::from_raw_parts(items, count) } }
}

/// A component of a core module, by the types in its custom sections. `is_command`: it is run from `_start`.
///
/// # Safety
/// See above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_bpf_component_encode(
    module: Bytes, is_command: bool, answer: Answer, context: *mut c_void,
) -> bool {
    let result = encode::encode(unsafe { module.get() }, is_command);
    Sink { answer, context }.finish(result.map(|bytes| vec![("component".into(), bytes)]))
}

/// The module with the types of a world of `folder` in a custom section. `packages`: folders of WIT packages (their names;
/// no contents) that are taken where `folder`/deps has none of that name. `world`: empty for the only one.
///
/// # Safety
/// See above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_bpf_component_embed(
    module: Bytes, folder: Bytes, world: Bytes, packages: *const NamedBytes, package_count: usize, answer: Answer,
    context: *mut c_void,
) -> bool {
    let result = unsafe { read_world(folder, world, packages, package_count) }
        .and_then(|source| encode::embed(unsafe { module.get() }, &source));
    Sink { answer, context }.finish(result.map(|bytes| vec![("module".into(), bytes)]))
}

/// Bindings for C: the files, by their names; and "world", its full name, and a part "source" for each WIT file that was
/// read.
///
/// # Safety
/// See above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_bpf_component_c_bindings(
    folder: Bytes, world: Bytes, packages: *const NamedBytes, package_count: usize, answer: Answer,
    context: *mut c_void,
) -> bool {
    let result =
        unsafe { read_world(folder, world, packages, package_count) }.and_then(wit_folder::c_bindings);
    Sink { answer, context }.finish(result)
}

/// # Safety
/// As of the functions that call it.
unsafe fn read_world(
    folder: Bytes, world: Bytes, packages: *const NamedBytes, package_count: usize,
) -> Result<wit_folder::WorldSource, String> {
    let (folder, world) = unsafe { (folder.text("the folder's name")?, world.text("the world's name")?) };
    let packages: Vec<&str> = unsafe { list(packages, package_count) }
        .iter()
        .map(|package| unsafe { package.name.text("a folder's name") })
        .collect::<Result<_, _>>()?;
    wit_folder::read(folder, if world.is_empty() { None } else { Some(world) }, &packages)
}

/// One component of a socket and the plugs that give what it imports, and what they import in turn. `hosts`: beginnings
/// of the names of interfaces that no plug need give. `leave_open`: nor any other.
///
/// # Safety
/// See above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_bpf_component_compose(
    socket: NamedBytes, plugs: *const NamedBytes, plug_count: usize, hosts: *const NamedBytes, host_count: usize,
    leave_open: bool, answer: Answer, context: *mut c_void,
) -> bool {
    let part = |named: &NamedBytes| -> Result<compose::Part<'_>, String> {
        Ok(compose::Part {
            name: unsafe { named.name.text("a file's name")? },
            bytes: unsafe { named.content.get() },
        })
    };
    let compose = || -> Result<Vec<u8>, String> {
        let socket = part(&socket)?;
        let plugs: Vec<_> = unsafe { list(plugs, plug_count) }.iter().map(part).collect::<Result<_, _>>()?;
        let hosts: Vec<_> = unsafe { list(hosts, host_count) }
            .iter()
            .map(|host| unsafe { host.name.text("an interface's name") })
            .collect::<Result<_, _>>()?;
        compose::compose(&socket, &plugs, &hosts, leave_open)
    };
    Sink { answer, context }.finish(compose().map(|bytes| vec![("component".into(), bytes)]))
}

/// What a component is: parts "import", "types" (an import that asks for nothing) and "export", of which each is a name,
/// and "wit", its world as text with those interfaces whose names begin with none of `hidden`.
///
/// # Safety
/// See above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_bpf_component_describe(
    component: Bytes, hidden: *const NamedBytes, hidden_count: usize, answer: Answer, context: *mut c_void,
) -> bool {
    let describe = || {
        let hidden: Vec<_> = unsafe { list(hidden, hidden_count) }
            .iter()
            .map(|each| unsafe { each.name.text("an interface's name") })
            .collect::<Result<_, _>>()?;
        describe::describe(unsafe { component.get() }, &hidden)
    };
    Sink { answer, context }.finish(describe())
}
