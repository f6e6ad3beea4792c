//! Prints histograms of how long system calls take.

use std::process::ExitCode;
use std::time::Duration;

use wasm_bpf::{Bool, Result, signal, text};

mod histogram {
    wasm_bpf::include_skeleton!("rust-histogram");
}
use histogram::*;

const USAGE: &str = "Usage: rust-histogram [-p PID] [-s NUMBER] [-P] [INTERVAL [COUNT]]
Shows how long system calls take, every INTERVAL seconds (1), COUNT times (for ever; Ctrl-C ends it).
  -p PID     of that process alone
  -s NUMBER  that system call alone
  -P         a histogram for each process
  -h         this text";

const STARS: u64 = 40;

struct Options {
    process: u32,
    call: i32,
    per_process: bool,
    interval: Duration,
    count: Option<u64>,
}

/// None where the command line makes no sense.
fn parse(mut arguments: impl Iterator<Item = String>) -> Option<Options> {
    let mut options =
        Options { process: 0, call: -1, per_process: false, interval: Duration::from_secs(1), count: None };
    let mut numbers = Vec::new();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "-p" => options.process = arguments.next()?.parse().ok()?,
            "-s" => options.call = arguments.next()?.parse().ok()?,
            "-P" => options.per_process = true,
            "-h" => {
                println!("{USAGE}");
                std::process::exit(0);
            }
            number => numbers.push(number.parse().ok()?),
        }
    }
    match numbers[..] {
        [] => {}
        [interval] => options.interval = Duration::from_secs(interval),
        [interval, count] => (options.interval, options.count) = (Duration::from_secs(interval), Some(count)),
        _ => return None,
    }
    (!options.interval.is_zero()).then_some(options)
}

fn print(slots: &[u64]) {
    let largest = slots.iter().copied().max().unwrap_or(0);
    let Some(last) = slots.iter().rposition(|&count| count > 0) else {
        println!("none\n");
        return;
    };
    println!("{:>23} : {:<8} distribution", "microseconds", "count");
    for (slot, count) in slots.iter().enumerate().take(last + 1) {
        let (low, high) = (if slot == 0 { 0 } else { 1u64 << slot }, (2u64 << slot) - 1);
        let stars = "*".repeat((count * STARS / largest) as usize);
        println!("{low:>10} -> {high:<10} : {count:<8} |{stars:<40}|");
    }
    println!();
}

fn run(options: &Options) -> Result<()> {
    let mut open = RustHistogramSkelBuilder::default().open()?;
    open.rodata.only_process = options.process;
    open.rodata.only_call = options.call;
    open.rodata.per_process = Bool::from(options.per_process);
    let mut skel = open.load()?;
    let interrupted = signal::on_interrupt()?;
    skel.attach()?;
    println!("How long system calls take; Ctrl-C ends it.\n");
    let mut printed = 0;
    let mut before = types::histogram::default().slots;
    while !interrupted.is_set() && options.count.is_none_or(|count| printed < count) {
        if signal::sleep(options.interval)? {
            continue;
        }
        if options.per_process {
            // One system call for many processes.
            for (process, histogram) in skel.maps.processes.drain()? {
                println!("process {process} ({})", text(&histogram.comm));
                print(&histogram.slots);
            }
        } else {
            // No system call: the programs' own counters, which go on.
            let now = skel.bss.everybody.get().slots;
            let mut since = now;
            since.iter_mut().zip(before).for_each(|(now, before)| *now -= before);
            print(&since);
            before = now;
        }
        printed += 1;
    }
    Ok(())
}

fn main() -> ExitCode {
    let Some(options) = parse(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::FAILURE;
    };
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("rust-histogram: {error}");
            ExitCode::FAILURE
        }
    }
}
