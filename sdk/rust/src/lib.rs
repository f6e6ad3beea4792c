//! eBPF for guests of wasm-bpf: the way of libbpf-rs, for programs that are compiled to `wasm32-wasip1` and run by
//! `wasm-bpf run`, or by any host with the same interface.
//!
//! ```ignore
//! mod hello {
//!     wasm_bpf::include_skeleton!("hello"); // made from hello.bpf.c by `wasm-bpf build`
//! }
//! use hello::*;
//!
//! fn main() -> wasm_bpf::Result<()> {
//!     let mut open = HelloSkelBuilder::default().open()?;
//!     open.rodata.min_duration_ns = 1_000_000; // before load: what the programs start with
//!     let mut skel = open.load()?;
//!     skel.attach()?;
//!
//!     let interrupted = wasm_bpf::signal::on_interrupt()?;
//!     let mut rings = wasm_bpf::RingBufferBuilder::new();
//!     rings.add_records(&skel.maps.events, |event: &types::event| println!("{}", event.pid))?;
//!     let mut rings = rings.build()?;
//!     while !interrupted.is_set() {
//!         rings.poll(std::time::Duration::MAX)?;
//!     }
//!     println!("{} lost", skel.bss.lost.get()); // the kernel's own memory, read in place
//!     Ok(())
//! }
//! ```
//!
//! # Windows
//! Ring buffers and global variables lie inside the guest's memory: a record is handed over as a reference into the kernel's
//! own ring, and a variable is a [`Live`] cell over the one that the programs use. The host is called only to wait. Where a
//! host has no windows, the same functions copy whole batches.
//!
//! # Types
//! What both halves of a tool share is [`Pod`]: plain data, valid whatever its bytes are. Skeletons declare such types from
//! the object's BTF; [`pod!`] declares them by hand, with checks.
//!
//! # Ownership
//! [`Map`]s and [`Program`]s of an object keep it open; it is closed with the last of them. [`Link`]s stay attached until
//! they are dropped, whatever becomes of the object. Everything ends with the guest.

#![forbid(unsafe_op_in_unsafe_fn)]
#![deny(missing_docs)]

#[cfg(not(target_family = "wasm"))]
compile_error!("wasm-bpf is for guests: build them by `wasm-bpf build`, or with --target wasm32-wasip1");

#[doc(hidden)]
#[allow(missing_docs, clippy::undocumented_unsafe_blocks)]
#[rustfmt::skip] // generated
pub mod abi;

mod attach;
pub mod bits;
mod elements;
mod error;
mod kinds;
mod link;
mod live;
mod map;
mod memory;
mod object;
mod owner;
mod perf_buffer;
mod perf_event;
mod places;
mod pod;
mod program;
mod ring;
mod ring_buffer;
mod ring_reader;
mod ring_span;
mod test_run;
mod typed_map;
mod user_ring_buffer;

pub mod kernel;
pub mod log;
pub mod metrics;
pub mod signal;
#[doc(hidden)]
pub mod skeleton;

pub use abi::{LinkInfo, MapInfo, ProgramInfo};
pub use attach::Attach;
pub use elements::{BatchCursor, MapKeys};
pub use error::{Error, Result};
pub use kinds::{AttachType, MapFlags, MapType, ProgramType};
pub use link::{Iter, Link};
pub use live::Live;
pub use map::{Map, MapBuilder, MapHandle, OpenMap, Window};
pub use object::{Object, ObjectBuilder, OpenObject};
pub use perf_buffer::{PerfBuffer, PerfBufferBuilder};
pub use perf_event::{PerfEvent, PerfEventBuilder};
pub use places::{Cgroup, HostFile, NetworkNamespace, Socket, SocketBuilder};
pub use pod::{Bool, Pod, text};
pub use program::{OpenProgram, Program};
pub use ring_buffer::{Outcome, RingBuffer, RingBufferBuilder};
pub use ring_reader::{Batch, Records, RingReader};
pub use skeleton::{LoadedSection, OpenSection, sync};
pub use test_run::{TestRun, TestRunOutput};
pub use typed_map::{PerCpuMap, TypedMap};
pub use user_ring_buffer::{UserRecord, UserRingBuffer};

/// The skeleton that `wasm-bpf build` made of `NAME.bpf.c`, in the module where it is written:
/// `mod hello { wasm_bpf::include_skeleton!("hello"); }`.
///
/// It stands for `include!` of `$WASM_BPF_OUT_DIR/NAME.skel.rs`. What `wasm-bpf gen skeleton --lang rust` prints can be
/// kept in a file of its own instead, as any module.
#[macro_export]
macro_rules! include_skeleton {
    ($name:literal) => {
        include!(concat!(env!("WASM_BPF_OUT_DIR"), "/", $name, ".skel.rs"));
    };
}
