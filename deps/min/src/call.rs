//! Calls that pass a checkpoint again and again, however long the guest computes: it has fuel for some milliseconds, and
//! goes on where it stood when it is given more.

extern crate alloc;

use alloc::boxed::Box;
use core::ffi::c_void;
use core::ptr;
use wasmi_c_api::wasmi::{Error, Extern, Func, ResumableCall, Val};
use wasmi_c_api::{WasmStoreRef, wasm_extern_t, wasm_func_t, wasm_trap_t, wasm_val_t};

/// Instructions between two checkpoints, about: milliseconds.
const FUEL: u64 = 1_000_000;
const MAX_VALUES: usize = 16;

/// False: the guest has to end. It may call the guest.
type Checkpoint = unsafe extern "C" fn(environment: *mut c_void) -> bool;

/// As the C API has it, whose members are private there. A `wasm_func_t` is one, transparently.
#[derive(Clone)]
struct OwnExtern {
    store: WasmStoreRef,
    which: Extern,
}

fn own_extern(function: &wasm_func_t) -> &OwnExtern {
    const { assert!(size_of::<OwnExtern>() == size_of::<wasm_extern_t>()) };
    const { assert!(align_of::<OwnExtern>() == align_of::<wasm_extern_t>()) };
    // SAFETY: the same members in the same order, of one compilation of one version (Cargo.toml pins it), are laid out
    // the same; tests/engine calls functions of every kind by it.
    unsafe { &*(&raw const *function).cast::<OwnExtern>() }
}

/// As `wasm_func_call`, for at most 16 parameters and 16 results.
///
/// # Safety
/// The pointers are to as many values; the function's store is used by this thread alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_bpf_wasmi_call(
    function: &wasm_func_t,
    parameters: *const wasm_val_t,
    parameter_count: usize,
    results: *mut wasm_val_t,
    result_count: usize,
    checkpoint: Checkpoint,
    environment: *mut c_void,
) -> *mut wasm_trap_t {
    let OwnExtern { mut store, which: Extern::Func(function) } = own_extern(function).clone() else {
        return ptr::null_mut();
    };
    let mut inputs = [const { Val::I32(0) }; MAX_VALUES];
    let mut outputs = [const { Val::I32(0) }; MAX_VALUES];
    for (i, input) in inputs.iter_mut().enumerate().take(parameter_count) {
        *input = unsafe { &*parameters.add(i) }.to_val();
    }
    let pass = || unsafe { checkpoint(environment) };
    match run(&mut store, function, &inputs[..parameter_count], &mut outputs[..result_count], pass) {
        Ok(()) => {
            for (i, output) in outputs.iter().enumerate().take(result_count) {
                unsafe { ptr::write(results.add(i), wasm_val_t::from(output.clone())) };
            }
            ptr::null_mut()
        }
        Err(error) => trap_of(error),
    }
}

fn run(
    store: &mut WasmStoreRef,
    function: Func,
    inputs: &[Val],
    outputs: &mut [Val],
    pass_checkpoint: impl Fn() -> bool,
) -> Result<(), Error> {
    // SAFETY: the C API's own way; what a host function or the checkpoint does in the store is done when it returns.
    // A call from within a host function goes on with what is left: a guest that calls on and on passes a checkpoint too.
    if unsafe { store.context() }.get_fuel()? == 0 {
        unsafe { store.context_mut() }.set_fuel(FUEL)?;
    }
    let mut state = function.call_resumable(unsafe { store.context_mut() }, inputs, outputs)?;
    loop {
        match state {
            ResumableCall::Finished => return Ok(()),
            ResumableCall::HostTrap(call) => return Err(call.into_host_error()),
            ResumableCall::OutOfFuel(call) => {
                if !pass_checkpoint() {
                    return Err(Error::new("ended at a checkpoint"));
                }
                unsafe { store.context_mut() }.set_fuel(FUEL.max(call.required_fuel()))?;
                state = call.resume(unsafe { store.context_mut() }, outputs)?;
            }
        }
    }
}

fn trap_of(error: Error) -> *mut wasm_trap_t {
    const { assert!(size_of::<wasm_trap_t>() == size_of::<Error>()) };
    // SAFETY: it is `repr(C)`, and this is its first and only member (told.rs).
    Box::into_raw(Box::new(error)).cast::<wasm_trap_t>()
}
