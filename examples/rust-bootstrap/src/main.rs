//! Prints every program that starts and every process that ends, with how long it lived.

use std::ops::ControlFlow;
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use wasm_bpf::{Result, RingBufferBuilder, log, signal, text};

mod bootstrap {
    wasm_bpf::include_skeleton!("rust-bootstrap");
}
use bootstrap::*;

const USAGE: &str = "Usage: rust-bootstrap [-d MS] [-n EVENTS] [-v]
Prints programs that start and processes that end; Ctrl-C ends it.
  -d MS      only the ends of processes that lived at least so many milliseconds
  -n EVENTS  end after so many events
  -v         libbpf's messages, debug ones too
  -h         this text";

#[derive(Default)]
struct Options {
    min_duration_ms: u64,
    events: Option<u64>,
    verbose: bool,
}

/// None where the command line makes no sense.
fn parse(mut arguments: impl Iterator<Item = String>) -> Option<Options> {
    let mut options = Options::default();
    while let Some(option) = arguments.next() {
        match option.as_str() {
            "-d" => options.min_duration_ms = arguments.next()?.parse().ok()?,
            "-n" => options.events = Some(arguments.next()?.parse().ok()?),
            "-v" => options.verbose = true,
            "-h" => {
                println!("{USAGE}");
                std::process::exit(0);
            }
            _ => return None,
        }
    }
    Some(options)
}

/// The record lies in the kernel's own ring.
fn print(event: &types::event) {
    let now = SystemTime::UNIX_EPOCH.elapsed().map_or(0, |time| time.as_secs());
    let kind = if event.exited == 0 { "EXEC" } else { "EXIT" };
    print!(
        "{:02}:{:02}:{:02} {kind:<5} {:<16} {:<7} {:<7} ",
        now / 3600 % 24,
        now / 60 % 60,
        now % 60,
        text(&event.comm),
        event.pid,
        event.parent,
    );
    match (event.exited, event.duration_ns) {
        (0, _) => println!("{}", text(&event.filename)),
        (_, 0) => println!("[{}]", event.exit_code),
        (_, duration) => println!("[{}] ({} ms)", event.exit_code, duration / 1_000_000),
    }
}

fn run(options: &Options) -> Result<()> {
    let mut open = RustBootstrapSkelBuilder::default().open()?;
    open.rodata.min_duration_ns = options.min_duration_ms * 1_000_000;
    let mut skel = open.load()?;

    let interrupted = signal::on_interrupt()?;
    let mut seen = 0;
    let mut rings = RingBufferBuilder::new();
    rings.add_records(&skel.maps.events, |event: &types::event| {
        print(event);
        seen += 1;
        if options.events == Some(seen) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    let mut rings = rings.build()?;
    skel.attach()?;
    println!("{:<8} {:<5} {:<16} {:<7} {:<7} FILENAME/EXIT CODE", "TIME/UTC", "EVENT", "COMM", "PID", "PPID");
    let mut left = options.events.unwrap_or(u64::MAX);
    while left > 0 && !interrupted.is_set() {
        left -= rings.poll(Duration::MAX)? as u64; // or until a signal
    }
    Ok(())
}

fn main() -> ExitCode {
    let Some(options) = parse(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::FAILURE;
    };
    if options.verbose {
        let _ = log::keep(Some(log::Level::Debug));
    }
    let result = run(&options);
    for (_, message) in log::messages() {
        eprint!("{message}");
    }
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("rust-bootstrap: {error}");
            ExitCode::FAILURE
        }
    }
}
