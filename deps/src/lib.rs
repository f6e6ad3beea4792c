//! Wasmtime's C API, as it is, in one static library, with what runs components, and what makes and joins them.

mod abi; // generated: deps/build puts it here, from sdk/rust
mod host;
mod tools;

pub use host::*;
pub use tools::*;
pub use wasmtime_c_api::*;
