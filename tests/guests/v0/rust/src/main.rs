//! Traces every exec, as guests in Rust did for the older wasm-bpf runtimes.
use std::ffi::CStr;

#[link(wasm_import_module = "wasm_bpf")]
extern "C" {
    fn wasm_load_bpf_object(data: *const u8, size: i32) -> u64;
    fn wasm_attach_bpf_program(object: u64, name: *const u8, target: *const u8) -> i32;
    fn wasm_bpf_map_fd_by_name(object: u64, name: *const u8) -> i32;
    fn wasm_bpf_buffer_poll(
        object: u64,
        fd: i32,
        sample_func: i32,
        context: u32,
        data: *mut u8,
        max_size: i32,
        timeout_ms: i32,
    ) -> i32;
}

#[repr(C)]
struct Event {
    pid: u32,
    command: [u8; 16],
    filename: [u8; 128],
}

fn text(bytes: &[u8]) -> String {
    let text = CStr::from_bytes_until_nul(bytes).expect("a terminated text");
    text.to_string_lossy().into_owned()
}

extern "C" fn print_event(_context: u32, data: *const Event, size: u32) -> i32 {
    assert_eq!(size as usize, std::mem::size_of::<Event>());
    // The host copied a whole record to our buffer, of any alignment.
    let event = unsafe { data.read_unaligned() };
    println!("exec {} {} {}", event.pid, text(&event.command), text(&event.filename));
    0
}

fn main() {
    let elf = include_bytes!(env!("EXEC_BPF_OBJECT"));
    let mut data = [0u8; std::mem::size_of::<Event>()];
    let callback = print_event as extern "C" fn(u32, *const Event, u32) -> i32 as usize as i32;
    unsafe {
        let object = wasm_load_bpf_object(elf.as_ptr(), elf.len() as i32);
        assert_ne!(object, 0);
        assert_eq!(wasm_attach_bpf_program(object, c"on_exec".as_ptr().cast(), std::ptr::null()), 0);
        let fd = wasm_bpf_map_fd_by_name(object, c"events".as_ptr().cast());
        println!("ready");
        while wasm_bpf_buffer_poll(object, fd, callback, 0, data.as_mut_ptr(), data.len() as i32, 100) >= 0 {}
    }
    std::process::exit(1);
}
