//! newtool: denies the start of programs of one name, and prints who tried.

use std::process::ExitCode;
use std::time::Duration;

use wasm_bpf::{Result, RingBufferBuilder, text};

mod new_tool {
    wasm_bpf::include_skeleton!("newtool");
}
use new_tool::*;

/// As in newtool.h.
const NAME_BYTES: usize = 64;

const USAGE: &str = "Usage: newtool PROGRAM
Denies the start of every program whose file's name is PROGRAM, wherever it lies, and
prints who tried; Ctrl-C ends it.";

fn run(program: &str) -> Result<()> {
    let mut open = NewToolSkelBuilder::default().open()?;
    open.rodata.denied_name[..program.len()].copy_from_slice(program.as_bytes());
    let mut skel = open.load()?;

    let interrupted = wasm_bpf::signal::on_interrupt()?;
    let mut rings = RingBufferBuilder::new();
    rings.add_records(&skel.maps.events, |event: &types::event| {
        let (comm, program) = (text(&event.comm), text(&event.program));
        println!("{:<7} {:<6} {:<16} denied: {}", event.pid, event.uid, comm, program);
    })?;
    let mut rings = rings.build()?;
    skel.attach()?;
    println!("{:<7} {:<6} {:<16} WHAT", "PID", "UID", "COMM");
    while !interrupted.is_set() {
        rings.poll(Duration::MAX)?;
    }
    Ok(())
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let program = match arguments.as_slice() {
        [program] if (1..NAME_BYTES).contains(&program.len()) => program, // a terminator follows it
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::FAILURE;
        }
    };
    match run(program) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("newtool: {error}");
            ExitCode::FAILURE
        }
    }
}
