//! Counts starts of programs by command, from records of a ring buffer as the kernel wrote them.

use std::cell::RefCell;
use std::collections::HashMap;

use exports::example::pipeline::{aggregate, memory};

wit_bindgen::generate!({ world: "aggregator", path: "../wit" });

/// As in ../source/starts.h.
struct Start<'a> {
    uid: u32,
    command: &'a str,
}

impl<'a> Start<'a> {
    const BYTES: usize = 24;

    fn from_record(record: &'a [u8]) -> Option<Start<'a>> {
        let record = record.get(..Self::BYTES)?;
        let name = &record[8..];
        let end = name.iter().position(|byte| *byte == 0).unwrap_or(name.len());
        Some(Start {
            uid: u32::from_le_bytes(record[4..8].try_into().ok()?),
            command: std::str::from_utf8(&name[..end]).ok()?,
        })
    }
}

/// The records of a batch (wasm-bpf:bpf/rings has their framing), without those that the producer discarded.
fn records(mut batch: &[u8]) -> impl Iterator<Item = &[u8]> {
    const HEADER: usize = 8;
    const DISCARDED: u32 = 1 << 30;
    std::iter::from_fn(move || {
        loop {
            let header = u32::from_le_bytes(batch.get(..4)?.try_into().ok()?);
            let length = (header & (DISCARDED - 1)) as usize;
            let record = batch.get(HEADER..HEADER + length)?;
            batch = batch.get((HEADER + length).next_multiple_of(8)..).unwrap_or(&[]);
            if header & DISCARDED == 0 {
                return Some(record);
            }
        }
    })
}

#[derive(Default)]
struct Count {
    starts: u32,
    by_root: u32,
}

thread_local! {
    static COUNTS: RefCell<HashMap<String, Count>> = RefCell::default();
}

struct Aggregator;

impl aggregate::Guest for Aggregator {
    fn add(batch: Vec<u8>) -> u32 {
        COUNTS.with_borrow_mut(|counts| {
            let mut counted = 0;
            // A shell's own subprocesses tell nothing: what it starts has a record of its own.
            for start in records(&batch).filter_map(Start::from_record).filter(|start| start.command != "sh") {
                let count = match counts.get_mut(start.command) {
                    Some(count) => count,
                    None => counts.entry(start.command.to_string()).or_default(),
                };
                count.starts += 1;
                count.by_root += u32::from(start.uid == 0);
                counted += 1;
            }
            counted
        })
    }

    fn take() -> Vec<aggregate::Summary> {
        let mut summaries: Vec<_> = COUNTS
            .take()
            .into_iter()
            .map(|(command, count)| aggregate::Summary { command, starts: count.starts, by_root: count.by_root })
            .collect();
        summaries.sort_by(|a, b| b.starts.cmp(&a.starts).then_with(|| a.command.cmp(&b.command)));
        summaries
    }
}

impl memory::Guest for Aggregator {
    fn write_and_restore(address: u32, value: u8) -> u8 {
        let place = address as usize as *mut u8;
        // Whatever lies at that address here: nothing else runs until it is put back.
        unsafe {
            let before = place.read_volatile();
            place.write_volatile(value);
            let seen = place.read_volatile();
            place.write_volatile(before);
            seen
        }
    }
}

export!(Aggregator);
