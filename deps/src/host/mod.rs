//! The interfaces of wit/ for components: each function hands its arguments to the function of the guest ABI that modules
//! import for the same, so that checks, policy, limits and error texts are the same for both.

mod attach;
mod calls;
mod imports;
mod items;
mod kernel;
mod kernel_objects;
mod limits;
mod links;
mod maps;
mod metrics;
mod objects;
mod output;
mod programs;
mod rings;
mod run;

use std::collections::HashMap;

use wasmtime::component::{HasSelf, Linker, Resource};
use wasmtime_wasi::{ResourceTable, WasiCtx, WasiCtxView, WasiView};

use self::bpf::errors::Error;
use self::calls::{Calls, Import};
pub use self::run::*;

/// Names for what the host holds: their numbers are the host's handles.
pub struct Object;
pub struct Map;
pub struct Program;
pub struct Link;
pub struct Pass;
pub struct PerfEvent;
pub struct Socket;
pub struct Cgroup;
pub struct NetworkNamespace;
pub struct File;
pub struct Ring;
pub struct Counter;
pub struct Gauge;
pub struct Histogram;
pub struct MapMetric;

mod bindings {
    wasmtime::component::bindgen!({
        path: "wit",
        world: "guest",
        imports: { default: trappable },
        with: {
            "wasm-bpf:bpf/objects.object": super::Object,
            "wasm-bpf:bpf/objects.map": super::Map,
            "wasm-bpf:bpf/objects.program": super::Program,
            "wasm-bpf:bpf/objects.link": super::Link,
            "wasm-bpf:bpf/objects.pass": super::Pass,
            "wasm-bpf:bpf/objects.perf-event": super::PerfEvent,
            "wasm-bpf:bpf/objects.socket": super::Socket,
            "wasm-bpf:bpf/objects.cgroup": super::Cgroup,
            "wasm-bpf:bpf/objects.network-namespace": super::NetworkNamespace,
            "wasm-bpf:bpf/objects.file": super::File,
            "wasm-bpf:bpf/rings.ring": super::Ring,
            "wasm-bpf:bpf/metrics.counter": super::Counter,
            "wasm-bpf:bpf/metrics.gauge": super::Gauge,
            "wasm-bpf:bpf/metrics.histogram": super::Histogram,
            "wasm-bpf:bpf/metrics.map-metric": super::MapMetric,
        },
        trappable_error_type: { "wasm-bpf:bpf/errors.error" => super::Failure },
    });
}
use self::bindings::wasm_bpf::bpf;

/// Why a function does not return a value.
pub enum Failure {
    /// The guest is told.
    Told(Error),
    /// The guest ends.
    Ends(wasmtime::Error),
}

impl Failure {
    fn told(errno: u32, text: impl Into<String>) -> Self {
        Self::Told(Error { errno, text: text.into() })
    }
}

impl From<wasmtime::Error> for Failure {
    fn from(error: wasmtime::Error) -> Self {
        Self::Ends(error)
    }
}

const EINVAL: u32 = 22;

type Outcome<T> = Result<T, Failure>;

/// The handle that a resource stands for, as an argument.
fn handle<T: 'static>(resource: &Resource<T>) -> u64 {
    u64::from(resource.rep())
}

/// A resource for a handle that the host gave.
fn own<T: 'static>(handle: i64) -> Resource<T> {
    Resource::new_own(handle as u32)
}

/// What a guest's store holds.
pub struct Guest {
    calls: Calls,
    shapes: HashMap<u32, maps::Shape>,
    own_numbers: metrics::OwnNumbers,
    wasi: WasiCtx,
    table: ResourceTable,
    limits: limits::Limits,
}

impl Guest {
    /// For what one call lays down.
    fn start(&mut self) -> &mut Calls {
        self.calls.start()
    }

    /// Drops what a guest owns; of a map or program of an object's, the name alone.
    fn close<T: 'static>(&mut self, resource: Resource<T>) -> wasmtime::Result<()> {
        self.shapes.clear();
        match self.start().raw(Import::close, [handle(&resource)]) {
            Ok(_) | Err(Failure::Told(_)) => Ok(()),
            Err(Failure::Ends(error)) => Err(error),
        }
    }
}

impl WasiView for Guest {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl bpf::errors::Host for Guest {
    fn convert_error(&mut self, failure: Failure) -> wasmtime::Result<Error> {
        match failure {
            Failure::Told(error) => Ok(error),
            Failure::Ends(error) => Err(error),
        }
    }
}

/// Every interface of wit/.
fn define_interfaces(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    bindings::Guest::add_to_linker::<_, HasSelf<Guest>>(linker, |guest| guest)?;
    rings::define_read(linker)
}
