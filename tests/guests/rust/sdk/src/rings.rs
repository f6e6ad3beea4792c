//! Ring, perf and user ring buffers, and global variables.

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::time::Duration;

use wasm_bpf::{Error, PerfBufferBuilder, Pod, Result, RingBufferBuilder, RingReader, TestRun, UserRingBuffer};

use crate::sdk::types::{record, run};
use crate::{expect_error, load, produce};

const ENOSPC: i32 = 28;
const E2BIG: i32 = 7;
const EBUSY: i32 = 16;

fn numbers(first: u64, count: u64) -> run {
    run { first, count, ..run::default() }
}

pub fn globals() -> Result<()> {
    let skel = load()?;
    assert_eq!((skel.rodata.step, skel.bss.total.get()), (2, 100));
    produce(&skel, numbers(1, 3))?;
    assert_eq!(skel.bss.total.get(), 100 + 2 * (1 + 2 + 3));
    skel.bss.total.set(0);
    produce(&skel, numbers(5, 1))?;
    assert_eq!(skel.bss.total.get(), 10);
    // A section outlives its skeleton, and keeps the object.
    let bss = skel.bss;
    assert_eq!(bss.total.get(), 10);
    Ok(())
}

pub fn callbacks() -> Result<()> {
    let skel = load()?;
    let seen = RefCell::new(Vec::new());
    let mut builder = RingBufferBuilder::new();
    builder.add_records(&skel.maps.events, |record: &record| seen.borrow_mut().push(record.number))?;
    let mut rings = builder.build()?;
    assert_eq!(rings.poll(Duration::ZERO)?, 0);
    assert_eq!(rings.poll(Duration::from_millis(1))?, 0);
    produce(&skel, run { first: 0, count: 10, discard_every: 3 })?;
    assert_eq!(rings.poll(Duration::MAX)?, 6);
    assert_eq!(*seen.borrow(), [1, 2, 4, 5, 7, 8]);
    // Many times the ring: positions go round.
    for round in 0..50 {
        seen.borrow_mut().clear();
        produce(&skel, numbers(round * 1000, 1000))?;
        assert_eq!(rings.consume()?, 1000);
        assert!(seen.borrow().iter().copied().eq(round * 1000..round * 1000 + 1000));
    }
    drop(rings);

    // What a callback returns.
    let left = RefCell::new(3);
    let mut builder = RingBufferBuilder::new();
    builder.add(&skel.maps.events, |bytes: &[u8]| {
        assert_eq!(bytes.len(), 16);
        *left.borrow_mut() -= 1;
        match *left.borrow() {
            0 => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    })?;
    let mut rings = builder.build()?;
    produce(&skel, numbers(0, 5))?;
    assert_eq!(rings.poll(Duration::MAX)?, 3);
    *left.borrow_mut() = 10;
    assert_eq!(rings.poll(Duration::MAX)?, 2);
    drop(rings);
    let mut builder = RingBufferBuilder::new();
    builder.add(&skel.maps.events, |_: &[u8]| -7)?;
    let mut rings = builder.build()?;
    produce(&skel, numbers(0, 2))?;
    expect_error(rings.poll(Duration::MAX), 7, "");
    drop(rings);
    let mut builder = RingBufferBuilder::new();
    builder.add(&skel.maps.events, |_: &[u8]| Err::<(), _>(Error::from_raw_os_error(5).context("in the callback")))?;
    let mut rings = builder.build()?;
    produce(&skel, numbers(0, 1))?;
    expect_error(rings.poll(Duration::MAX), 5, "in the callback: ");

    let mut builder = RingBufferBuilder::new();
    builder.add(&skel.maps.counts, |_: &[u8]| {})?;
    expect_error(builder.build(), 22, "\"counts\" is no ring buffer");
    Ok(())
}

pub fn batches() -> Result<()> {
    let skel = load()?;
    let mut reader = RingReader::new(&skel.maps.events)?;
    expect_error(RingReader::new(&skel.object().map("events")?), EBUSY, "\"events\" is read by another already");
    assert_eq!(reader.batch()?.records().count(), 0);
    produce(&skel, run { first: 0, count: 10, discard_every: 3 })?;
    let batch = reader.wait(Duration::MAX)?;
    let kept: Vec<&record> = batch.records_of::<record>().collect();
    assert!(kept.iter().map(|record| record.number).eq([1, 2, 4, 5, 7, 8]));
    drop(batch);
    assert_eq!(reader.batch()?.records().count(), 0);

    // What was not looked at comes again.
    produce(&skel, numbers(20, 4))?;
    let batch = reader.wait(Duration::MAX)?;
    for record in batch.records_of::<record>().take(2) {
        assert!([20, 21].contains(&record.number));
    }
    drop(batch);
    produce(&skel, numbers(24, 1))?;
    let batch = reader.wait(Duration::MAX)?;
    assert!(batch.records_of::<record>().map(|record| record.number).eq([22, 23, 24]));
    drop(batch);
    for round in 0..50 {
        produce(&skel, numbers(round, 1000))?;
        let batch = reader.batch()?;
        let mut count = 0;
        for bytes in &batch {
            assert_eq!(record::read(bytes).map(|record| record.number), Some(round + count));
            count += 1;
        }
        assert_eq!(count, 1000);
    }
    Ok(())
}

pub fn samples() -> Result<()> {
    let skel = load()?;
    let seen = RefCell::new(Vec::new());
    let lost = RefCell::new(0);
    let mut perf = PerfBufferBuilder::new(&skel.maps.samples)
        .pages(1)
        .sample_cb(|_cpu, bytes| seen.borrow_mut().push(record::read(bytes).map(|record| record.number)))
        .lost_cb(|_cpu, count| *lost.borrow_mut() += count)
        .build()?;
    let emit = |number: u64| skel.progs.emit.test_run(TestRun::new().context_in(number.as_bytes()));
    assert_eq!(perf.poll(Duration::ZERO)?, 0);
    for round in 0..100 {
        for number in 0..7 {
            emit(round * 7 + number)?;
        }
        let mut count = 0;
        while count < 7 {
            count += perf.poll(Duration::MAX)?;
        }
        assert_eq!(count, 7);
    }
    let mut numbers: Vec<_> = seen.borrow().iter().map(|number| number.expect("a whole record")).collect();
    numbers.sort();
    assert!(numbers.into_iter().eq(0..700));
    assert_eq!(*lost.borrow(), 0);
    for number in 0..2000 {
        emit(number)?;
    }
    perf.consume()?;
    emit(0)?;
    perf.consume()?;
    assert!(*lost.borrow() > 0, "a page holds no 2,000 records");
    expect_error(PerfBufferBuilder::new(&skel.maps.samples).pages(3).build(), 22, "no power of 2");
    Ok(())
}

pub fn user_records() -> Result<()> {
    let skel = load()?;
    let mut ring = UserRingBuffer::new(&skel.maps.input)?;
    let mut drained = 0;
    let mut drain = || -> Result<(u32, u64)> {
        let mut sum = 0u64;
        let run = skel.progs.drain.test_run(TestRun::new().context(sum.as_bytes_mut()))?;
        drained += run.return_value;
        Ok((run.return_value, sum))
    };
    for round in 0..500u64 {
        for number in [round % 10, 2, 3] {
            let mut record = ring.reserve(8)?;
            record.copy_from_slice(number.as_bytes());
            record.submit()?;
        }
        drop(ring.reserve(8)?); // none
        let (_, sum) = drain()?;
        assert_eq!(sum, round % 10 * 100 + 23);
    }
    expect_error(ring.reserve(8192), E2BIG, "does not fit");
    let mut full = 0;
    while let Ok(record) = ring.reserve(56) {
        record.submit()?;
        full += 1;
    }
    assert_eq!(full, 64);
    expect_error(ring.reserve(56), ENOSPC, "");
    expect_error(ring.reserve_blocking(56, Duration::from_millis(1)), ENOSPC, "");
    drain()?;
    ring.reserve_blocking(56, Duration::MAX)?.submit()?;
    Ok(())
}
