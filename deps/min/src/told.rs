//! Why a module is refused, and what a trap is: the standard C API has no words for the first, and Rust's for the second.

extern crate alloc;

use alloc::string::ToString;
use wasmi_c_api::wasmi::errors::{ErrorKind, InstantiationError};
use wasmi_c_api::wasmi::{Error, Module, TrapCode};
use wasmi_c_api::{WasmStoreRef, wasm_byte_vec_t, wasm_store_t, wasm_trap_t};

/// The first `size` bytes of why `wasm_module_new` refuses the module; how many there are.
///
/// # Safety
/// `text` has room for `size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_bpf_wasmi_refusal(
    store: &mut wasm_store_t,
    binary: &wasm_byte_vec_t,
    text: *mut u8,
    size: usize,
) -> usize {
    // SAFETY: it is `repr(C)`, and this is its first and only member (limits.rs).
    let store = unsafe { &*(&raw const *store).cast::<WasmStoreRef>() };
    let engine = unsafe { store.context() }.engine().clone();
    let Err(error) = Module::new(&engine, binary.as_slice()) else {
        return 0;
    };
    // SAFETY: as the caller says.
    unsafe { copy(&error, text, size) }
}

/// SAFETY: `text` has room for `size` bytes.
unsafe fn copy(error: &Error, text: *mut u8, size: usize) -> usize {
    let why = error.to_string();
    let copied = why.len().min(size);
    unsafe { core::ptr::copy_nonoverlapping(why.as_ptr(), text, copied) };
    copied
}

fn own_error(trap: &wasm_trap_t) -> &Error {
    const { assert!(size_of::<wasm_trap_t>() == size_of::<Error>()) };
    // SAFETY: it is `repr(C)`, and this is its first and only member.
    unsafe { &*(&raw const *trap).cast::<Error>() }
}

/// The first `size` bytes of what a trap says, for people; how many there are.
///
/// # Safety
/// `text` has room for `size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_bpf_wasmi_trap_text(trap: &wasm_trap_t, text: *mut u8, size: usize) -> usize {
    // SAFETY: as the caller says.
    unsafe { copy(own_error(trap), text, size) }
}

/// By the order of src/engine/wasm_c_api/wasmi.cpp; 0 for what is no trap of WebAssembly's own.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_bpf_wasmi_trap_code(trap: &wasm_trap_t) -> i32 {
    let error = own_error(trap);
    if let ErrorKind::Instantiation(InstantiationError::ElementSegmentDoesNotFit { .. }) = error.kind() {
        return 3; // a trap, by the specification
    }
    match error.as_trap_code() {
        Some(TrapCode::UnreachableCodeReached) => 1,
        Some(TrapCode::MemoryOutOfBounds) => 2,
        Some(TrapCode::TableOutOfBounds) => 3,
        Some(TrapCode::IndirectCallToNull) => 4,
        Some(TrapCode::IntegerDivisionByZero) => 5,
        Some(TrapCode::IntegerOverflow) => 6,
        Some(TrapCode::BadConversionToInteger) => 7,
        Some(TrapCode::StackOverflow) => 8,
        Some(TrapCode::BadSignature) => 9,
        _ => 0,
    }
}
