//! Ring, perf and user ring buffers.

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::time::Duration;

use wasm_bpf::{
    Error, Map, MapType, PerfBufferBuilder, Pod, Result, RingBufferBuilder, RingReader, TestRun, UserRingBuffer, abi,
};

use crate::sdk::types::{record, run};
use crate::{SdkSkelBuilder, expect_error, has_windows, load, produce};

const ENOENT: i32 = 2;
const ENOSPC: i32 = 28;
const EBADMSG: i32 = 74;
const E2BIG: i32 = 7;
const EBUSY: i32 = 16;

fn numbers(first: u64, count: u64) -> run {
    run { first, count, ..run::default() }
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
    produce(&skel, numbers(0, 1))?;
    expect_error(rings.poll(Duration::MAX), 7, "");
    assert_eq!(rings.poll(Duration::ZERO)?, 0); // it was the only one
    drop(rings);
    let mut builder = RingBufferBuilder::new();
    builder.add(&skel.maps.events, |_: &[u8]| Err::<(), _>(Error::from_raw_os_error(5).context("in the callback")))?;
    let mut rings = builder.build()?;
    produce(&skel, numbers(0, 1))?;
    expect_error(rings.poll(Duration::MAX), 5, "in the callback: ");
    drop(rings);

    let mut builder = RingBufferBuilder::new();
    builder.add(&skel.maps.counts, |_: &[u8]| {})?;
    expect_error(builder.build(), 22, "\"counts\" is no ring buffer");
    Ok(())
}

/// What a callback's error leaves is the next reader's.
pub fn leftovers() -> Result<()> {
    let skel = load()?;
    let mut builder = RingBufferBuilder::new();
    builder.add(&skel.maps.events, |_: &[u8]| -7)?;
    let mut rings = builder.build()?;
    produce(&skel, numbers(0, 3))?;
    expect_error(rings.poll(Duration::MAX), 7, "");
    drop(rings);
    produce(&skel, numbers(3, 1))?;
    let mut reader = RingReader::new(&skel.maps.events)?;
    let batch = reader.wait(Duration::MAX)?;
    let left: Vec<u64> = batch.records_of::<record>().map(|record| record.number).collect();
    assert_eq!(left, [1, 2, 3]);
    drop(batch);
    assert_eq!(reader.batch()?.records().count(), 0);
    // So it is of a batch's, as often as it may be.
    produce(&skel, numbers(4, 4))?;
    assert_eq!(reader.wait(Duration::MAX)?.records().take(2).count(), 2);
    for _ in 0..3 {
        drop(reader);
        reader = RingReader::new(&skel.maps.events)?;
    }
    let batch = reader.wait(Duration::MAX)?;
    assert!(batch.records_of::<record>().map(|record| record.number).eq([6, 7]));
    Ok(())
}

/// Of one map, whatever its names.
pub fn one_reader() -> Result<()> {
    let skel = load()?;
    let open = SdkSkelBuilder::default().open()?;
    open.maps.events.reuse(&skel.maps.events)?;
    let again = open.load()?;
    let reader = RingReader::new(&skel.maps.events)?;
    for map in [skel.object().map("events")?, again.object().map("events")?] {
        expect_error(RingReader::new(&map), EBUSY, "\"events\" is read by another already");
    }
    let mut builder = RingBufferBuilder::new();
    builder.add(&again.maps.events, |_: &[u8]| {})?;
    expect_error(builder.build(), EBUSY, "is read by another already");
    drop(reader);
    RingReader::new(&again.maps.events)?;
    Ok(())
}

/// A second window, by hand, writes a position that makes no sense.
pub fn broken_positions() -> Result<()> {
    if !has_windows() {
        return Ok(()); // the host looks at them itself
    }
    let skel = load()?;
    let mut reader = RingReader::new(&skel.maps.events)?;
    produce(&skel, numbers(0, 3))?;
    let bytes = skel.maps.events.info()?.window_bytes;
    let layout = std::alloc::Layout::from_size_align(bytes as usize, 4096).expect("a layout");
    // SAFETY: the memory is this window's alone, and kept to the guest's end.
    let other = unsafe {
        let memory = std::alloc::alloc_zeroed(layout);
        let set = abi::ring_open();
        assert!(set > 0 && abi::ring_add(set, skel.maps.events.handle(), memory.cast(), bytes) >= 0);
        memory.cast::<u64>()
    };
    // Beyond the producer's, and where no record begins.
    for position in [1 << 40, 4] {
        produce(&skel, numbers(0, 3))?;
        // SAFETY: the consumer's position, which is the guest's to write.
        unsafe { other.write_volatile(position) };
        expect_error(reader.batch(), EBADMSG, "make no sense");
        assert_eq!(reader.batch()?.records().count(), 0);
        produce(&skel, numbers(7, 1))?;
        assert_eq!(reader.batch()?.records_of::<record>().map(|record| record.number).sum::<u64>(), 7);
    }
    // Between the borders of records, where a number is taken for a length that is not there; and for one to skip.
    for number in [0x0fff_fff0, 0x4fff_fff0] {
        produce(&skel, numbers(number, 2))?;
        // SAFETY: as above.
        unsafe { other.write_volatile(other.read_volatile() + 8) };
        assert_eq!(reader.batch()?.records().count(), 0);
        expect_error(reader.batch(), EBADMSG, "make no sense");
        produce(&skel, numbers(7, 1))?;
        assert_eq!(reader.batch()?.records().count(), 1);
    }
    drop(reader);
    let mut builder = RingBufferBuilder::new();
    builder.add(&skel.maps.events, |_: &[u8]| {})?;
    let mut rings = builder.build()?;
    produce(&skel, numbers(0x0fff_fff0, 2))?;
    // SAFETY: as above.
    unsafe { other.write_volatile(other.read_volatile() + 8) };
    assert_eq!(rings.consume()?, 0);
    expect_error(rings.consume(), EBADMSG, "make no sense");
    assert_eq!(rings.consume()?, 0);
    Ok(())
}

/// That there are records which nobody has looked at hides no error.
pub fn errors_beside_leftovers() -> Result<()> {
    if has_windows() {
        return Ok(()); // a window of a map that is gone is empty memory
    }
    let own = Map::create(MapType::RINGBUF, "own", 0, 0, 64 * 1024)?;
    let open = SdkSkelBuilder::default().open()?;
    open.maps.events.reuse(&own)?;
    let skel = open.load()?;
    let mut reader = RingReader::new(&own)?;
    produce(&skel, numbers(0, 3))?;
    assert_eq!(reader.batch()?.records().take(1).count(), 1);
    // SAFETY: what is closed has no windows.
    assert_eq!(unsafe { abi::close(own.handle()) }, 0);
    expect_error(reader.batch(), ENOENT, "the ring set has no buffer 0");
    Ok(())
}

pub fn batches() -> Result<()> {
    let skel = load()?;
    let mut reader = RingReader::new(&skel.maps.events)?;
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
