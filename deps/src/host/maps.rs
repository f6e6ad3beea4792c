//! Maps: what they are, what is set before load, their elements and content.

use wasmtime::component::Resource;

use super::bpf::objects::{Batch, HostMap, Item, MapCreateOptions, MapInfo, MapSetting};
use super::calls::{Calls, Import, terminated};
use super::{EINVAL, Failure, Guest, Link, Map, Object, Outcome, Program, handle, own};
use crate::abi;

/// What a map's elements are, as long as it does not change.
#[derive(Clone, Copy)]
pub struct Shape {
    pub key_size: usize,
    pub value_size: usize,
    pub value_bytes: usize,
    /// abi::HANDLES_*
    pub handles: u32,
}

/// Flags of an element's that move the value of one CPU alone: BPF_F_CPU, BPF_F_ALL_CPUS.
const ONE_CPU: u64 = 8 | 16;

impl Shape {
    pub fn element_bytes(&self, flags: u64) -> usize {
        if flags & ONE_CPU != 0 { self.value_size } else { self.value_bytes }
    }
}

/// A list of the guest's that must have a certain length, so that nothing else is read behind it.
pub fn check_length(what: &str, given: usize, expected: usize) -> Outcome<()> {
    if given == expected {
        return Ok(());
    }
    Err(Failure::told(EINVAL, format!("{what} has {expected} bytes in this map, and {given} were given")))
}

impl Guest {
    pub fn map_info(&mut self, map: u64) -> Outcome<abi::MapInfo> {
        let calls = self.start();
        let at = calls.value(&abi::MapInfo::new())?;
        calls.call(Import::map_info, [map, at, size_of::<abi::MapInfo>() as u64])?;
        Ok(calls.read(at))
    }

    pub fn shape(&mut self, map: &Resource<Map>) -> Outcome<Shape> {
        if let Some(shape) = self.shapes.get(&map.rep()) {
            return Ok(*shape);
        }
        let info = self.map_info(handle(map))?;
        let shape = Shape {
            key_size: info.key_size as usize,
            value_size: info.value_size as usize,
            value_bytes: info.value_bytes as usize,
            handles: info.handles,
        };
        self.shapes.insert(map.rep(), shape);
        Ok(shape)
    }

    /// The shape of a map whose keys (or values, as `what` says) are bytes and no handles: a component's own numbers
    /// for resources mean nothing here, and another's must not be guessed.
    fn plain_shape(&mut self, map: &Resource<Map>, not: u32, instead: &str) -> Outcome<Shape> {
        let shape = self.shape(map)?;
        if shape.handles & not == 0 {
            return Ok(shape);
        }
        Err(Failure::told(EINVAL, format!("elements of this map are items, not bytes: {instead}")))
    }

    /// Lays a key down; one of no bytes where the map has none.
    fn key(&mut self, shape: Shape, key: &[u8]) -> Outcome<u64> {
        check_length("a key", key.len(), shape.key_size)?;
        let calls = self.start();
        if key.is_empty() { Ok(0) } else { calls.bytes(key) }
    }

    /// Room for a value, zeroed.
    pub fn value_room(&mut self, size: usize) -> Outcome<u64> {
        let at = self.calls.room(size)?;
        self.calls.clear(at, size);
        Ok(at)
    }

    fn element(&mut self, import: Import, map: &Resource<Map>, key: &[u8], flags: u64) -> Outcome<Option<Vec<u8>>> {
        let shape = self.plain_shape(map, abi::HANDLES_KEY, "lookup-of takes the item")?;
        let key = self.key(shape, key)?;
        let size = shape.element_bytes(flags);
        let value = self.value_room(size)?;
        let found = self.calls.find(import, [handle(map), key, value, flags])?;
        Ok(found.map(|_| self.calls.at(value, size).to_vec()))
    }

    fn batch(
        &mut self,
        import: Import,
        map: &Resource<Map>,
        start: Option<Vec<u8>>,
        most: u32,
        flags: u64,
    ) -> Outcome<Batch> {
        const ENOENT: i64 = 2;
        let shape = self.shape(map)?;
        let (key_size, value_size) = (shape.key_size, shape.element_bytes(flags));
        let place_size = key_size.max(4);
        if let Some(start) = &start {
            check_length("where a batch starts", start.len(), place_size)?;
        }
        let calls = self.start();
        let from = start.map_or(Ok(0), |start| calls.bytes(&start))?;
        let next = calls.room(place_size)?;
        calls.clear(next, place_size); // the kernel may use 4 bytes of it
        let keys = calls.room(key_size.saturating_mul(most as usize))?;
        let values = calls.room(value_size.saturating_mul(most as usize))?;
        let count = calls.value(&most)?;
        let result = calls.raw(import, [handle(map), from, next, keys, values, count, flags, 0])?;
        if result < 0 && result != -ENOENT {
            return Err(calls.error(-result));
        }
        // The kernel's count is never above what it was asked for.
        let found = calls.read::<u32>(count).min(most);
        Ok(Batch {
            count: found,
            keys: calls.at(keys, key_size * found as usize).to_vec(),
            values: calls.at(values, value_size * found as usize).to_vec(),
            next: (result == 0).then(|| calls.at(next, place_size).to_vec()),
        })
    }

    /// How many elements a list has, whole ones.
    fn count(what: &str, bytes: usize, size: usize) -> Outcome<usize> {
        if size != 0 && bytes.is_multiple_of(size) {
            return Ok(bytes / size);
        }
        Err(Failure::told(EINVAL, format!("{what}: {bytes} bytes are no whole number of elements of {size} bytes")))
    }

    /// How many elements a batch changed; its error where it was none.
    fn changed(calls: &mut Calls, result: i64, count: u64) -> Outcome<u32> {
        let changed = calls.read::<u32>(count);
        if result < 0 && changed == 0 { Err(calls.error(-result)) } else { Ok(changed) }
    }
}

fn setting(setting: MapSetting) -> (u32, u64) {
    match setting {
        MapSetting::MaxEntries(value) => (abi::MAP_MAX_ENTRIES, value.into()),
        MapSetting::MapType(value) => (abi::MAP_TYPE, value.into()),
        MapSetting::KeySize(value) => (abi::MAP_KEY_SIZE, value.into()),
        MapSetting::ValueSize(value) => (abi::MAP_VALUE_SIZE, value.into()),
        MapSetting::Autocreate(value) => (abi::MAP_AUTOCREATE, value.into()),
        MapSetting::MapFlags(value) => (abi::MAP_FLAGS, value.into()),
        MapSetting::NumaNode(value) => (abi::MAP_NUMA_NODE, value.into()),
        MapSetting::MapExtra(value) => (abi::MAP_EXTRA, value),
        MapSetting::InterfaceIndex(value) => (abi::MAP_INTERFACE, value.into()),
        MapSetting::Autoattach(value) => (abi::MAP_AUTOATTACH, value.into()),
    }
}

impl HostMap for Guest {
    fn create(
        &mut self,
        options: MapCreateOptions,
        inner: Option<Resource<Map>>,
        btf: Option<Resource<Object>>,
    ) -> Outcome<Resource<Map>> {
        let calls = self.start();
        let (name, name_size) = calls.optional_text(&options.name)?;
        let given = abi::MapCreateOptions {
            type_: options.map_type,
            key_size: options.key_size,
            value_size: options.value_size,
            max_entries: options.max_entries,
            map_flags: options.map_flags,
            map_extra: options.map_extra,
            name: name as u32,
            name_size: name_size as u32,
            inner: inner.map_or(0, |inner| inner.rep() as i32),
            numa_node: options.numa_node,
            interface_index: options.interface_index,
            btf_object: btf.map_or(0, |btf| btf.rep() as i32),
            btf_key_type_id: options.btf_key_type_id,
            btf_value_type_id: options.btf_value_type_id,
            ..abi::MapCreateOptions::new()
        };
        let at = calls.value(&given)?;
        Ok(own(calls.call(Import::map_create, [at])?))
    }

    fn open_pinned(&mut self, path: String, flags: u32) -> Outcome<Resource<Map>> {
        let (at, size) = self.start().text(&path)?;
        let kind = abi::PINNED_MAP.into();
        Ok(own(self.calls.call(Import::open_pinned, [at, size, kind, flags.into()])?))
    }

    fn info(&mut self, map: Resource<Map>) -> Outcome<MapInfo> {
        let info = self.map_info(handle(&map))?;
        const RING_BUFFERS: [u32; 2] = [27, 31]; // BPF_MAP_TYPE_RINGBUF, BPF_MAP_TYPE_USER_RINGBUF: windows, but no content
        Ok(MapInfo {
            name: terminated(&info.name),
            map_type: info.type_,
            key_size: info.key_size,
            value_size: info.value_size,
            value_bytes: info.value_bytes,
            max_entries: info.max_entries,
            map_flags: info.map_flags,
            map_extra: info.map_extra,
            id: info.id,
            numa_node: info.numa_node,
            interface_index: info.interface_index,
            btf_key_type_id: info.btf_key_type_id,
            btf_value_type_id: info.btf_value_type_id,
            content_bytes: if RING_BUFFERS.contains(&info.type_) { 0 } else { info.window_bytes },
            data_bytes: info.data_bytes,
            data_offset: info.data_offset,
            read_only: info.read_only != 0,
            global_data: info.global_data != 0,
            autocreate: info.autocreate != 0,
            autoattach: info.autoattach != 0,
            pinned: info.pinned != 0,
        })
    }

    fn set(&mut self, map: Resource<Map>, change: MapSetting) -> Outcome<()> {
        self.shapes.clear();
        let (field, value) = setting(change);
        self.start().call(Import::map_set, [handle(&map), field.into(), value])?;
        Ok(())
    }

    fn initial_value(&mut self, map: Resource<Map>) -> Outcome<Vec<u8>> {
        let ask = |calls: &mut Calls, at, size| calls.call(Import::map_initial_value, [handle(&map), at, size]);
        Ok(self.start().whole(0, ask)?.to_vec())
    }

    fn set_initial_value(&mut self, map: Resource<Map>, value: Vec<u8>) -> Outcome<()> {
        let at = self.start().bytes(&value)?;
        self.calls.call(Import::map_set_initial_value, [handle(&map), at, value.len() as u64])?;
        Ok(())
    }

    fn set_inner(&mut self, map: Resource<Map>, inner: Resource<Map>) -> Outcome<()> {
        self.start().call(Import::map_set_inner, [handle(&map), handle(&inner)])?;
        Ok(())
    }

    fn set_exclusive(&mut self, map: Resource<Map>, program: Resource<Program>) -> Outcome<()> {
        self.start().call(Import::map_set_exclusive, [handle(&map), handle(&program)])?;
        Ok(())
    }

    fn set_pin_path(&mut self, map: Resource<Map>, path: Option<String>) -> Outcome<()> {
        let (at, size) = self.start().optional_text(&path)?;
        self.calls.call(Import::map_set_pin_path, [handle(&map), at, size])?;
        Ok(())
    }

    fn pin_path(&mut self, map: Resource<Map>) -> Outcome<Option<String>> {
        let ask = |calls: &mut Calls, at, size| calls.call(Import::map_pin_path, [handle(&map), at, size]);
        Ok(Some(self.start().whole_text(ask)?).filter(|path| !path.is_empty()))
    }

    fn reuse(&mut self, map: Resource<Map>, existing: Resource<Map>) -> Outcome<()> {
        self.shapes.clear();
        self.start().call(Import::map_reuse, [handle(&map), handle(&existing)])?;
        Ok(())
    }

    fn freeze(&mut self, map: Resource<Map>) -> Outcome<()> {
        self.start().call(Import::map_freeze, [handle(&map)])?;
        Ok(())
    }

    fn pin(&mut self, map: Resource<Map>, path: String) -> Outcome<()> {
        self.path_call(Import::pin, handle(&map), &path)
    }

    fn unpin(&mut self, map: Resource<Map>, path: String) -> Outcome<()> {
        self.path_call(Import::unpin, handle(&map), &path)
    }

    fn lookup(&mut self, map: Resource<Map>, key: Vec<u8>, flags: u64) -> Outcome<Option<Vec<u8>>> {
        self.element(Import::map_lookup, &map, &key, flags)
    }

    fn update(&mut self, map: Resource<Map>, key: Vec<u8>, value: Vec<u8>, flags: u64) -> Outcome<()> {
        let not = abi::HANDLES_KEY | abi::HANDLES_VALUE | abi::HANDLES_SECOND;
        let shape = self.plain_shape(&map, not, "set-item, set-redirect and update-of take the item")?;
        let key = self.key(shape, &key)?;
        check_length("a value", value.len(), shape.element_bytes(flags))?;
        let value = self.calls.bytes(&value)?;
        self.calls.call(Import::map_update, [handle(&map), key, value, flags])?;
        Ok(())
    }

    fn delete(&mut self, map: Resource<Map>, key: Vec<u8>) -> Outcome<bool> {
        let shape = self.plain_shape(&map, abi::HANDLES_KEY, "delete-of takes the item")?;
        let key = self.key(shape, &key)?;
        Ok(self.calls.find(Import::map_delete, [handle(&map), key, 0])?.is_some())
    }

    fn lookup_and_delete(&mut self, map: Resource<Map>, key: Vec<u8>, flags: u64) -> Outcome<Option<Vec<u8>>> {
        self.element(Import::map_lookup_and_delete, &map, &key, flags)
    }

    fn next_key(&mut self, map: Resource<Map>, key: Option<Vec<u8>>) -> Outcome<Option<Vec<u8>>> {
        let shape = self.shape(&map)?;
        let before = match &key {
            Some(key) => self.key(shape, key)?,
            None => {
                self.start();
                0
            }
        };
        let next = self.value_room(shape.key_size)?;
        let found = self.calls.find(Import::map_next_key, [handle(&map), before, next])?;
        Ok(found.map(|_| self.calls.at(next, shape.key_size).to_vec()))
    }

    fn lookup_batch(
        &mut self,
        map: Resource<Map>,
        start: Option<Vec<u8>>,
        most: u32,
        flags: u64,
    ) -> Outcome<Batch> {
        self.batch(Import::map_lookup_batch, &map, start, most, flags)
    }

    fn lookup_and_delete_batch(
        &mut self,
        map: Resource<Map>,
        start: Option<Vec<u8>>,
        most: u32,
        flags: u64,
    ) -> Outcome<Batch> {
        self.batch(Import::map_lookup_and_delete_batch, &map, start, most, flags)
    }

    fn update_batch(&mut self, map: Resource<Map>, keys: Vec<u8>, values: Vec<u8>, flags: u64) -> Outcome<u32> {
        let not = abi::HANDLES_KEY | abi::HANDLES_VALUE | abi::HANDLES_SECOND;
        let shape = self.plain_shape(&map, not, "set-item, set-redirect and update-of take the item")?;
        let count = Self::count("keys", keys.len(), shape.key_size)?;
        check_length("values for these keys", values.len(), shape.element_bytes(flags).saturating_mul(count))?;
        let calls = self.start();
        let keys = calls.bytes(&keys)?;
        let values = calls.bytes(&values)?;
        let count = calls.value(&(count as u32))?;
        let result = calls.raw(Import::map_update_batch, [handle(&map), keys, values, count, flags, 0])?;
        Self::changed(calls, result, count)
    }

    fn delete_batch(&mut self, map: Resource<Map>, keys: Vec<u8>, flags: u64) -> Outcome<u32> {
        let shape = self.plain_shape(&map, abi::HANDLES_KEY, "delete-of takes the item")?;
        let count = Self::count("keys", keys.len(), shape.key_size)?;
        let calls = self.start();
        let keys = calls.bytes(&keys)?;
        let count = calls.value(&(count as u32))?;
        let result = calls.raw(Import::map_delete_batch, [handle(&map), keys, count, flags, 0])?;
        Self::changed(calls, result, count)
    }

    fn read(&mut self, map: Resource<Map>, offset: u64, size: u32) -> Outcome<Vec<u8>> {
        let calls = self.start();
        let at = calls.room(size as usize)?;
        calls.call(Import::map_read, [handle(&map), offset, at, size.into()])?;
        Ok(calls.at(at, size as usize).to_vec())
    }

    fn write(&mut self, map: Resource<Map>, offset: u64, data: Vec<u8>) -> Outcome<()> {
        let calls = self.start();
        let at = calls.bytes(&data)?;
        calls.call(Import::map_write, [handle(&map), offset, at, data.len() as u64])?;
        Ok(())
    }

    fn set_item(&mut self, map: Resource<Map>, key: Vec<u8>, item: Item, flags: u64) -> Outcome<()> {
        self.put_item(&map, &key, &item, flags)
    }

    fn set_redirect(
        &mut self,
        map: Resource<Map>,
        key: Vec<u8>,
        number: u32,
        program: Option<Resource<Program>>,
        flags: u64,
    ) -> Outcome<()> {
        self.put_redirect(&map, &key, number, program, flags)
    }

    fn lookup_of(&mut self, map: Resource<Map>, item: Item, flags: u64) -> Outcome<Option<Vec<u8>>> {
        let (shape, key) = self.item_key(&map, &item)?;
        let size = shape.element_bytes(flags);
        let value = self.value_room(size)?;
        let found = self.calls.find(Import::map_lookup, [handle(&map), key, value, flags])?;
        Ok(found.map(|_| self.calls.at(value, size).to_vec()))
    }

    fn update_of(&mut self, map: Resource<Map>, item: Item, value: Vec<u8>, flags: u64) -> Outcome<()> {
        let (shape, key) = self.item_key(&map, &item)?;
        check_length("a value", value.len(), shape.element_bytes(flags))?;
        let value = self.calls.bytes(&value)?;
        self.calls.call(Import::map_update, [handle(&map), key, value, flags])?;
        Ok(())
    }

    fn delete_of(&mut self, map: Resource<Map>, item: Item) -> Outcome<bool> {
        let (_, key) = self.item_key(&map, &item)?;
        Ok(self.calls.find(Import::map_delete, [handle(&map), key, 0])?.is_some())
    }

    fn struct_ops(&mut self, map: Resource<Map>) -> Outcome<Vec<u8>> {
        let ask = |calls: &mut Calls, at, size| calls.call(Import::map_struct_ops, [handle(&map), at, size]);
        Ok(self.start().whole(0, ask)?.to_vec())
    }

    fn set_struct_ops(
        &mut self,
        map: Resource<Map>,
        content: Vec<u8>,
        functions: Vec<(u32, Resource<Program>)>,
    ) -> Outcome<()> {
        let calls = self.start();
        let at = calls.bytes(&content)?;
        for (offset, program) in &functions {
            if *offset as usize + 8 > content.len() {
                return Err(Failure::told(EINVAL, format!("a function at {offset} is beyond the {} bytes", content.len())));
            }
            calls.fill(at + u64::from(*offset), &handle(program).to_le_bytes());
        }
        calls.call(Import::map_set_struct_ops, [handle(&map), at, content.len() as u64])?;
        Ok(())
    }

    fn attach(&mut self, map: Resource<Map>) -> Outcome<Resource<Link>> {
        Ok(own(self.start().call(Import::map_attach, [handle(&map), 0])?))
    }

    fn drop(&mut self, map: Resource<Map>) -> wasmtime::Result<()> {
        self.close(map)
    }
}
