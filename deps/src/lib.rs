//! Wasmtime's C API, as it is, in one static library, and what the command makes and joins components by (tools).

mod tools;

pub use tools::*;
pub use wasmtime_c_api::*;
