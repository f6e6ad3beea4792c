//! Loads a plugin, with a function for it to call and a policy that holds it; calls it, and ends it.
mod api;

use api::*;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::process::Command;
use std::ptr::{null, null_mut};
use std::sync::mpsc::{Sender, channel};

/// A call's error as Rust's.
fn check(call: impl FnOnce(*mut *mut Error) -> c_int) -> Result<(), String> {
    let mut error = null_mut();
    if call(&mut error) == 0 {
        return Ok(());
    }
    let text = unsafe { CStr::from_ptr(wasm_bpf_error_message(error)).to_string_lossy().into_owned() };
    unsafe { wasm_bpf_error_free(error) };
    Err(text)
}

/// The same of a call that makes an object.
fn made<T>(call: impl FnOnce(*mut *mut T, *mut *mut Error) -> c_int) -> Result<*mut T, String> {
    let mut object = null_mut();
    check(|error| call(&mut object, error))?;
    Ok(object)
}

fn amount(count: i64) -> &'static str {
    if count > 0 { "some" } else { "none" }
}

/// All of one write of the plugin's, which writes whole lines. On its thread.
extern "C" fn on_output(_: *mut c_void, text: *const c_char, size: usize) {
    let bytes = unsafe { std::slice::from_raw_parts(text.cast::<u8>(), size) };
    print!("[plugin] {}", String::from_utf8_lossy(bytes));
}

/// What the plugin imports as agent.report(name, name_size, value). On its thread.
extern "C" fn report(
    context: *mut c_void,
    plugin: *mut Caller,
    arguments: *const Value,
    results: *mut Value,
) -> *mut Error {
    let (arguments, results) =
        unsafe { (std::slice::from_raw_parts(arguments, 3), std::slice::from_raw_parts_mut(results, 1)) };
    let reported = unsafe { &*context.cast::<Sender<()>>() };
    let (offset, size, value) =
        unsafe { (arguments[0].of.i32 as u32, arguments[1].of.i32 as u32, arguments[2].of.i64) };
    let mut name = [0u8; 32];
    let Some(name) = name.get_mut(..size as usize) else {
        results[0].of.i32 = -1;
        return null_mut();
    };
    let mut error = null_mut();
    if unsafe { wasm_bpf_caller_read(plugin, offset, name.as_mut_ptr().cast(), size.into(), &mut error) } != 0 {
        return error; // it ends the plugin
    }
    println!("[agent] {}: {}", String::from_utf8_lossy(name), amount(value));
    let _ = reported.send(());
    null_mut()
}

fn main() -> Result<(), String> {
    let path =
        CString::new(std::env::args().nth(1).ok_or("usage: agent PLUGIN")?).map_err(|error| error.to_string())?;
    let (sender, reported) = channel();
    let function = Function {
        size: size_of::<Function>(),
        module: c"agent".as_ptr(),
        name: c"report".as_ptr(),
        kind: c"i32 i32 i64 -> i32".as_ptr(),
        call: report,
        context: (&raw const sender).cast_mut().cast(),
    };
    let output = Output { kind: OUTPUT_CALLBACK, limit_bytes: 0, write: Some(on_output), context: null_mut() };

    let runtime = made(|runtime, error| unsafe { wasm_bpf_runtime_create(null(), runtime, error) })?;
    let module = made(|module, error| unsafe { wasm_bpf_module_compile_file(runtime, path.as_ptr(), module, error) })?;
    let policy = made(|policy, error| unsafe { wasm_bpf_policy_create(policy, error) })?;
    for rule in [
        c"programs=tracepoint",
        c"attach.kinds=tracepoint",
        c"attach.tracepoints=sched/sched_process_exec",
        c"maps.types=array",
    ] {
        check(|error| unsafe { wasm_bpf_policy_allow(policy, rule.as_ptr(), error) })?;
    }
    let options = GuestOptions {
        size: size_of::<GuestOptions>(),
        policy,
        functions: &function,
        function_count: 1,
        output,
        error_output: output,
        ..unsafe { std::mem::zeroed() }
    };
    let plugin = made(|plugin, error| unsafe { wasm_bpf_guest_create(module, &options, plugin, error) })?;

    check(|error| unsafe { wasm_bpf_guest_start(plugin, error) })?;
    let mut started = Value { kind: 0, of: Number { i64: 0 } };
    // A program is started until the plugin, which may not be attached yet, has told of one.
    while unsafe { started.of.i64 } == 0 {
        Command::new("true").status().map_err(|error| error.to_string())?;
        check(|error| unsafe {
            wasm_bpf_guest_call(plugin, c"started".as_ptr(), null(), 0, &mut started, 1, null_mut(), error)
        })?;
    }
    reported.recv().map_err(|error| error.to_string())?;
    println!("[agent] asked, it says: {}", amount(unsafe { started.of.i64 }));

    unsafe { wasm_bpf_guest_signal(plugin, 15) };
    let ending = made(|ending, error| unsafe { wasm_bpf_guest_wait(plugin, 5000, ending, error) })?;
    match unsafe { wasm_bpf_ending_error(ending).as_ref() } {
        Some(error) => println!("[agent] ended: {:?}", unsafe { CStr::from_ptr(wasm_bpf_error_message(error)) }),
        None => println!("[agent] ended: {}", unsafe { wasm_bpf_ending_exit_code(ending) }),
    }
    unsafe {
        wasm_bpf_ending_free(ending);
        wasm_bpf_guest_free(plugin);
        wasm_bpf_policy_free(policy);
        wasm_bpf_module_free(module);
        wasm_bpf_runtime_free(runtime);
    }
    Ok(())
}
