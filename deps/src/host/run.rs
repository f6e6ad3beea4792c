//! The C interface by which src/engine/wasmtime runs components.

use std::future::poll_fn;
use std::os::fd::{AsRawFd, RawFd};
use std::pin::{Pin, pin};
use std::task::Poll;

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, ComponentExportIndex, InstancePre, Linker, Type};
use wasmtime::{Engine, Error, Store, Trap, UpdateDeadline, WasmBacktrace, bail, format_err};
use wasmtime_c_api::{wasm_engine_t, wasmtime_component_t, wasmtime_error_t};
use wasmtime_wasi::{FsPerms, I32Exit, ResourceTable, WasiCtx, WasiCtxBuilder};

use super::calls::{Callbacks, Calls};
use super::imports::check_imports;
use super::limits::Limits;
use super::output::Output;
use super::{Guest, define_interfaces};

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Text {
    data: *const u8,
    size: usize,
}

impl Text {
    /// An error where it is no UTF-8.
    unsafe fn read(&self, what: &str) -> wasmtime::Result<String> {
        let bytes = unsafe { slice(self.data, self.size) };
        String::from_utf8(bytes.to_vec()).map_err(|_| format_err!("the guest's {what} are not UTF-8"))
    }
}

#[repr(C)]
pub struct Directory {
    host_path: Text,
    guest_path: Text,
    writable: bool,
}

#[repr(C)]
pub struct Options {
    arguments: *const Text,
    arguments_count: usize,
    /// Names and values, by turns.
    environment: *const Text,
    environment_count: usize,
    directories: *const Directory,
    directories_count: usize,
    /// Of all linear memories together; 0: none.
    memory_limit: u64,
    callbacks: Callbacks,
}

/// How a guest ended, told part by part.
#[repr(C)]
pub struct Ending {
    context: *mut core::ffi::c_void,
    /// It ended by itself, with this code.
    exited: extern "C" fn(*mut core::ffi::c_void, code: i32),
    /// It trapped: the number of the engine's trap, or -1, and the cause.
    trapped: extern "C" fn(*mut core::ffi::c_void, code: i32, text: *const u8, size: usize),
    /// It could not begin: it needs more than it may have.
    refused: extern "C" fn(*mut core::ffi::c_void, text: *const u8, size: usize),
    /// A function of its stack, innermost first.
    frame: extern "C" fn(*mut core::ffi::c_void, text: *const u8, size: usize),
}

/// A component with all that it imports; nothing of it runs yet.
pub struct Linked {
    component: InstancePre<Guest>,
    run: ComponentExportIndex,
    store: Store<Guest>,
}

unsafe fn slice<'a, T>(data: *const T, count: usize) -> &'a [T] {
    if count == 0 { &[] } else { unsafe { core::slice::from_raw_parts(data, count) } }
}

unsafe fn wasi(options: &Options) -> wasmtime::Result<WasiCtx> {
    let mut builder = WasiCtxBuilder::new();
    builder.inherit_stdin();
    builder.stdout(Output::standard(options.callbacks));
    builder.stderr(Output::error(options.callbacks));
    for argument in unsafe { slice(options.arguments, options.arguments_count) } {
        builder.arg(unsafe { argument.read("arguments")? });
    }
    for pair in unsafe { slice(options.environment, options.environment_count) }.chunks_exact(2) {
        builder.env(unsafe { pair[0].read("environment variables")? }, unsafe { pair[1].read("environment variables")? });
    }
    for directory in unsafe { slice(options.directories, options.directories_count) } {
        let path = unsafe { directory.host_path.read("directories")? };
        let perms = if directory.writable { FsPerms::ReadWrite } else { FsPerms::ReadOnly };
        builder
            .preopened_dir(&path, unsafe { directory.guest_path.read("directories")? }, perms)
            .map_err(|error| format_err!("open directory \"{path}\" for the guest: {error}"))?;
    }
    Ok(builder.build())
}

/// Whether the item is a function without parameters that returns `result`.
fn is_run(item: Option<ComponentItem>) -> bool {
    let Some(ComponentItem::ComponentFunc(function)) = item else { return false };
    let mut results = function.results();
    let plain = matches!(results.next(), Some(Type::Result(result)) if result.ok().is_none() && result.err().is_none());
    function.params().len() == 0 && plain && results.next().is_none()
}

/// The export that a command runs by.
fn run_export(engine: &Engine, component: &Component) -> wasmtime::Result<ComponentExportIndex> {
    let exported = component.component_type();
    let exports: Vec<&str> = exported.exports(engine).map(|(name, _)| name).collect();
    let Some(name) = exports.iter().find(|name| name.starts_with("wasi:cli/run@0.2.")) else {
        let listed = if exports.is_empty() { "nothing".to_string() } else { exports.join(", ") };
        bail!(
            "it exports no wasi:cli/run@0.2, by which a component is run, but {listed}: it may be a part for another \
             component, to be plugged into that (--plug)"
        );
    };
    let item = match exported.get_export(engine, name).map(|export| export.ty) {
        Some(ComponentItem::ComponentInstance(instance)) => instance.get_export(engine, "run").map(|export| export.ty),
        _ => None,
    };
    if !is_run(item) {
        bail!("its export {name} has no function `run: func() -> result`, by which a component is run");
    }
    let instance = component.get_export_index(None, name);
    instance
        .and_then(|instance| component.get_export_index(Some(&instance), "run"))
        .ok_or_else(|| format_err!("its export {name} has no function \"run\""))
}

unsafe fn link(engine: &Engine, component: &Component, options: &Options) -> wasmtime::Result<Linked> {
    let run = run_export(engine, component)?;
    check_imports(engine, component)?;
    let mut linker = Linker::<Guest>::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    define_interfaces(&mut linker)?;
    let component = linker.instantiate_pre(component)?;

    let calls = Calls::new(options.callbacks).map_err(|text| format_err!("{text}"))?;
    let guest = Guest {
        calls,
        shapes: Default::default(),
        own_numbers: Default::default(),
        wasi: unsafe { wasi(options)? },
        table: ResourceTable::new(),
        limits: Limits::new(options.memory_limit),
    };
    let mut store = Store::new(engine, guest);
    store.limiter(|guest| &mut guest.limits);
    store.epoch_deadline_callback(|store| {
        let callbacks = store.data().calls.callbacks();
        if (callbacks.checkpoint)(callbacks.context) { Ok(UpdateDeadline::Continue(1)) } else { bail!("ended") }
    });
    store.set_epoch_deadline(1);
    Ok(Linked { component, run, store })
}

/// It could not be instantiated, for want of memory or the like.
struct Refused(Error);

async fn call(linked: &mut Linked) -> Result<wasmtime::Result<Result<(), ()>>, Refused> {
    let instance = match linked.component.instantiate_async(&mut linked.store).await {
        Ok(instance) => instance,
        // Without a trace it was none of the guest's code.
        Err(error) if error.downcast_ref::<WasmBacktrace>().is_none() && !error.is::<I32Exit>() => {
            return Err(Refused(error.context("the component needs more than it may have")));
        }
        Err(error) => return Ok(Err(error)),
    };
    let function = instance.get_func(&mut linked.store, linked.run);
    let typed = function
        .ok_or_else(|| format_err!("\"run\" is no function"))
        .and_then(|function| function.typed::<(), (Result<(), ()>,)>(&linked.store))
        .map_err(Refused)?;
    Ok(typed.call_async(&mut linked.store, ()).await.map(|(result,)| result))
}

/// A file descriptor of the host's, which outlives this.
struct Borrowed(RawFd);

impl AsRawFd for Borrowed {
    fn as_raw_fd(&self) -> RawFd {
        self.0
    }
}

/// Waits, in the midst of the guest's waits, until the guest has to end.
async fn ended(callbacks: Callbacks) {
    // SAFETY: the host keeps it open as long as the guest lives.
    let registered = unsafe { AsyncFd::register_with_interest(Borrowed(callbacks.interrupt_fd), Interest::READABLE) };
    let Ok(interrupts) = registered else { return std::future::pending().await };
    while let Ok(mut ready) = interrupts.readable().await {
        if !(callbacks.checkpoint)(callbacks.context) {
            return;
        }
        ready.clear_ready();
    }
}

type Called = Result<wasmtime::Result<Result<(), ()>>, Refused>;

/// Runs the guest until it returns or has to end: None.
async fn run(linked: &mut Linked) -> Option<Called> {
    let callbacks = *linked.store.data().calls.callbacks();
    let mut call = pin!(call(linked));
    let mut ended = pin!(ended(callbacks));
    poll_fn(|context| {
        if let Poll::Ready(called) = Pin::as_mut(&mut call).poll(context) {
            return Poll::Ready(Some(called));
        }
        Pin::as_mut(&mut ended).poll(context).map(|()| None)
    })
    .await
}

fn tell_frames(error: &Error, ending: &Ending) {
    let Some(trace) = error.downcast_ref::<WasmBacktrace>() else { return };
    for frame in trace.frames() {
        let name = frame.func_name().map_or_else(|| format!("function {}", frame.func_index()), str::to_string);
        (ending.frame)(ending.context, name.as_ptr(), name.len());
    }
}

fn tell(called: Called, ending: &Ending) {
    match called {
        Ok(Ok(result)) => (ending.exited)(ending.context, i32::from(result.is_err())),
        Ok(Err(error)) => {
            if let Some(exit) = error.downcast_ref::<I32Exit>() {
                return (ending.exited)(ending.context, exit.0);
            }
            let code = error.downcast_ref::<Trap>().map_or(-1, |trap| i32::from(*trap as u8));
            let text = error.root_cause().to_string();
            (ending.trapped)(ending.context, code, text.as_ptr(), text.len());
            tell_frames(&error, ending);
        }
        Err(Refused(error)) => {
            let text = format!("{error:#}");
            (ending.refused)(ending.context, text.as_ptr(), text.len());
        }
    }
}

/// Links a component. Nothing of it runs yet.
///
/// # Safety
/// The pointers are as their types say; what the callbacks point to outlives the result.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_bpf_component_link(
    engine: *const wasm_engine_t,
    component: *const wasmtime_component_t,
    options: *const Options,
    result: *mut *mut Linked,
) -> Option<Box<wasmtime_error_t>> {
    // SAFETY: the one is a struct of one member in C's layout, the other transparent, as the C API's own sources have them.
    let (engine, component) = unsafe { (&*engine.cast::<Engine>(), &*component.cast::<Component>()) };
    match unsafe { link(engine, component, &*options) } {
        Ok(linked) => {
            unsafe { *result = Box::into_raw(Box::new(linked)) };
            None
        }
        Err(error) => Some(Box::new(error.into())),
    }
}

/// Runs it to its end, and says how it ended; nothing where a callback said that it has to end, or none could begin.
///
/// # Safety
/// As above; one thread at a time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_bpf_component_run(linked: *mut Linked, ending: *const Ending) {
    let (linked, ending) = unsafe { (&mut *linked, &*ending) };
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return tell(Err(Refused(format_err!("start WASI's event loop: {error}"))), ending),
    };
    if let Some(called) = runtime.block_on(run(linked)) {
        tell(called, ending);
    }
    // A thread of WASI's may hang in a file of the host's.
    runtime.shutdown_background();
}

/// # Safety
/// As wasm_bpf_component_link gave it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_bpf_component_delete(linked: *mut Linked) {
    drop(unsafe { Box::from_raw(linked) });
}

/// Whether the component imports this interface of wasm-bpf:bpf, in whatever version.
///
/// # Safety
/// As above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_bpf_component_imports(
    engine: *const wasm_engine_t,
    component: *const wasmtime_component_t,
    name: *const u8,
    size: usize,
) -> bool {
    let (engine, component) = unsafe { (&*engine.cast::<Engine>(), &*component.cast::<Component>()) };
    let name = unsafe { slice(name, size) };
    component
        .component_type()
        .imports(engine)
        .any(|(import, _)| import.split('@').next().is_some_and(|import| import.as_bytes() == name))
}
