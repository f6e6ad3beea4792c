//! The crate against the kernel. Panics, or returns the error, where something is wrong.

mod sdk {
    wasm_bpf::include_skeleton!("sdk");
}
mod globals;
mod maps;
mod metrics;
mod programs;
mod rings;

use sdk::*;
use wasm_bpf::{Pod, Result, TestRun, TestRunOutput};

fn load() -> Result<SdkSkel> {
    let mut open = SdkSkelBuilder::default().open()?;
    open.rodata.step = 2;
    open.bss.total.set(100);
    open.load()
}

fn produce(skel: &SdkSkel, run: types::run) -> Result<TestRunOutput> {
    skel.progs.produce.test_run(TestRun::new().context_in(run.as_bytes()))
}

/// The errno of what must fail, and a part of its text.
#[track_caller]
fn expect_error<T>(result: Result<T>, errno: i32, text: &str) {
    let error = result.err().expect("it fails");
    assert_eq!(error.raw_os_error(), errno, "{error}");
    assert!(error.to_string().contains(text), "{error}");
}

/// Whether this host has windows, as who runs the guest says.
fn has_windows() -> bool {
    match std::env::var("WINDOWS").as_deref() {
        Ok("yes") => true,
        Ok("no") => false,
        _ => panic!("run it with --env WINDOWS=yes or, with --no-windows, =no"),
    }
}

fn main() -> Result<()> {
    let checks: &[(&str, fn() -> Result<()>)] = &[
        ("globals::values", globals::values),
        ("globals::every_wait_brings_them", globals::every_wait_brings_them),
        ("globals::of_another_object", globals::of_another_object),
        ("globals::sections_stay_with_their_object", globals::sections_stay_with_their_object),
        ("rings::callbacks", rings::callbacks),
        ("rings::leftovers", rings::leftovers),
        ("rings::batches", rings::batches),
        ("rings::one_reader", rings::one_reader),
        ("rings::broken_positions", rings::broken_positions),
        ("rings::errors_beside_leftovers", rings::errors_beside_leftovers),
        ("rings::samples", rings::samples),
        ("rings::user_records", rings::user_records),
        ("maps::elements", maps::elements),
        ("maps::typed", maps::typed),
        ("maps::per_cpu", maps::per_cpu),
        ("maps::errors_of_iterations", maps::errors_of_iterations),
        ("maps::own_maps", maps::own_maps),
        ("programs::attaching", programs::attaching),
        ("programs::links", programs::links),
        ("programs::runs_and_iterators", programs::runs_and_iterators),
        ("programs::kernel_facts", programs::kernel_facts),
        ("programs::signals", programs::signals),
    ];
    let chosen = std::env::args().nth(1);
    if chosen.as_deref() == Some("metrics") {
        return metrics::serve();
    }
    for (name, check) in checks.iter().filter(|(name, _)| chosen.as_ref().is_none_or(|chosen| chosen == name)) {
        check().map_err(|error| error.context(name))?;
    }
    println!("passed");
    Ok(())
}
