//! newtool: prints how many packets come in at an interface, by their IP protocol.

use std::process::ExitCode;
use std::time::Duration;

use wasm_bpf::{Live, Result, kernel, signal};

mod new_tool {
    wasm_bpf::include_skeleton!("newtool");
}
use new_tool::*;

const USAGE: &str = "Usage: newtool INTERFACE [INTERVAL [COUNT]]
Counts the packets that come in at INTERFACE by protocol; prints every INTERVAL
seconds (1), COUNT times (for ever; Ctrl-C ends it).";

const NAMES: [(usize, &str); 4] = [(1, "icmp"), (6, "tcp"), (17, "udp"), (58, "icmp6")];

struct Options {
    interface: String,
    interval: Duration,
    count: Option<u64>,
}

/// None where the command line makes no sense.
fn parse(arguments: &[String]) -> Option<Options> {
    let [interface, numbers @ ..] = arguments else { return None };
    let numbers: Vec<u64> = numbers.iter().map(|number| number.parse().ok()).collect::<Option<_>>()?;
    let (interval, count) = match numbers[..] {
        [] => (1, None),
        [interval] => (interval, None),
        [interval, count] => (interval, Some(count)),
        _ => return None,
    };
    let interval = Duration::from_secs(interval);
    (!interval.is_zero()).then(|| Options { interface: interface.clone(), interval, count })
}

/// The counters are the kernel's own memory.
fn print(traffic: &[Live<types::traffic>]) {
    for (protocol, counters) in traffic.iter().map(Live::get).enumerate() {
        if counters.packets == 0 {
            continue;
        }
        let name = NAMES.iter().find(|(number, _)| *number == protocol);
        let name = name.map_or_else(|| protocol.to_string(), |(_, name)| name.to_string());
        println!("{name:<8} {:>12} packets {:>15} bytes", counters.packets, counters.bytes);
    }
    println!();
}

fn run(options: Options) -> Result<()> {
    let interface = kernel::interface_index(&options.interface)?;
    let mut skel = NewToolSkel::open_and_load()?;
    skel.links.count_packet = Some(skel.progs.count_packet.attach_xdp(interface)?);
    let interrupted = signal::on_interrupt()?;
    println!("Packets in at {}, in all\n", options.interface);
    let mut printed = 0;
    while !interrupted.is_set() && options.count.is_none_or(|count| printed < count) {
        if !signal::sleep(options.interval)? {
            print(skel.bss.traffic.elements());
            printed += 1;
        }
    }
    Ok(())
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(options) = parse(&arguments) else {
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
