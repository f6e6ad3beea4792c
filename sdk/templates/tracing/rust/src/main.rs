//! newtool: prints every program that is started.

use std::ops::ControlFlow;
use std::process::ExitCode;
use std::time::Duration;

use wasm_bpf::{Result, RingBufferBuilder, text};

mod new_tool {
    wasm_bpf::include_skeleton!("newtool");
}
use new_tool::*;

const USAGE: &str = "Usage: newtool [-u UID] [-n EVENTS]
Prints every program that is started; Ctrl-C ends it.
  -u UID     of this user alone
  -n EVENTS  end after so many
  -h         this text";

#[derive(Default)]
struct Options {
    uid: Option<u32>,
    events: Option<u64>,
}

/// None where the command line makes no sense.
fn parse(mut arguments: impl Iterator<Item = String>) -> Option<Options> {
    let mut options = Options::default();
    while let Some(option) = arguments.next() {
        match option.as_str() {
            "-u" => options.uid = Some(arguments.next()?.parse().ok()?),
            "-n" => options.events = Some(arguments.next()?.parse().ok()?),
            "-h" => {
                println!("{USAGE}");
                std::process::exit(0);
            }
            _ => return None,
        }
    }
    Some(options)
}

fn run(options: Options) -> Result<()> {
    let mut open = NewToolSkelBuilder::default().open()?;
    if let Some(uid) = options.uid {
        open.rodata.only_uid = uid;
    }
    let mut skel = open.load()?;

    let interrupted = wasm_bpf::signal::on_interrupt()?;
    let mut left = options.events;
    let mut rings = RingBufferBuilder::new();
    rings.add_records(&skel.maps.events, |event: &types::event| {
        println!("{:<7} {:<6} {:<16} {}", event.pid, event.uid, text(&event.comm), text(&event.filename));
        left = left.map(|left| left - 1);
        if left == Some(0) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    let mut rings = rings.build()?;
    skel.attach()?;
    println!("{:<7} {:<6} {:<16} FILE", "PID", "UID", "COMM");
    let mut seen = 0;
    while !interrupted.is_set() && options.events.is_none_or(|events| seen < events) {
        seen += rings.poll(Duration::MAX)? as u64;
    }
    Ok(())
}

fn main() -> ExitCode {
    let Some(options) = parse(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::FAILURE;
    };
    match run(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("newtool: {error}");
            ExitCode::FAILURE
        }
    }
}
