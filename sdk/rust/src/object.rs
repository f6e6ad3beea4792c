//! Objects: opened, then loaded.

use std::ffi::c_void;
use std::rc::Rc;

use crate::abi::{self, Handle};
use crate::error::{Error, Result, check, errno, host_text};
use crate::map::{Map, OpenMap};
use crate::owner::Owner;
use crate::program::{OpenProgram, Program};

/// Where a text is, and how long it is: as the host takes them. No text: libbpf's own choice.
pub(crate) fn text_parts(text: Option<&str>) -> (u32, u32) {
    text.map_or((0, 0), |text| (text.as_ptr() as u32, text.len() as u32))
}

/// How to open an object.
#[derive(Clone, Debug, Default)]
pub struct ObjectBuilder {
    name: Option<String>,
    pin_root: Option<String>,
    btf_path: Option<String>,
    token_path: Option<String>,
    kconfig: Option<String>,
    log_level: u32,
    relaxed_maps: bool,
}

impl ObjectBuilder {
    /// The object's name.
    pub fn name(&mut self, name: impl Into<String>) -> &mut Self {
        self.name = Some(name.into());
        self
    }

    /// The folder for maps that ask to be pinned by name.
    pub fn pin_root_path(&mut self, path: impl Into<String>) -> &mut Self {
        self.pin_root = Some(path.into());
        self
    }

    /// A BTF file of the host's, in the place of the running kernel's own.
    pub fn btf_custom_path(&mut self, path: impl Into<String>) -> &mut Self {
        self.btf_path = Some(path.into());
        self
    }

    /// A BPF file system of the host's that gives tokens.
    pub fn token_path(&mut self, path: impl Into<String>) -> &mut Self {
        self.token_path = Some(path.into());
        self
    }

    /// More lines of kernel configuration, as `CONFIG_HZ=100`.
    pub fn kconfig(&mut self, lines: impl Into<String>) -> &mut Self {
        self.kconfig = Some(lines.into());
        self
    }

    /// How much the verifier says; 0: nothing unless it refuses. [`Program::log`] gives it.
    pub fn kernel_log_level(&mut self, level: u32) -> &mut Self {
        self.log_level = level;
        self
    }

    /// Takes map attributes that the host's libbpf does not know for no error.
    pub fn relaxed_maps(&mut self, relaxed: bool) -> &mut Self {
        self.relaxed_maps = relaxed;
        self
    }

    /// Opens an object file of the guest's.
    pub fn open_file(&self, path: impl AsRef<std::path::Path>) -> Result<OpenObject> {
        let path = path.as_ref();
        let content = std::fs::read(path)
            .map_err(|error| Error::from_io(&error).context(format_args!("read \"{}\"", path.display())))?;
        // As libbpf: the file's name up to its first dot.
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        self.open(name.as_deref().and_then(|name| name.split('.').next()), &content)
    }

    /// Opens an object that lies in memory; it is not needed there any more afterwards.
    pub fn open_memory(&self, object: &[u8]) -> Result<OpenObject> {
        self.open(None, object)
    }

    #[doc(hidden)]
    pub fn open_skeleton(&self, name: &str, object: &[u8]) -> Result<OpenObject> {
        self.open(Some(name), object)
    }

    fn open(&self, name: Option<&str>, object: &[u8]) -> Result<OpenObject> {
        let mut options = abi::ObjectOptions::new();
        (options.name, options.name_size) = text_parts(self.name.as_deref().or(name));
        (options.pin_root, options.pin_root_size) = text_parts(self.pin_root.as_deref());
        (options.btf_path, options.btf_path_size) = text_parts(self.btf_path.as_deref());
        (options.token_path, options.token_path_size) = text_parts(self.token_path.as_deref());
        (options.kconfig, options.kconfig_size) = text_parts(self.kconfig.as_deref());
        options.kernel_log_level = self.log_level;
        options.relaxed_maps = self.relaxed_maps.into();
        // SAFETY: the host reads the object and the options, whose texts live as long as `self` and `name`.
        let handle = check(unsafe {
            abi::object_open(object.as_ptr().cast(), object.len() as u32, (&raw const options).cast())
        })?;
        Ok(OpenObject { owner: Owner::new(handle) })
    }
}

/// What open and loaded objects have in common.
fn name_of(object: &Owner) -> String {
    let name = host_text(|text, size| {
        // SAFETY: the host writes at most `size` bytes.
        unsafe { abi::object_name(object.handle(), text, size) }
    });
    name.map(String::from).unwrap_or_default()
}

/// The part of that name; ENOENT with a text of our own: the host has none for it.
fn find(
    object: &Owner,
    what: &str,
    name: &str,
    find: unsafe extern "C" fn(Handle, *const c_void, u32) -> Handle,
) -> Result<Handle> {
    // SAFETY: the host reads the name.
    match unsafe { find(object.handle(), name.as_ptr().cast(), name.len() as u32) } {
        code if code == -errno::ENOENT => {
            Err(Error::new(errno::ENOENT, format!("the object has no {what} \"{name}\"")))
        }
        code => check(code),
    }
}

/// The handles of all parts of a kind.
fn all(object: &Owner, next: unsafe extern "C" fn(Handle, Handle) -> Handle) -> impl Iterator<Item = Handle> + '_ {
    // SAFETY: no memory is involved.
    let after = move |previous| Some(unsafe { next(object.handle(), previous) }).filter(|&handle| handle > 0);
    std::iter::successors(after(0), move |&previous| after(previous))
}

/// An object whose maps and programs can be changed before it is loaded.
#[derive(Debug)]
pub struct OpenObject {
    pub(crate) owner: Rc<Owner>,
}

impl OpenObject {
    /// Its name.
    pub fn name(&self) -> String {
        name_of(&self.owner)
    }

    /// The map of that name; global data by its section's, as `.rodata`.
    pub fn map(&self, name: &str) -> Result<OpenMap> {
        Ok(OpenMap::new(find(&self.owner, "map", name, abi::object_find_map)?, &self.owner))
    }

    /// The program of that name.
    pub fn prog(&self, name: &str) -> Result<OpenProgram> {
        Ok(OpenProgram::new(find(&self.owner, "program", name, abi::object_find_program)?, &self.owner))
    }

    /// All of its maps.
    pub fn maps(&self) -> impl Iterator<Item = OpenMap> + '_ {
        all(&self.owner, abi::object_next_map).map(|handle| OpenMap::new(handle, &self.owner))
    }

    /// All of its programs.
    pub fn progs(&self) -> impl Iterator<Item = OpenProgram> + '_ {
        all(&self.owner, abi::object_next_program).map(|handle| OpenProgram::new(handle, &self.owner))
    }

    /// Creates the maps and loads the programs.
    pub fn load(self) -> Result<Object> {
        // SAFETY: windows that were bound before become the kernel's memory; their owner keeps them.
        check(unsafe { abi::object_load(self.owner.handle()) })?;
        Ok(Object { owner: self.owner })
    }
}

/// A loaded object. It is closed once it and all that came from it but links are dropped.
#[derive(Debug)]
pub struct Object {
    owner: Rc<Owner>,
}

impl Object {
    /// Its name.
    pub fn name(&self) -> String {
        name_of(&self.owner)
    }

    /// The map of that name; global data by its section's, as `.bss`.
    pub fn map(&self, name: &str) -> Result<Map> {
        Map::new(find(&self.owner, "map", name, abi::object_find_map)?, &self.owner)
    }

    /// The program of that name.
    pub fn prog(&self, name: &str) -> Result<Program> {
        Ok(Program::new(find(&self.owner, "program", name, abi::object_find_program)?, &self.owner))
    }

    /// All of its maps.
    pub fn maps(&self) -> impl Iterator<Item = Map> + '_ {
        all(&self.owner, abi::object_next_map).filter_map(|handle| Map::new(handle, &self.owner).ok())
    }

    /// All of its programs.
    pub fn progs(&self) -> impl Iterator<Item = Program> + '_ {
        all(&self.owner, abi::object_next_program).map(|handle| Program::new(handle, &self.owner))
    }

    /// The object's BTF.
    pub fn btf(&self) -> Result<Vec<u8>> {
        crate::kernel::read_btf(self.owner.handle(), None)
    }
}
