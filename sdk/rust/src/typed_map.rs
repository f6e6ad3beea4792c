//! Maps whose keys and values have types.

use std::marker::PhantomData;
use std::ops::Deref;

use crate::elements::BatchCursor;
use crate::error::{Error, Result, errno};
use crate::kinds::MapFlags;
use crate::map::Map;
use crate::pod::Pod;

/// Elements of one batch, where the whole map is read.
const BATCH: usize = 256;

impl Map {
    /// The map with the types of its keys and values. EINVAL where their sizes are others, as those of a
    /// per-CPU map are: [`into_per_cpu`](Self::into_per_cpu).
    pub fn into_typed<K: Pod, V: Pod>(self) -> Result<TypedMap<K, V>> {
        self.check_key(size_of::<K>())?;
        self.check_value(size_of::<V>())?;
        Ok(TypedMap { map: self, types: PhantomData })
    }

    /// The same of a per-CPU map.
    pub fn into_per_cpu<K: Pod, V: Pod>(self) -> Result<PerCpuMap<K, V>> {
        self.check_key(size_of::<K>())?;
        let cpus = crate::kernel::possible_cpus()?;
        if self.value_size() as usize != size_of::<V>() {
            return Err(Error::new(
                errno::EINVAL,
                format!("a CPU's value of \"{}\" has {} bytes, not {}", self.name(), self.value_size(), size_of::<V>()),
            ));
        }
        self.check_value(cpus * size_of::<V>().next_multiple_of(8))?;
        Ok(PerCpuMap { map: self, cpus, types: PhantomData })
    }
}

/// Zeroed room for `count` of them.
fn room<T: Pod>(count: usize) -> Vec<T> {
    vec![T::zeroed(); count]
}

fn bytes_of<T: Pod>(values: &[T]) -> &[u8] {
    // SAFETY: plain data, side by side.
    unsafe { std::slice::from_raw_parts(values.as_ptr().cast(), size_of_val(values)) }
}

fn bytes_of_mut<T: Pod>(values: &mut [T]) -> &mut [u8] {
    // SAFETY: plain data, side by side, any bytes of which are values.
    unsafe { std::slice::from_raw_parts_mut(values.as_mut_ptr().cast(), size_of_val(values)) }
}

fn has_no_batches(error: &Error) -> bool {
    [errno::EINVAL, errno::EOPNOTSUPP, errno::ENOTSUPP].contains(&error.raw_os_error())
}

/// A map with keys `K` and values `V`: what is not here is the [`Map`]'s that it dereferences to.
#[derive(Clone, Debug)]
pub struct TypedMap<K, V> {
    map: Map,
    types: PhantomData<fn(K) -> V>,
}

impl<K, V> Deref for TypedMap<K, V> {
    type Target = Map;

    fn deref(&self) -> &Map {
        &self.map
    }
}

impl<K: Pod, V: Pod> TypedMap<K, V> {
    /// A copy of an element.
    pub fn get(&self, key: &K) -> Result<Option<V>> {
        let mut value = V::zeroed();
        let found = self.map.lookup_into(key.as_bytes(), value.as_bytes_mut(), MapFlags::ANY)?;
        Ok(found.then_some(value))
    }

    /// Writes an element, whether it is there or not.
    pub fn set(&self, key: &K, value: &V) -> Result<()> {
        self.set_with(key, value, MapFlags::ANY)
    }

    /// Writes an element as the flags say: only a new one (EEXIST), only one that is there (ENOENT), under its lock.
    pub fn set_with(&self, key: &K, value: &V, flags: MapFlags) -> Result<()> {
        self.map.update(key.as_bytes(), value.as_bytes(), flags)
    }

    /// Deletes an element. Whether there was one.
    pub fn remove(&self, key: &K) -> Result<bool> {
        self.map.delete(key.as_bytes())
    }

    /// Takes an element out.
    pub fn take(&self, key: &K) -> Result<Option<V>> {
        let mut value = V::zeroed();
        Ok(self.map.take_into(key.as_bytes(), value.as_bytes_mut())?.then_some(value))
    }

    /// Its keys, as [`Map::keys`] gives them.
    pub fn keys(&self) -> impl Iterator<Item = Result<K>> + '_ {
        next_keys(&self.map)
    }

    /// Its elements, one system call each for key and value. Those that go meanwhile are left out; an error is the last.
    pub fn iter(&self) -> impl Iterator<Item = Result<(K, V)>> + '_ {
        elements(self.keys(), |key| self.get(key))
    }

    /// All of its elements, by batches where the kernel has them for its type.
    pub fn entries(&self) -> Result<Vec<(K, V)>> {
        match self.all_by_batches(Map::lookup_batch) {
            Err(error) if has_no_batches(&error) => self.iter().collect(),
            entries => entries,
        }
    }

    /// Takes all of its elements out, by batches where the kernel has them for its type.
    pub fn drain(&self) -> Result<Vec<(K, V)>> {
        match self.all_by_batches(Map::lookup_and_delete_batch) {
            Err(error) if has_no_batches(&error) => {
                let entries = self.iter().collect::<Result<Vec<_>>>()?;
                for (key, _) in &entries {
                    self.remove(key)?;
                }
                Ok(entries)
            }
            entries => entries,
        }
    }

    fn all_by_batches(
        &self,
        read: fn(&Map, &mut BatchCursor, &mut [u8], &mut [u8]) -> Result<usize>,
    ) -> Result<Vec<(K, V)>> {
        let mut size = BATCH.min(self.map.max_entries().max(1) as usize);
        let (mut keys, mut values) = (room::<K>(size), room::<V>(size));
        let (mut cursor, mut entries) = (BatchCursor::new(), Vec::new());
        while !cursor.is_at_end() {
            match read(&self.map, &mut cursor, bytes_of_mut(&mut keys), bytes_of_mut(&mut values)) {
                Ok(count) => {
                    entries.extend(keys.iter().copied().zip(values.iter().copied()).take(count));
                }
                // A bucket of a hash has no room.
                Err(error) if error.raw_os_error() == errno::ENOSPC && size < self.map.max_entries() as usize => {
                    size *= 2;
                    (keys, values) = (room::<K>(size), room::<V>(size));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(entries)
    }

    /// Writes many elements in one system call.
    pub fn set_batch(&self, keys: &[K], values: &[V], flags: MapFlags) -> Result<()> {
        self.map.update_batch(bytes_of(keys), bytes_of(values), flags)
    }

    /// Deletes many elements in one system call. ENOENT where one is not there; those before it are deleted.
    pub fn remove_batch(&self, keys: &[K]) -> Result<()> {
        self.map.delete_batch(bytes_of(keys))
    }
}

fn next_keys<K: Pod>(map: &Map) -> impl Iterator<Item = Result<K>> + '_ {
    let after = move |previous: Option<&K>| -> Option<Result<K>> {
        let mut next = K::zeroed();
        map.next_key(previous.map(K::as_bytes), next.as_bytes_mut()).map(|found| found.then_some(next)).transpose()
    };
    std::iter::successors(after(None), move |previous| after(Some(previous.as_ref().ok()?)))
}

/// Keys with their values. Elements without one have gone meanwhile.
fn elements<K, V>(
    keys: impl Iterator<Item = Result<K>>,
    get: impl Fn(&K) -> Result<Option<V>>,
) -> impl Iterator<Item = Result<(K, V)>> {
    let element = move |key: Result<K>| -> Result<Option<(K, V)>> {
        let key = key?;
        Ok(get(&key)?.map(|value| (key, value)))
    };
    keys.filter_map(move |key| element(key).transpose())
}

/// A per-CPU map with keys `K` and, for each possible CPU, a value `V`.
#[derive(Clone, Debug)]
pub struct PerCpuMap<K, V> {
    map: Map,
    cpus: usize,
    types: PhantomData<fn(K) -> V>,
}

impl<K, V> Deref for PerCpuMap<K, V> {
    type Target = Map;

    fn deref(&self) -> &Map {
        &self.map
    }
}

impl<K: Pod, V: Pod> PerCpuMap<K, V> {
    /// The possible CPUs: as many values each element has.
    pub fn cpus(&self) -> usize {
        self.cpus
    }

    /// A copy of each CPU's value.
    pub fn get(&self, key: &K) -> Result<Option<Vec<V>>> {
        let mut all = vec![0u64; self.map.value_bytes() / 8];
        if !self.map.lookup_into(key.as_bytes(), bytes_of_mut(&mut all), MapFlags::ANY)? {
            return Ok(None);
        }
        let values = bytes_of(&all).chunks_exact(size_of::<V>().next_multiple_of(8).max(8));
        Ok(Some(values.filter_map(V::read).collect()))
    }

    /// Writes each CPU's value. EINVAL where they are not as many as CPUs.
    pub fn set(&self, key: &K, values: &[V]) -> Result<()> {
        let mut all = Vec::with_capacity(self.map.value_bytes());
        for value in values {
            all.extend_from_slice(value.as_bytes());
            all.resize(all.len().next_multiple_of(8), 0);
        }
        self.map.update(key.as_bytes(), &all, MapFlags::ANY)
    }

    /// Deletes an element. Whether there was one.
    pub fn remove(&self, key: &K) -> Result<bool> {
        self.map.delete(key.as_bytes())
    }

    /// Its keys, as [`Map::keys`] gives them.
    pub fn keys(&self) -> impl Iterator<Item = Result<K>> + '_ {
        next_keys(&self.map)
    }

    /// Its elements. Those that go meanwhile are left out; an error is the last.
    pub fn iter(&self) -> impl Iterator<Item = Result<(K, Vec<V>)>> + '_ {
        elements(self.keys(), |key| self.get(key))
    }
}
