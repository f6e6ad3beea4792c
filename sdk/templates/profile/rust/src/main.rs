//! newtool: prints which processes used the CPUs, by samples.

use std::cmp::Reverse;
use std::io;
use std::process::ExitCode;
use std::time::Duration;

use wasm_bpf::{PerfEvent, Result, kernel, signal, text};

mod new_tool {
    wasm_bpf::include_skeleton!("newtool");
}
use new_tool::*;

const USAGE: &str = "Usage: newtool [SECONDS]
Prints which processes used the CPUs within SECONDS (5).";

const SAMPLES_PER_SECOND: u64 = 49; // not in step with what is done a hundred times a second
const SHOWN: usize = 20;

fn run(seconds: u64) -> Result<()> {
    let skel = NewToolSkel::open_and_load()?;
    let (mut events, mut links) = (Vec::new(), Vec::new());
    for cpu in 0..kernel::possible_cpus()? {
        match PerfEvent::cpu_clock(cpu as i32, SAMPLES_PER_SECOND) {
            Ok(event) => {
                links.push(skel.progs.sample.attach_perf_event(&event)?);
                events.push(event);
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {} // the CPU is offline
            Err(error) => return Err(error),
        }
    }
    signal::sleep(Duration::from_secs(seconds))?;
    let mut samples = skel.maps.samples.entries()?;
    samples.sort_by_key(|(_, count)| Reverse(*count));
    println!("{:<7} {:<16} CPU SECONDS", "PID", "COMM");
    for (task, count) in samples.iter().take(SHOWN) {
        let hundredths = count * 100 / SAMPLES_PER_SECOND;
        println!("{:<7} {:<16} {}.{:02}", task.pid, text(&task.comm), hundredths / 100, hundredths % 100);
    }
    Ok(())
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let seconds = match arguments.as_slice() {
        [] => Some(5),
        [seconds] => seconds.parse().ok().filter(|&seconds| seconds > 0),
        _ => None,
    };
    let Some(seconds) = seconds else {
        eprintln!("{USAGE}");
        return ExitCode::FAILURE;
    };
    match run(seconds) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("newtool: {error}");
            ExitCode::FAILURE
        }
    }
}
