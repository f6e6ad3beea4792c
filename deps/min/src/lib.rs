//! The standard C API (`wasm.h`) of wasmi, as it is, and beside it what src/engine/wasm_c_api wants of an engine that the
//! standard does not have: src/engine/wasm_c_api/wasmi.hpp declares it.

#![no_std]

mod call;
mod freestanding;
mod limits;
mod setup;
mod told;

pub use call::*;
pub use limits::*;
pub use setup::*;
pub use told::*;
pub use wasmi_c_api::*;
