//! What a guest may take of the host's memory: all its core instances together.

use wasmtime::Result;

/// A table needs 8 bytes of the host's an entry, which are not counted as the guest's memory.
const MOST_TABLE_ELEMENTS: usize = 1 << 20;
/// Each reserves 4 GiB of address space, and each costs a mapping.
const MOST_MEMORIES: usize = 100;
const MOST_TABLES: usize = 400;
const MOST_INSTANCES: usize = 1000;

pub struct Limits {
    memory_bytes: usize,
    memory_limit: usize,
    table_elements: usize,
}

impl Limits {
    /// Of linear memory; 0: no limit.
    pub fn new(memory_limit: u64) -> Self {
        let memory_limit = if memory_limit == 0 { usize::MAX } else { memory_limit as usize };
        Self { memory_bytes: 0, memory_limit, table_elements: 0 }
    }
}

/// Whether all of it together stays below the limit; then it counts.
fn grow(total: &mut usize, current: usize, desired: usize, limit: usize) -> bool {
    let wanted = total.saturating_add(desired.saturating_sub(current));
    if wanted > limit {
        return false;
    }
    *total = wanted;
    true
}

impl wasmtime::ResourceLimiter for Limits {
    fn memory_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> Result<bool> {
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        Ok(grow(&mut self.memory_bytes, current, desired, self.memory_limit))
    }

    fn table_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> Result<bool> {
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        Ok(grow(&mut self.table_elements, current, desired, MOST_TABLE_ELEMENTS))
    }

    fn instances(&self) -> usize {
        MOST_INSTANCES
    }

    fn tables(&self) -> usize {
        MOST_TABLES
    }

    fn memories(&self) -> usize {
        MOST_MEMORIES
    }
}
