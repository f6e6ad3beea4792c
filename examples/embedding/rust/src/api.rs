//! What the agent uses of wasm_bpf.h.
use std::ffi::{c_char, c_int, c_void};

macro_rules! opaque {
    ($($name:ident),*) => { $(#[repr(C)] pub struct $name { _private: [u8; 0] })* };
}
opaque!(Error, Runtime, Module, Policy, Guest, Ending, Caller);

#[derive(Clone, Copy)]
#[repr(C)]
pub union Number {
    pub i32: i32,
    pub i64: i64,
    pub f32: f32,
    pub f64: f64,
}

#[derive(Clone, Copy)]
#[repr(C)]
pub struct Value {
    pub kind: u32,
    pub of: Number,
}

pub type FunctionCallback = extern "C" fn(*mut c_void, *mut Caller, *const Value, *mut Value) -> *mut Error;
pub type OutputCallback = extern "C" fn(*mut c_void, *const c_char, usize);

#[repr(C)]
pub struct Function {
    pub size: usize,
    pub module: *const c_char,
    pub name: *const c_char,
    pub kind: *const c_char,
    pub call: FunctionCallback,
    pub context: *mut c_void,
}

pub const OUTPUT_CALLBACK: u32 = 2;

#[derive(Clone, Copy)]
#[repr(C)]
pub struct Output {
    pub kind: u32,
    pub limit_bytes: u64,
    pub write: Option<OutputCallback>,
    pub context: *mut c_void,
}

/// The first members of wasm_bpf_guest_options: its size says how many the library is to look at.
#[repr(C)]
pub struct GuestOptions {
    pub size: usize,
    pub flags: u64,
    pub policy: *const Policy,
    pub arguments: *const *const c_char,
    pub argument_count: usize,
    pub environment: *const *const c_char,
    pub environment_count: usize,
    pub directories: *const c_void,
    pub directory_count: usize,
    pub functions: *const Function,
    pub function_count: usize,
    pub input: u32,
    pub input_fd: c_int,
    pub output: Output,
    pub error_output: Output,
}

#[link(name = "wasm_bpf")]
extern "C" {
    pub fn wasm_bpf_error_message(error: *const Error) -> *const c_char;
    pub fn wasm_bpf_error_free(error: *mut Error);
    pub fn wasm_bpf_runtime_create(options: *const c_void, runtime: *mut *mut Runtime, error: *mut *mut Error)
    -> c_int;
    pub fn wasm_bpf_runtime_free(runtime: *mut Runtime);
    pub fn wasm_bpf_module_compile_file(
        runtime: *const Runtime,
        path: *const c_char,
        module: *mut *mut Module,
        error: *mut *mut Error,
    ) -> c_int;
    pub fn wasm_bpf_module_free(module: *mut Module);
    pub fn wasm_bpf_policy_create(policy: *mut *mut Policy, error: *mut *mut Error) -> c_int;
    pub fn wasm_bpf_policy_allow(policy: *mut Policy, text: *const c_char, error: *mut *mut Error) -> c_int;
    pub fn wasm_bpf_policy_free(policy: *mut Policy);
    pub fn wasm_bpf_guest_create(
        module: *const Module,
        options: *const GuestOptions,
        guest: *mut *mut Guest,
        error: *mut *mut Error,
    ) -> c_int;
    pub fn wasm_bpf_guest_start(guest: *mut Guest, error: *mut *mut Error) -> c_int;
    pub fn wasm_bpf_guest_call(
        guest: *mut Guest,
        name: *const c_char,
        arguments: *const Value,
        argument_count: usize,
        results: *mut Value,
        result_room: usize,
        result_count: *mut usize,
        error: *mut *mut Error,
    ) -> c_int;
    pub fn wasm_bpf_guest_signal(guest: *mut Guest, number: c_int);
    pub fn wasm_bpf_guest_wait(
        guest: *mut Guest,
        milliseconds: i64,
        ending: *mut *mut Ending,
        error: *mut *mut Error,
    ) -> c_int;
    pub fn wasm_bpf_guest_free(guest: *mut Guest);
    pub fn wasm_bpf_ending_exit_code(ending: *const Ending) -> c_int;
    pub fn wasm_bpf_ending_error(ending: *const Ending) -> *const Error;
    pub fn wasm_bpf_ending_free(ending: *mut Ending);
    pub fn wasm_bpf_caller_read(
        caller: *mut Caller,
        offset: u32,
        to: *mut c_void,
        size_bytes: u64,
        error: *mut *mut Error,
    ) -> c_int;
}
