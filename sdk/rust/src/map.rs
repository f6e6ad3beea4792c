//! Maps: before load, loaded, made by the guest itself.

use std::rc::Rc;

use crate::abi::{self, Handle, MapInfo};
use crate::error::{Error, Result, check, errno, filled, host_text};
use crate::kinds::MapType;
use crate::link::Link;
use crate::live::Live;
use crate::memory::{Pages, has_windows};
use crate::object::text_parts;
use crate::owner::Owner;
use crate::pod::{Pod, text};
use crate::program::OpenProgram;

pub(crate) fn info_of(map: Handle) -> Result<MapInfo> {
    // SAFETY: the host writes at most the struct's size.
    filled(MapInfo::new(), |info, size| unsafe { abi::map_info(map, info, size) })
}

/// A map of an object that is not loaded yet. What is set after the object's load fails.
#[derive(Clone, Debug)]
pub struct OpenMap {
    handle: Handle,
    owner: Rc<Owner>,
}

macro_rules! settings {
    ($($(#[$meta:meta])* $name:ident($value:ident: $type:ty) = $field:ident, $number:expr;)*) => {$(
        $(#[$meta])*
        pub fn $name(&self, $value: $type) -> Result<()> {
            self.set(abi::$field, $number)
        }
    )*};
}

impl OpenMap {
    pub(crate) fn new(handle: Handle, owner: &Rc<Owner>) -> Self {
        Self { handle, owner: owner.clone() }
    }

    /// Its name.
    pub fn name(&self) -> String {
        self.info().map(|info| text(&info.name).into_owned()).unwrap_or_default()
    }

    /// What the host knows of it.
    pub fn info(&self) -> Result<MapInfo> {
        info_of(self.handle)
    }

    settings! {
        /// How many elements it has room for.
        set_max_entries(count: u32) = MAP_MAX_ENTRIES, count as u64;
        /// Its type.
        set_type(kind: MapType) = MAP_TYPE, kind.0 as u64;
        /// Bytes of a key.
        set_key_size(bytes: u32) = MAP_KEY_SIZE, bytes as u64;
        /// Bytes of a value.
        set_value_size(bytes: u32) = MAP_VALUE_SIZE, bytes as u64;
        /// Whether it is created at load.
        set_autocreate(autocreate: bool) = MAP_AUTOCREATE, autocreate as u64;
        /// Whether a skeleton's `attach` attaches it, where it is a struct_ops map.
        set_autoattach(autoattach: bool) = MAP_AUTOATTACH, autoattach as u64;
        /// `BPF_F_*` of map creation.
        set_map_flags(flags: u32) = MAP_FLAGS, flags as u64;
        /// Where its memory is.
        set_numa_node(node: u32) = MAP_NUMA_NODE, node as u64;
        /// What a type has beside the rest.
        set_map_extra(extra: u64) = MAP_EXTRA, extra;
        /// The interface that it is offloaded to.
        set_map_ifindex(interface: u32) = MAP_INTERFACE, interface as u64;
    }

    fn set(&self, field: u32, value: u64) -> Result<()> {
        // SAFETY: no memory is involved.
        check(unsafe { abi::map_set(self.handle, field, value) })?;
        Ok(())
    }

    /// What global data starts with, as bytes: exactly its size. EBUSY where a skeleton has it as a struct: what is in that
    /// is what programs start with.
    pub fn set_initial_value(&self, value: &[u8]) -> Result<()> {
        if self.owner.keeps(self.handle) {
            let name = self.name();
            return Err(Error::new(errno::EBUSY, format!("\"{name}\" is the skeleton's: set its variables there")));
        }
        // SAFETY: the host reads the bytes.
        check(unsafe { abi::map_set_initial_value(self.handle, value.as_ptr().cast(), value.len() as u32) })?;
        Ok(())
    }

    /// What global data starts with: as the object has it, or as it was set here.
    pub fn initial_value(&self) -> Result<Vec<u8>> {
        let mut value = vec![0; self.info()?.data_bytes as usize];
        // SAFETY: the host writes at most the size.
        check(unsafe { abi::map_initial_value(self.handle, value.as_mut_ptr().cast(), value.len() as u32) })?;
        Ok(value)
    }

    /// The shape of a map of maps' inner maps, by example.
    pub fn set_inner_map(&self, inner: &Map) -> Result<()> {
        // SAFETY: no memory is involved; so below.
        check(unsafe { abi::map_set_inner(self.handle, inner.handle) })?;
        Ok(())
    }

    /// No other program of the object may use the map.
    pub fn set_exclusive_program(&self, program: &OpenProgram) -> Result<()> {
        // SAFETY: as above.
        check(unsafe { abi::map_set_exclusive(self.handle, program.handle()) })?;
        Ok(())
    }

    /// Has the object take an existing map of the same shape in the place of its own.
    pub fn reuse(&self, existing: &Map) -> Result<()> {
        // SAFETY: as above.
        check(unsafe { abi::map_reuse(self.handle, existing.handle) })?;
        Ok(())
    }

    /// Where the map is pinned at load, or taken from where it is pinned already. None: nowhere.
    pub fn set_pin_path(&self, path: Option<&str>) -> Result<()> {
        let (start, size) = text_parts(path);
        // SAFETY: the host reads the path.
        check(unsafe { abi::map_set_pin_path(self.handle, start as *const _, size) })?;
        Ok(())
    }

    pub(crate) fn handle(&self) -> Handle {
        self.handle
    }

    pub(crate) fn owner(&self) -> &Rc<Owner> {
        &self.owner
    }
}

/// A map of a loaded object, or one that the guest made or took from where it is pinned. A clone is the same map.
#[derive(Clone, Debug)]
pub struct Map {
    pub(crate) handle: Handle,
    pub(crate) owner: Rc<Owner>,
    kind: MapType,
    key_size: u32,
    value_size: u32,
    value_bytes: u32,
    max_entries: u32,
}

/// As libbpf-rs calls a map that stands for itself: every [`Map`] does.
pub type MapHandle = Map;

impl Map {
    pub(crate) fn new(handle: Handle, owner: &Rc<Owner>) -> Result<Self> {
        let info = info_of(handle)?;
        Ok(Self {
            handle,
            owner: owner.clone(),
            kind: MapType(info.type_),
            key_size: info.key_size,
            value_size: info.value_size,
            value_bytes: info.value_bytes,
            max_entries: info.max_entries,
        })
    }

    fn owned(handle: Handle) -> Result<Self> {
        Self::new(handle, &Owner::new(handle))
    }

    /// A map without an object: [`MapBuilder`] has more to choose.
    pub fn create(kind: MapType, name: &str, key_size: u32, value_size: u32, max_entries: u32) -> Result<Self> {
        MapBuilder::new(kind).name(name).sizes(key_size, value_size).max_entries(max_entries).create()
    }

    /// A map from where it is pinned.
    pub fn from_pinned_path(path: &str) -> Result<Self> {
        // SAFETY: the host reads the path.
        Self::owned(check(unsafe { abi::open_pinned(path.as_ptr().cast(), path.len() as u32, abi::PINNED_MAP, 0) })?)
    }

    /// Its name, as far as the kernel keeps it.
    pub fn name(&self) -> String {
        self.info().map(|info| text(&info.name).into_owned()).unwrap_or_default()
    }

    /// Its type.
    pub fn map_type(&self) -> MapType {
        self.kind
    }

    /// Bytes of a key.
    pub fn key_size(&self) -> u32 {
        self.key_size
    }

    /// Bytes of a value; of a per-CPU map: of one CPU's.
    pub fn value_size(&self) -> u32 {
        self.value_size
    }

    /// Bytes that one element has outside of the kernel: of a per-CPU map every CPU's value, each rounded up to 8.
    pub(crate) fn value_bytes(&self) -> usize {
        self.value_bytes as usize
    }

    /// How many elements it has room for.
    pub fn max_entries(&self) -> u32 {
        self.max_entries
    }

    /// What the host knows of it.
    pub fn info(&self) -> Result<MapInfo> {
        info_of(self.handle)
    }

    /// The number that stands for it where a map of maps, or a call of the guest ABI, takes one.
    pub fn handle(&self) -> Handle {
        self.handle
    }

    /// Pins it at a path of a BPF file system, where it outlives the guest.
    pub fn pin(&self, path: &str) -> Result<()> {
        // SAFETY: the host reads the path; so below.
        check(unsafe { abi::pin(self.handle, path.as_ptr().cast(), path.len() as u32) })?;
        Ok(())
    }

    /// Removes its pin.
    pub fn unpin(&self, path: &str) -> Result<()> {
        // SAFETY: as above.
        check(unsafe { abi::unpin(self.handle, path.as_ptr().cast(), path.len() as u32) })?;
        Ok(())
    }

    /// Where it is pinned.
    pub fn pin_path(&self) -> Option<String> {
        let path = host_text(|text, size| {
            // SAFETY: the host writes at most `size` bytes.
            unsafe { abi::map_pin_path(self.handle, text, size) }
        });
        path.map(String::from)
    }

    /// No call of user space may change it any more; BPF programs may.
    pub fn freeze(&self) -> Result<()> {
        // SAFETY: no memory is involved.
        check(unsafe { abi::map_freeze(self.handle) })?;
        Ok(())
    }

    /// Attaches the operations of a struct_ops map.
    pub fn attach_struct_ops(&self) -> Result<Link> {
        // SAFETY: there are no options.
        Ok(Link::new(check(unsafe { abi::map_attach(self.handle, std::ptr::null()) })?))
    }

    /// The elements of an array with `BPF_F_MMAPABLE` as the kernel's own memory. A value of the array,
    /// rounded up to 8 bytes, must be as large as a `T` or a multiple of it. EOPNOTSUPP where the host has no windows.
    ///
    /// Programs, the guest and whoever else has the map may write it at any time, so its elements are [`Live`] cells. The
    /// window keeps the map's object open, or the map that the guest made itself; its memory is freed with those, so that
    /// of a map one window, kept, is better than many. While there is one, the map cannot be [frozen](Self::freeze)
    /// (EBUSY); the window of a map that is frozen already can be read alone, and a store to it ends the guest.
    pub fn window<T: Pod>(&self) -> Result<Window<T>> {
        let info = self.info()?;
        // Elements are 8 bytes apart, or more.
        let (stride, apart) = (size_of::<T>().max(1), self.value_size.next_multiple_of(8) as usize);
        if info.window_bytes == 0 || self.kind != MapType::ARRAY || apart % stride != 0 {
            return Err(Error::new(
                errno::EINVAL,
                format!("\"{}\" has no window of such elements: it takes an array with BPF_F_MMAPABLE", self.name()),
            ));
        }
        if !has_windows() {
            return Err(Error::new(errno::EOPNOTSUPP, "the host has no windows: use lookups"));
        }
        let pages = Rc::new(Pages::new(info.window_bytes as usize)?);
        // SAFETY: the memory is this window's alone, and kept until the map is closed.
        check(unsafe { abi::map_window(self.handle, pages.as_ptr().cast(), info.window_bytes) })?;
        self.owner.keep(self.handle, pages.clone());
        Ok(Window {
            start: pages.as_ptr().cast(),
            count: apart * self.max_entries as usize / stride,
            _pages: pages,
            _owner: self.owner.clone(),
            _elements: std::marker::PhantomData,
        })
    }
}

/// An array of the kernel's inside the guest's memory. Where an element of the map is smaller than 8 bytes, what follows it
/// up to them counts as elements too.
#[derive(Debug)]
pub struct Window<T> {
    start: *const Live<T>,
    count: usize,
    _pages: Rc<Pages>,
    _owner: Rc<Owner>,
    _elements: std::marker::PhantomData<T>,
}

impl<T: Pod> std::ops::Deref for Window<T> {
    type Target = [Live<T>];

    fn deref(&self) -> &[Live<T>] {
        // SAFETY: of the window's size, aligned to a page, alive with its owner; cells, which others may change.
        unsafe { std::slice::from_raw_parts(self.start, self.count) }
    }
}

/// How to make a map without an object.
#[derive(Clone, Debug)]
pub struct MapBuilder {
    options: abi::MapCreateOptions,
    name: String,
    inner: Option<Map>,
}

impl MapBuilder {
    /// Of a type.
    pub fn new(kind: MapType) -> Self {
        let mut options = abi::MapCreateOptions::new();
        options.type_ = kind.0;
        Self { options, name: String::new(), inner: None }
    }

    /// Its name, of at most 15 bytes.
    pub fn name(mut self, name: &str) -> Self {
        self.name = name.into();
        self
    }

    /// Bytes of keys and values.
    pub fn sizes(mut self, key: u32, value: u32) -> Self {
        (self.options.key_size, self.options.value_size) = (key, value);
        self
    }

    /// How many elements it has room for.
    pub fn max_entries(mut self, count: u32) -> Self {
        self.options.max_entries = count;
        self
    }

    /// `BPF_F_*` of map creation.
    pub fn flags(mut self, flags: u32) -> Self {
        self.options.map_flags = flags;
        self
    }

    /// What a type has beside the rest.
    pub fn map_extra(mut self, extra: u64) -> Self {
        self.options.map_extra = extra;
        self
    }

    /// Of a map of maps: an example of its inner maps.
    pub fn inner_map(mut self, inner: &Map) -> Self {
        self.inner = Some(inner.clone());
        self
    }

    /// Makes it; it is closed with the last of its clones.
    pub fn create(&self) -> Result<Map> {
        let mut options = self.options;
        (options.name, options.name_size) = text_parts(Some(&self.name));
        options.inner = self.inner.as_ref().map_or(0, Map::handle);
        // SAFETY: the host reads the options and the name.
        Map::owned(check(unsafe { abi::map_create((&raw const options).cast()) })?)
    }
}
