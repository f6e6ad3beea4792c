//! Takes ten million events, by callbacks and by batches, and keeps a table of them: the memory of the guest and of the
//! process around it is what it was after the first million. Needs --dir /proc.

use std::cell::Cell;

use wasm_bpf::{Pod, Result, RingBufferBuilder, RingReader, TestRun, kernel};

mod flat {
    wasm_bpf::include_skeleton!("flat");
}
use flat::*;

const ROUND: u32 = 20_000;
const WARM: u64 = 1_000_000;
const ALL: u64 = 10_000_000 + WARM;

/// Pages of the guest, and KiB of the process.
fn memory() -> Result<(usize, u64)> {
    let process = kernel::host_number(kernel::HOST_PROCESS_ID)?;
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("run it with --dir /proc");
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a line about memory");
    Ok((core::arch::wasm32::memory_size(0), resident.trim_end_matches("kB").trim().parse().expect("a number")))
}

fn main() -> Result<()> {
    let skel = FlatSkel::open_and_load()?;
    let (sum, seen) = (Cell::new(0), Cell::new(0));
    let add = |event: &types::event| {
        sum.set(sum.get() + event.number);
        seen.set(seen.get() + 1);
    };
    let mut before = (0, 0);
    while seen.get() < ALL {
        if seen.get() == WARM {
            before = memory()?;
        }
        // A new ring each time: what is opened is also closed.
        skel.progs.fill.test_run(TestRun::new().context_in(ROUND.as_bytes()))?;
        let round = seen.get() / u64::from(ROUND);
        if round % 2 == 0 {
            let mut rings = RingBufferBuilder::new();
            rings.add_records(&skel.maps.events, add)?;
            assert_eq!(rings.build()?.consume()?, ROUND as usize);
        } else {
            RingReader::new(&skel.maps.events)?.batch()?.records_of().for_each(add);
        }
        skel.maps.totals.set(&(round as u32 % 1000), &sum.get())?;
        assert_eq!(skel.maps.totals.entries()?.len() as u64, (round + 1).min(1000));
    }
    assert_eq!(sum.get(), (ALL - 1) * ALL / 2);
    let after = memory()?;
    println!("{} events; pages {} -> {}; KiB {} -> {}", seen.get(), before.0, after.0, before.1, after.1);
    assert_eq!(before.0, after.0, "the guest's memory grew");
    assert!(after.1 < before.1 + 512, "the process grew");
    println!("passed");
    Ok(())
}
