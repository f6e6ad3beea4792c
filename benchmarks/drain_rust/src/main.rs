//! As ../drain/drain.c: prints, for each of 30 rounds, how many nanoseconds a record takes from the full ring to the callback.

use std::cell::Cell;
use std::time::Instant;

use wasm_bpf::{Pod, Result, RingBufferBuilder, TestRun};

mod drain {
    wasm_bpf::include_skeleton!("drain_rust");
}
use drain::*;

const ROUNDS: u64 = 30;
const RECORDS: u64 = 50_000; // as drain.h

fn main() -> Result<()> {
    let skel = DrainRustSkel::open_and_load()?;
    let sum = Cell::new(0);
    let mut rings = RingBufferBuilder::new();
    rings.add_records(&skel.maps.events, |event: &types::event| sum.set(sum.get() + event.number))?;
    let mut rings = rings.build()?;
    for round in 0..ROUNDS {
        skel.progs.fill.test_run(TestRun::new().context_in((round * RECORDS).as_bytes()))?;
        let start = Instant::now();
        let records = rings.consume()?;
        let time = start.elapsed();
        let all = (round + 1) * RECORDS;
        assert_eq!((records as u64, sum.get()), (RECORDS, all * (all - 1) / 2));
        println!("{:.3}", time.as_nanos() as f64 / RECORDS as f64);
    }
    Ok(())
}
