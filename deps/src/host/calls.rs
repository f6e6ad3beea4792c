//! Calls of the host's functions: those that modules import, by name, with what is handed over laid down in a memory of the
//! host's own in the place of a module's.

use core::ffi::c_void;
use core::sync::atomic::AtomicU64;

use super::{Failure, bpf::errors::Error};

/// What the host does for components. All run on the guest's thread.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Callbacks {
    pub context: *mut c_void,
    /// The number of an import of the guest ABI, version 1; -1 where it has none of that name with so many parameters.
    pub resolve: extern "C" fn(*mut c_void, name: *const u8, size: usize, parameters: usize) -> i32,
    /// Calls it: arguments in `values`, its result in values[0]. False where the guest has to end.
    pub call: extern "C" fn(*mut c_void, import: u32, values: *mut u64) -> bool,
    /// At a safe point after an interrupt: false where the guest has to end.
    pub checkpoint: extern "C" fn(*mut c_void) -> bool,
    pub stop_requested: extern "C" fn(*mut c_void) -> bool,
    /// Writes all of it to standard output (1) or error (2): 0, an errno, or -1 where the guest has to end.
    pub write: extern "C" fn(*mut c_void, fd: i32, bytes: *const u8, size: usize) -> i32,
    /// The memory that imports see as the guest's.
    pub staging: *mut u8,
    pub staging_size: usize,
    /// Readable while the guest has to pass its checkpoint; -1: none.
    pub interrupt_fd: i32,
}

// SAFETY: the host lets one thread at a time use a guest.
unsafe impl Send for Callbacks {}
unsafe impl Sync for Callbacks {}

macro_rules! imports {
    ($($name:ident $parameters:literal,)*) => {
        /// The imports that are called here.
        #[allow(non_camel_case_types)]
        #[derive(Clone, Copy)]
        pub enum Import { $($name),* }
        const IMPORTS: &[(&str, usize)] = &[$((stringify!($name), $parameters)),*];
    };
}

imports! {
    error_text 2, error_name 3, log_keep 1, log_next 3, close 1, possible_cpus 0, kernel_version 0, host_number 1, host_name 3,
    local_time 2, interface_index 2, interface_name 3, interface_xdp 3, btf_query 1, btf_read 5, feature_probe 3,
    kernel_symbol 3, kernel_symbol_at 3, pin 3, unpin 3, open_pinned 4,
    object_open 3, object_load 1, object_name 3, object_find_map 3, object_next_map 2, object_find_program 3,
    object_next_program 2,
    map_create 1, map_info 3, map_set 3, map_set_initial_value 3, map_set_inner 2, map_set_exclusive 2, map_set_pin_path 3,
    map_pin_path 3, map_reuse 2, map_freeze 1, map_attach 2, map_struct_ops 3, map_set_struct_ops 3, map_lookup 4, map_update 4,
    map_delete 3, map_lookup_and_delete 4, map_next_key 3, map_lookup_batch 8, map_lookup_and_delete_batch 8,
    map_update_batch 6, map_delete_batch 5, map_initial_value 3, map_read 4, map_write 4,
    program_info 3, program_set 3, program_set_attach_target 4, program_log 3, program_instructions 3, program_code_info 4,
    program_kernel_info 3, program_unload 1, program_bind_map 3, program_stream_read 4, program_use_struct_ops 3,
    program_attach 2, program_test_run 2,
    link_info 3, link_update 2, link_detach 1, iterator_open 1, stream_read 3,
    perf_event_open 6, perf_event_control 2, socket_open 1, socket_bind 3, network_namespace_open 2, cgroup_open 2, file_open 2,
    ring_open 0, ring_add 4, perf_ring_add 5, ring_wait 2, ring_read 4, ring_write 4, ring_info 4,
    signal_wait 2,
    metric_publish 1,
}

/// The most parameters that an import has; what the host reads.
const MAX_VALUES: usize = 16;

/// What one call may hand over; more is an error of the call's.
const TOO_LONG: &str = "what one call hands over is at most 64 MiB";
const EFAULT: u32 = 14;
const E2BIG: u32 = 7;

/// Offset 0 means that there is nothing.
const FIRST: usize = 16;

/// Pages above are given back to the system once the call is over.
const KEPT: usize = 4 << 20;

unsafe extern "C" {
    fn madvise(address: *mut c_void, size: usize, advice: i32) -> i32;
}
const MADV_DONTNEED: i32 = 4;

pub struct Calls {
    callbacks: Callbacks,
    numbers: [u32; IMPORTS.len()],
    used: usize,
    /// Where what a call lays down begins: above what stays.
    first: usize,
    /// Of what stayed: offsets and sizes.
    released: Vec<(u64, usize)>,
}

impl Calls {
    /// An error names the import that the host lacks.
    pub fn new(callbacks: Callbacks) -> Result<Self, String> {
        let mut numbers = [0; IMPORTS.len()];
        for (number, (name, parameters)) in numbers.iter_mut().zip(IMPORTS) {
            let found = (callbacks.resolve)(callbacks.context, name.as_ptr(), name.len(), *parameters);
            *number = u32::try_from(found)
                .map_err(|_| format!("the host has no import {name} with {parameters} parameters"))?;
        }
        Ok(Self { callbacks, numbers, used: FIRST, first: FIRST, released: Vec::new() })
    }

    pub fn callbacks(&self) -> &Callbacks {
        &self.callbacks
    }

    /// Forgets what the call before laid down.
    pub fn start(&mut self) -> &mut Self {
        if self.used > KEPT {
            let above = self.used - KEPT;
            // SAFETY: whole pages of the staging memory, which begins on a page and is the host's alone.
            unsafe { madvise(self.callbacks.staging.add(KEPT).cast(), above, MADV_DONTNEED) };
        }
        self.used = self.first;
        self
    }

    /// Zeroed memory that stays until it is released, for the host to read at any time. Before anything is laid down.
    /// A power of 2, so that what comes and goes finds room again: all of it is far below KEPT (docs/metrics.md's limits).
    pub fn reserve(&mut self, size: usize) -> Result<u64, Failure> {
        debug_assert_eq!(self.used, self.first);
        let size = size.next_power_of_two();
        let at = match self.released.iter().position(|released| released.1 == size) {
            Some(fitting) => self.released.swap_remove(fitting).0,
            None => {
                let at = self.room(size)?;
                self.first = self.used;
                at
            }
        };
        self.clear(at, size);
        Ok(at)
    }

    pub fn release(&mut self, at: u64, size: usize) {
        let size = size.next_power_of_two();
        if at as usize + size == self.first {
            self.first = at as usize;
        } else {
            self.released.push((at, size));
        }
    }

    /// A number of what stays.
    pub fn number(&self, at: u64) -> &AtomicU64 {
        // SAFETY: inside, aligned, and atomic to whoever else reads it.
        unsafe { AtomicU64::from_ptr(self.place(at, size_of::<u64>()).cast()) }
    }

    /// Uninitialized memory for an import to read or write; its offset.
    pub fn room(&mut self, size: usize) -> Result<u64, Failure> {
        let at = self.used;
        let end = size.checked_add(at).filter(|end| *end <= self.callbacks.staging_size);
        self.used = end.ok_or_else(|| Failure::told(E2BIG, TOO_LONG))?.next_multiple_of(8);
        Ok(at as u64)
    }

    fn place(&self, at: u64, size: usize) -> *mut u8 {
        assert!(at as usize + size <= self.callbacks.staging_size);
        // SAFETY: inside, as was just seen.
        unsafe { self.callbacks.staging.add(at as usize) }
    }

    /// What lies there until the next call.
    pub fn at(&self, at: u64, size: usize) -> &[u8] {
        // SAFETY: inside; written by the host or never, and then zero.
        unsafe { core::slice::from_raw_parts(self.place(at, size), size) }
    }

    pub fn bytes(&mut self, bytes: &[u8]) -> Result<u64, Failure> {
        let at = self.room(bytes.len())?;
        self.fill(at, bytes);
        Ok(at)
    }

    pub fn fill(&mut self, at: u64, bytes: &[u8]) {
        // SAFETY: inside, and the guest's bytes are not in the staging memory.
        unsafe { core::ptr::copy_nonoverlapping(bytes.as_ptr(), self.place(at, bytes.len()), bytes.len()) };
    }

    pub fn clear(&mut self, at: u64, size: usize) {
        // SAFETY: inside.
        unsafe { self.place(at, size).write_bytes(0, size) };
    }

    /// One of the guest ABI's structs, all plain numbers without padding.
    pub fn value<T: Copy>(&mut self, value: &T) -> Result<u64, Failure> {
        let at = self.room(size_of::<T>())?;
        // SAFETY: inside, and aligned to 8 bytes, the most that a struct of the ABI needs.
        unsafe { self.place(at, size_of::<T>()).cast::<T>().write(*value) };
        Ok(at)
    }

    /// What the host wrote there.
    pub fn read<T: Copy>(&self, at: u64) -> T {
        // SAFETY: inside, aligned, and every pattern of bits is a value of it.
        unsafe { self.place(at, size_of::<T>()).cast::<T>().read() }
    }

    /// Offset and length, as imports take texts and data.
    pub fn text(&mut self, text: &str) -> Result<(u64, u64), Failure> {
        Ok((self.bytes(text.as_bytes())?, text.len() as u64))
    }

    pub fn optional_text(&mut self, text: &Option<String>) -> Result<(u64, u64), Failure> {
        text.as_ref().map_or(Ok((0, 0)), |text| self.text(text))
    }

    /// Its result, 0 or above; what it refused as an error of the guest's.
    pub fn call<const N: usize>(&mut self, import: Import, arguments: [u64; N]) -> Result<i64, Failure> {
        let result = self.raw(import, arguments)?;
        if result >= 0 { Ok(result) } else { Err(self.error(-result)) }
    }

    /// The same where its result means that there is none: -ENOENT.
    pub fn find<const N: usize>(&mut self, import: Import, arguments: [u64; N]) -> Result<Option<i64>, Failure> {
        const ENOENT: i64 = 2;
        match self.raw(import, arguments)? {
            result if result >= 0 => Ok(Some(result)),
            result if result == -ENOENT => Ok(None),
            result => Err(self.error(-result)),
        }
    }

    /// The same with negative results as they are.
    pub fn raw<const N: usize>(&mut self, import: Import, arguments: [u64; N]) -> Result<i64, Failure> {
        let mut values = [0u64; MAX_VALUES];
        values[..N].copy_from_slice(&arguments);
        debug_assert_eq!(IMPORTS[import as usize].1, N);
        if !(self.callbacks.call)(self.callbacks.context, self.numbers[import as usize], values.as_mut_ptr()) {
            return Err(Failure::Ends(wasmtime::format_err!("the guest is ended")));
        }
        Ok(values[0] as i64)
    }

    /// What the call that just failed says.
    pub fn error(&mut self, errno: i64) -> Failure {
        match self.error_text(errno) {
            Ok(text) => Failure::Told(Error { errno: errno as u32, text }),
            Err(failure) => failure,
        }
    }

    fn error_text(&mut self, errno: i64) -> Result<String, Failure> {
        self.start();
        let text = self.whole_text(|calls, at, size| calls.raw(Import::error_text, [at, size]))?;
        if !text.is_empty() {
            return Ok(text);
        }
        self.start();
        self.whole_text(|calls, at, size| calls.raw(Import::error_name, [errno as u64, at, size]))
    }

    /// All of what an import copies, cut to the room that it is given, and says the full length of.
    pub fn whole(
        &mut self,
        terminator: usize,
        ask: impl Fn(&mut Self, u64, u64) -> Result<i64, Failure>,
    ) -> Result<&[u8], Failure> {
        let mut size = 4096;
        loop {
            let before = self.used;
            let at = self.room(size)?;
            let full = usize::try_from(ask(self, at, size as u64)?).map_err(|_| Failure::told(EFAULT, "no length"))?;
            if full + terminator <= size {
                return Ok(self.at(at, full));
            }
            self.used = before;
            size = full + terminator;
        }
    }

    pub fn whole_text(&mut self, ask: impl Fn(&mut Self, u64, u64) -> Result<i64, Failure>) -> Result<String, Failure> {
        Ok(String::from_utf8_lossy(self.whole(1, ask)?).into_owned())
    }
}

/// The text in an array of a struct's, which ends at a zero.
pub fn terminated(array: &[u8]) -> String {
    let end = array.iter().position(|byte| *byte == 0).unwrap_or(array.len());
    String::from_utf8_lossy(&array[..end]).into_owned()
}
