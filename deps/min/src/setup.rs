//! An engine for guests of ours.

extern crate alloc;

use alloc::boxed::Box;
use wasmi_c_api::wasmi::{Config, CustomFuelCosts};
use wasmi_c_api::{wasm_config_new, wasm_config_t, wasm_engine_new_with_config, wasm_engine_t};

/// Frames of a guest's calls, which lie on the heap: as deep as Wasmtime goes with small ones.
const MAX_DEPTH: usize = 20_000;
const MAX_STACK_BYTES: usize = 4 << 20;

/// An engine whose guests pass a checkpoint where they compute (call.rs).
#[unsafe(no_mangle)]
pub extern "C" fn wasm_bpf_wasmi_engine_new() -> Box<wasm_engine_t> {
    let mut config = wasm_config_new();
    // SAFETY: it is `repr(C)`, and this is its first and only member.
    let own = unsafe { &mut *(&raw mut *config).cast::<Config>() };
    const { assert!(size_of::<wasm_config_t>() == size_of::<Config>()) };
    own.consume_fuel(true);
    // Fuel is time here. A function that is translated at its first call, where fuel has run out, would be a trap that
    // nothing can resume.
    own.fuel_cost(CustomFuelCosts {
        bytes_copied_per_fuel: 64,
        fuel_per_bytes_translated: 0,
        fuel_per_bytes_validated: 0,
    });
    own.ignore_custom_sections(true);
    own.wasm_multi_memory(false);
    own.set_max_stack_height(MAX_STACK_BYTES);
    own.set_max_recursion_depth(MAX_DEPTH);
    wasm_engine_new_with_config(config)
}
