//! Metrics, which the test reads while the guest waits.

use std::time::Duration;

use wasm_bpf::metrics::{Counter, Gauge, Histogram, Label, Metric, Number};
use wasm_bpf::{MapFlags, Pod, Result, RingBufferBuilder, RingReader};

use crate::sdk::types::{count, record, run};
use crate::{expect_error, load, produce};

const EINVAL: i32 = 22;

/// Prints "ready" and waits to be ended.
pub fn serve() -> Result<()> {
    let skel = load()?;
    for key in [1u32, 2] {
        let value = count { seen: u64::from(key) * 10, last: key, ..count::default() };
        skel.maps.counts.update(&key.to_ne_bytes(), value.as_bytes(), MapFlags::ANY)?;
    }
    let counter = Counter::new("rust_counter", "A counter.")?;
    counter.add(40);
    counter.add(2);
    assert_eq!(counter.get(), 42);
    let gauge = Gauge::of(Metric::gauge("rust_delay_seconds").unit("seconds").label("of", "rust").exponent(-3))?;
    gauge.set(-500.0);
    let sizes = Histogram::new("rust_sizes", "Sizes.", &[1.0, 2.5, 10.0])?;
    let powers = Histogram::of(Metric::histogram("rust_powers", 4))?;
    for value in [0.5, 1.0, 2.0, 2.5, 11.0, 12.0, 13.0] {
        sizes.observe(value);
        powers.observe(value);
    }
    expect_error(Histogram::new("rust_wrong", "", &[2.0, 1.0]), EINVAL, "\"rust_wrong\"");
    drop(Counter::new("rust_dropped", "")?);
    let _seen = Metric::counter("rust_seen")
        .label_of(Label::unsigned("key", 4).key(0))
        .label_of(Label::unsigned("last", 4).value(8))
        .in_each_element(&skel.maps.counts, 0)?;
    let _last = Metric::gauge("rust_last").number(Number::U32).in_element(&skel.maps.counts, &2u32.to_ne_bytes(), 8)?;
    let _slots = Metric::histogram("rust_slots", 4).bounds(&[1.0, 2.0, 4.0]).in_slots(&skel.maps.shared, 0)?;
    expect_error(Counter::new("no name", ""), EINVAL, "\"no name\"");
    expect_error(
        Metric::histogram("h", 4).bounds(&[1.0]).in_slots(&skel.maps.shared, 0),
        EINVAL,
        "a bound for each slot",
    );

    // 2 by a callback, 3 by batches: of 5, and a second look at a batch is at the same records.
    let mut builder = RingBufferBuilder::new();
    builder.add_records(&skel.maps.events, |_: &record| ())?;
    let mut rings = builder.build()?;
    produce(&skel, run { first: 0, count: 2, ..run::default() })?;
    assert_eq!(rings.poll(Duration::MAX)?, 2);
    drop(rings);
    let mut reader = RingReader::new(&skel.maps.events)?;
    produce(&skel, run { first: 2, count: 3, ..run::default() })?;
    {
        let batch = reader.batch()?;
        assert_eq!((batch.records().count(), batch.records().count()), (3, 3));
    }
    println!("ready");
    loop {
        reader.wait(Duration::MAX)?;
    }
}
