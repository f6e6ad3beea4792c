//! What Rust's standard library would bring: memory from libc, and an end to a panic.

use core::alloc::{GlobalAlloc, Layout};
use core::ptr;

unsafe extern "C" {
    fn abort() -> !;
    fn calloc(count: usize, size: usize) -> *mut u8;
    fn free(memory: *mut u8);
    fn malloc(size: usize) -> *mut u8;
    fn posix_memalign(memory: *mut *mut u8, alignment: usize, size: usize) -> i32;
    #[link_name = "realloc"]
    fn libc_realloc(memory: *mut u8, size: usize) -> *mut u8;
    fn write(fd: i32, bytes: *const u8, size: usize) -> isize;
}

/// What malloc aligns to.
const PLAIN_ALIGNMENT: usize = 16;

struct Libc;

// SAFETY: as the standard library's allocator for Unix does it.
unsafe impl GlobalAlloc for Libc {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.align() <= PLAIN_ALIGNMENT {
            return unsafe { malloc(layout.size()) };
        }
        let mut memory = ptr::null_mut();
        match unsafe { posix_memalign(&mut memory, layout.align(), layout.size()) } {
            0 => memory,
            _ => ptr::null_mut(),
        }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if layout.align() <= PLAIN_ALIGNMENT {
            return unsafe { calloc(layout.size(), 1) };
        }
        let memory = unsafe { self.alloc(layout) };
        if !memory.is_null() {
            unsafe { ptr::write_bytes(memory, 0, layout.size()) };
        }
        memory
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if layout.align() <= PLAIN_ALIGNMENT {
            return unsafe { libc_realloc(memory, size) };
        }
        let moved = unsafe { self.alloc(Layout::from_size_align_unchecked(size, layout.align())) };
        if !moved.is_null() {
            unsafe { ptr::copy_nonoverlapping(memory, moved, layout.size().min(size)) };
            unsafe { free(memory) };
        }
        moved
    }

    unsafe fn dealloc(&self, memory: *mut u8, _: Layout) {
        unsafe { free(memory) }
    }
}

#[global_allocator]
static ALLOCATOR: Libc = Libc;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    const SAID: &[u8] = b"wasm-bpf: the engine cannot go on: there is no memory left, or the mistake is its own\n";
    unsafe {
        write(2, SAID.as_ptr(), SAID.len());
        abort()
    }
}

/// Compiled code names it where it was compiled to unwind, as `core` was; nothing unwinds.
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}
