//! Elements of maps, as bytes.

use crate::abi;
use crate::error::{Error, Result, check, errno};
use crate::kinds::MapFlags;
use crate::map::Map;

/// A result where an element that is not there is no error.
pub(crate) fn found(code: i32) -> Result<bool> {
    if code == -errno::ENOENT { Ok(false) } else { check(code).map(|_| true) }
}

#[cold]
fn wrong_size(map: &Map, what: &str, given: usize, wanted: usize) -> Error {
    Error::new(errno::EINVAL, format!("a {what} of \"{}\" has {wanted} bytes, not {given}", map.name()))
}

impl Map {
    pub(crate) fn check_key(&self, bytes: usize) -> Result<()> {
        let wanted = self.key_size() as usize;
        if bytes == wanted { Ok(()) } else { Err(wrong_size(self, "key", bytes, wanted)) }
    }

    pub(crate) fn check_value(&self, bytes: usize) -> Result<()> {
        let wanted = self.value_bytes();
        if bytes == wanted { Ok(()) } else { Err(wrong_size(self, "value", bytes, wanted)) }
    }

    /// Copies an element to `value`. Whether there is one.
    pub fn lookup_into(&self, key: &[u8], value: &mut [u8], flags: MapFlags) -> Result<bool> {
        self.check_key(key.len())?;
        self.check_value(value.len())?;
        // SAFETY: the sizes are the map's.
        found(unsafe { abi::map_lookup(self.handle, key.as_ptr().cast(), value.as_mut_ptr().cast(), flags.0) })
    }

    /// A copy of an element.
    pub fn lookup(&self, key: &[u8], flags: MapFlags) -> Result<Option<Vec<u8>>> {
        let mut value = vec![0; self.value_bytes()];
        Ok(self.lookup_into(key, &mut value, flags)?.then_some(value))
    }

    /// Each CPU's value of an element of a per-CPU map.
    pub fn lookup_percpu(&self, key: &[u8], flags: MapFlags) -> Result<Option<Vec<Vec<u8>>>> {
        let size = self.value_size() as usize;
        let Some(all) = self.lookup(key, flags)? else { return Ok(None) };
        Ok(Some(all.chunks_exact(size.next_multiple_of(8).max(8)).map(|value| value[..size].to_vec()).collect()))
    }

    /// Writes an element; of a per-CPU map every CPU's value, each rounded up to 8 bytes.
    pub fn update(&self, key: &[u8], value: &[u8], flags: MapFlags) -> Result<()> {
        self.check_key(key.len())?;
        self.check_value(value.len())?;
        // SAFETY: the sizes are the map's.
        check(unsafe { abi::map_update(self.handle, key.as_ptr().cast(), value.as_ptr().cast(), flags.0) })?;
        Ok(())
    }

    /// Writes each CPU's value of an element of a per-CPU map.
    pub fn update_percpu(&self, key: &[u8], values: &[Vec<u8>], flags: MapFlags) -> Result<()> {
        let size = self.value_size() as usize;
        let mut all = Vec::with_capacity(self.value_bytes());
        for value in values {
            if value.len() != size {
                return Err(wrong_size(self, "CPU's value", value.len(), size));
            }
            all.extend_from_slice(value);
            all.resize(all.len().next_multiple_of(8), 0);
        }
        self.update(key, &all, flags)
    }

    /// Deletes an element. Whether there was one.
    pub fn delete(&self, key: &[u8]) -> Result<bool> {
        self.check_key(key.len())?;
        // SAFETY: the key's size is the map's.
        found(unsafe { abi::map_delete(self.handle, key.as_ptr().cast(), 0) })
    }

    /// Takes an element out.
    pub fn lookup_and_delete(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        let mut value = vec![0; self.value_bytes()];
        Ok(self.take_into(key, &mut value)?.then_some(value))
    }

    pub(crate) fn take_into(&self, key: &[u8], value: &mut [u8]) -> Result<bool> {
        self.check_key(key.len())?;
        self.check_value(value.len())?;
        let key = if key.is_empty() { std::ptr::null() } else { key.as_ptr() };
        // SAFETY: the sizes are the map's; queues and stacks have no keys.
        found(unsafe { abi::map_lookup_and_delete(self.handle, key.cast(), value.as_mut_ptr().cast(), 0) })
    }

    /// Adds to a queue or stack, or to a bloom filter.
    pub fn push(&self, value: &[u8], flags: MapFlags) -> Result<()> {
        self.check_key(0)?;
        self.check_value(value.len())?;
        // SAFETY: the value's size is the map's, which has no keys.
        check(unsafe { abi::map_update(self.handle, std::ptr::null(), value.as_ptr().cast(), flags.0) })?;
        Ok(())
    }

    /// Takes the next out of a queue or stack.
    pub fn pop(&self) -> Result<Option<Vec<u8>>> {
        self.lookup_and_delete(&[])
    }

    /// The key after `key`, or the first, written to `next`. Whether there is one.
    pub(crate) fn next_key(&self, key: Option<&[u8]>, next: &mut [u8]) -> Result<bool> {
        self.check_key(next.len())?;
        let key = key.map_or(std::ptr::null(), <[u8]>::as_ptr);
        // SAFETY: both have the map's key size.
        found(unsafe { abi::map_next_key(self.handle, key.cast(), next.as_mut_ptr().cast()) })
    }

    /// Its keys, one after another. Elements that come or go meanwhile may be missed, or begin it anew. An error is the last.
    pub fn keys(&self) -> MapKeys<'_> {
        MapKeys { map: self, key: None, ended: false }
    }

    /// Copies up to as many elements as `keys` and `values` have room for, in one system call, and remembers the place in
    /// `cursor`. How many; the cursor says whether there may be more.
    ///
    /// ENOSPC: a bucket of a hash holds more than there is room for. EOPNOTSUPP, ENOTSUPP: no batches of this type.
    pub fn lookup_batch(&self, cursor: &mut BatchCursor, keys: &mut [u8], values: &mut [u8]) -> Result<usize> {
        self.batch(cursor, keys, values, abi::map_lookup_batch)
    }

    /// The same, and deletes them.
    pub fn lookup_and_delete_batch(
        &self,
        cursor: &mut BatchCursor,
        keys: &mut [u8],
        values: &mut [u8],
    ) -> Result<usize> {
        self.batch(cursor, keys, values, abi::map_lookup_and_delete_batch)
    }

    fn batch(&self, cursor: &mut BatchCursor, keys: &mut [u8], values: &mut [u8], call: BatchCall) -> Result<usize> {
        if cursor.ended {
            return Ok(0);
        }
        let mut count = self.batch_count(keys.len(), values.len())?;
        let mut next = vec![0u8; self.key_size().max(4) as usize];
        let from = cursor.place.as_ref().map_or(std::ptr::null(), Vec::as_ptr);
        // SAFETY: keys and values have room for `count` elements, and the places for max(key_size, 4) bytes.
        let code = unsafe {
            call(
                self.handle,
                from.cast(),
                next.as_mut_ptr().cast(),
                keys.as_mut_ptr().cast(),
                values.as_mut_ptr().cast(),
                (&raw mut count).cast(),
                0,
                0,
            )
        };
        cursor.ended = !found(code)?;
        cursor.place = Some(next);
        Ok(count as usize)
    }

    /// How many elements these are; keys and values must be of the same number.
    fn batch_count(&self, key_bytes: usize, value_bytes: usize) -> Result<u32> {
        let (key, value) = (self.key_size() as usize, self.value_bytes());
        if key == 0 || key_bytes % key != 0 || value_bytes != key_bytes / key * value {
            return Err(wrong_size(self, "batch's values", value_bytes, key_bytes / key.max(1) * value));
        }
        Ok((key_bytes / key) as u32)
    }

    /// Writes many elements in one system call.
    pub fn update_batch(&self, keys: &[u8], values: &[u8], flags: MapFlags) -> Result<()> {
        let mut count = self.batch_count(keys.len(), values.len())?;
        // SAFETY: keys and values hold `count` elements.
        check(unsafe {
            abi::map_update_batch(
                self.handle,
                keys.as_ptr().cast(),
                values.as_ptr().cast(),
                (&raw mut count).cast(),
                flags.0,
                0,
            )
        })?;
        Ok(())
    }

    /// Deletes many elements in one system call. ENOENT where one is not there; those before it are deleted.
    pub fn delete_batch(&self, keys: &[u8]) -> Result<()> {
        let mut count =
            self.batch_count(keys.len(), keys.len() / self.key_size().max(1) as usize * self.value_bytes())?;
        // SAFETY: `keys` holds `count` keys.
        check(unsafe { abi::map_delete_batch(self.handle, keys.as_ptr().cast(), (&raw mut count).cast(), 0, 0) })?;
        Ok(())
    }
}

type BatchCall = unsafe extern "C" fn(
    abi::Handle,
    *const std::ffi::c_void,
    *mut std::ffi::c_void,
    *mut std::ffi::c_void,
    *mut std::ffi::c_void,
    *mut std::ffi::c_void,
    u64,
    u64,
) -> i32;

/// Where a series of batches is in its map.
#[derive(Debug, Default)]
pub struct BatchCursor {
    place: Option<Vec<u8>>,
    ended: bool,
}

impl BatchCursor {
    /// At the first element.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether the last batch was the map's last.
    pub fn is_at_end(&self) -> bool {
        self.ended
    }
}

/// The keys of a map.
#[derive(Debug)]
pub struct MapKeys<'a> {
    map: &'a Map,
    key: Option<Vec<u8>>,
    ended: bool,
}

impl Iterator for MapKeys<'_> {
    type Item = Result<Vec<u8>>;

    fn next(&mut self) -> Option<Result<Vec<u8>>> {
        if self.ended {
            return None;
        }
        let mut next = vec![0; self.map.key_size() as usize];
        let found = self.map.next_key(self.key.as_deref(), &mut next);
        self.ended = !matches!(found, Ok(true));
        self.key = Some(next.clone());
        found.map(|found| found.then_some(next)).transpose()
    }
}

impl std::iter::FusedIterator for MapKeys<'_> {}
