//! Wasmtime's C API, as it is, in one static library.

pub use wasmtime_c_api::*;
