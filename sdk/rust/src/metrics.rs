//! Counters, gauges and histograms that the host reads where they lie, whenever it is asked for them
//! (`wasm-bpf run --metrics`): in the guest's memory, or in a BPF map. No call tells a value.
//!
//! ```ignore
//! use wasm_bpf::metrics::{Counter, Label, Metric};
//!
//! let dropped = Counter::new("dropped", "Events that no one wanted.")?;
//! dropped.add(1);
//!
//! // Straight from a map, with no code of the guest's in between.
//! let _sent = Metric::counter("sent_bytes")
//!     .unit("bytes")
//!     .label_of(Label::ipv4("address").key(0))
//!     .in_each_element(&skel.maps.sent, 0)?;
//! ```

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::abi::{self, MetricLabel, MetricOptions};
use crate::error::{Error, Result, check, errno};
use crate::map::Map;
use crate::owner::Owned;

/// How a number lies in a map's value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u32)]
pub enum Number {
    /// `u64`
    U64 = abi::METRIC_U64,
    /// `i64`
    I64 = abi::METRIC_I64,
    /// `f64`
    F64 = abi::METRIC_F64,
    /// `u32`
    U32 = abi::METRIC_U32,
    /// `i32`
    I32 = abi::METRIC_I32,
}

/// A label that is made of bytes of each element: of its key, unless [`value`](Self::value) says otherwise.
#[derive(Clone, Debug)]
pub struct Label {
    name: String,
    format: u32,
    size: u32,
    offset: u32,
    in_value: bool,
}

macro_rules! labels {
    ($($(#[$meta:meta])* $name:ident = $format:ident $(, $size:ident)? $(= $fixed:literal)?;)*) => {$(
        $(#[$meta])*
        pub fn $name(name: &str $(, $size: u32)?) -> Self {
            let size = 0 $(+ $size)? $(+ $fixed)?;
            Self { name: name.to_owned(), format: abi::$format, size, offset: 0, in_value: false }
        }
    )*};
}

impl Label {
    labels! {
        /// An unsigned number of 1, 2, 4 or 8 bytes.
        unsigned = METRIC_LABEL_UNSIGNED, size;
        /// A signed one.
        signed = METRIC_LABEL_SIGNED, size;
        /// An unsigned one in the network's order, as a port.
        network_order = METRIC_LABEL_NETWORK_ORDER, size;
        /// An address of four bytes.
        ipv4 = METRIC_LABEL_IPV4 = 4;
        /// An address of sixteen bytes.
        ipv6 = METRIC_LABEL_IPV6 = 16;
        /// Text, up to a zero byte or `size` bytes.
        text = METRIC_LABEL_TEXT, size;
        /// Bytes in hexadecimal.
        hex = METRIC_LABEL_HEX, size;
    }

    /// Where its bytes are in the key.
    pub fn key(self, offset: usize) -> Self {
        Self { offset: offset as u32, in_value: false, ..self }
    }

    /// Where its bytes are in the value.
    pub fn value(self, offset: usize) -> Self {
        Self { offset: offset as u32, in_value: true, ..self }
    }
}

/// A metric that was published: ends when this is dropped. One in a map ends with the map, too.
#[derive(Debug)]
#[must_use = "the metric ends when this is dropped"]
pub struct Published {
    _handle: Owned,
}

/// What is said of a metric before it is published. docs/metrics.md has the rules for names, and the limits.
#[derive(Clone, Debug)]
pub struct Metric {
    options: MetricOptions,
    name: String,
    help: String,
    unit: String,
    labels: Vec<u8>,
    bounds: Vec<f64>,
    element_labels: Vec<Label>,
}

impl Metric {
    fn new(kind: u32, name: &str) -> Self {
        let mut options = MetricOptions::new();
        options.kind = kind;
        options.number = abi::METRIC_U64;
        Self {
            options,
            name: name.to_owned(),
            help: String::new(),
            unit: String::new(),
            labels: Vec::new(),
            bounds: Vec::new(),
            element_labels: Vec::new(),
        }
    }

    /// What only grows.
    pub fn counter(name: &str) -> Self {
        Self::new(abi::METRIC_COUNTER, name)
    }

    /// What goes up and down.
    pub fn gauge(name: &str) -> Self {
        Self::new(abi::METRIC_GAUGE, name)
    }

    /// So many slots, `u64`s one after another: slot N counts the values up to 2^(N+1) - 1 that the one before does not.
    pub fn histogram(name: &str, slots: usize) -> Self {
        let mut metric = Self::new(abi::METRIC_HISTOGRAM, name);
        metric.options.slots = slots as u32;
        metric
    }

    /// What it counts, in a line.
    pub fn help(mut self, text: &str) -> Self {
        text.clone_into(&mut self.help);
        self
    }

    /// As "seconds", with which the name ends.
    pub fn unit(mut self, unit: &str) -> Self {
        unit.clone_into(&mut self.unit);
        self
    }

    /// A label of every sample.
    pub fn label(mut self, name: &str, value: &str) -> Self {
        for text in [name, value] {
            self.labels.extend_from_slice(text.as_bytes());
            self.labels.push(0);
        }
        self
    }

    /// A label that each element gives.
    pub fn label_of(mut self, label: Label) -> Self {
        self.element_labels.push(label);
        self
    }

    /// How the number, or each slot, lies there: `u64` unless said.
    pub fn number(mut self, number: Number) -> Self {
        self.options.number = number as u32;
        self
    }

    /// Numbers are shown times ten to the power of it: -9 makes nanoseconds seconds.
    pub fn exponent(mut self, exponent: i32) -> Self {
        self.options.exponent = exponent;
        self
    }

    /// Inclusive upper bounds of all slots but the last.
    pub fn bounds(mut self, bounds: &[f64]) -> Self {
        self.bounds = bounds.to_vec();
        self
    }

    /// Where in a map's value the sum of a histogram's values is.
    pub fn sum(mut self, offset: usize, number: Number) -> Self {
        self.options.sum = offset as u32;
        self.options.sum_number = number as u32;
        self
    }

    /// At `offset` in the value of one element.
    pub fn in_element(mut self, map: &Map, key: &[u8], offset: usize) -> Result<Published> {
        self.options.key = key.as_ptr() as u32;
        self.options.key_size = key.len() as u32;
        self.in_map(map, abi::METRIC_IN_ELEMENT, offset)
    }

    /// At `offset` in the value of every element; [`label_of`](Self::label_of) tells the samples apart. Elements with the same
    /// labels are added up.
    pub fn in_each_element(self, map: &Map, offset: usize) -> Result<Published> {
        self.in_map(map, abi::METRIC_IN_EACH_ELEMENT, offset)
    }

    /// A histogram whose slot N is at `offset` in element N of an array.
    pub fn in_slots(self, map: &Map, offset: usize) -> Result<Published> {
        self.in_map(map, abi::METRIC_IN_SLOTS, offset)
    }

    fn in_map(mut self, map: &Map, place: u32, offset: usize) -> Result<Published> {
        self.options.place = place;
        self.options.map = map.handle;
        self.options.value = offset as u32;
        self.publish()
    }

    /// # Safety
    /// The numbers are there for as long as what is returned is.
    unsafe fn in_memory<T>(mut self, value: *const T) -> Result<Published> {
        self.options.place = abi::METRIC_IN_MEMORY;
        self.options.value = value as u32;
        self.publish()
    }

    fn publish(mut self) -> Result<Published> {
        if !self.bounds.is_empty() && self.bounds.len() + 1 != self.options.slots as usize {
            return Err(Error::new(
                errno::EINVAL,
                format!("metric \"{}\": a bound for each slot but the last", self.name),
            ));
        }
        let labels: Vec<MetricLabel> = self
            .element_labels
            .iter()
            .map(|label| {
                let mut raw = MetricLabel::new();
                (raw.name, raw.name_size) = (label.name.as_ptr() as u32, label.name.len() as u32);
                (raw.format, raw.in_value) = (label.format, label.in_value.into());
                (raw.offset, raw.size) = (label.offset, label.size);
                raw
            })
            .collect();
        let options = &mut self.options;
        (options.name, options.name_size) = (self.name.as_ptr() as u32, self.name.len() as u32);
        (options.help, options.help_size) = (self.help.as_ptr() as u32, self.help.len() as u32);
        (options.unit, options.unit_size) = (self.unit.as_ptr() as u32, self.unit.len() as u32);
        (options.labels, options.labels_size) = (self.labels.as_ptr() as u32, self.labels.len() as u32);
        options.bounds = if self.bounds.is_empty() { 0 } else { self.bounds.as_ptr() as u32 };
        (options.element_labels, options.element_label_count) = (labels.as_ptr() as u32, labels.len() as u32);
        // SAFETY: the host reads the options, and what they point to, during the call; all of it lives until after it.
        let handle = check(unsafe { abi::metric_publish((&raw const self.options).cast()) })?;
        Ok(Published { _handle: Owned::new(handle) })
    }
}

/// A counter in the guest's memory.
#[derive(Debug)]
pub struct Counter {
    _published: Published, // goes before the memory
    value: Box<Cell<u64>>,
}

impl Counter {
    /// Publishes one, of 0.
    pub fn new(name: &str, help: &str) -> Result<Self> {
        Self::of(Metric::counter(name).help(help))
    }

    /// The same with labels, a unit or an exponent: what else a metric in memory can have.
    pub fn of(metric: Metric) -> Result<Self> {
        let value = Box::new(Cell::new(0));
        // SAFETY: the box goes after what was published.
        let _published = unsafe { metric.number(Number::U64).in_memory(value.as_ptr()) }?;
        Ok(Self { _published, value })
    }

    /// Counts `more`.
    #[inline]
    pub fn add(&self, more: u64) {
        self.value.set(self.value.get().wrapping_add(more));
    }

    /// What was counted.
    pub fn get(&self) -> u64 {
        self.value.get()
    }
}

/// A gauge in the guest's memory.
#[derive(Debug)]
pub struct Gauge {
    _published: Published, // goes before the memory
    value: Box<Cell<f64>>,
}

impl Gauge {
    /// Publishes one, of 0.
    pub fn new(name: &str, help: &str) -> Result<Self> {
        Self::of(Metric::gauge(name).help(help))
    }

    /// The same with labels, a unit or an exponent.
    pub fn of(metric: Metric) -> Result<Self> {
        let value = Box::new(Cell::new(0.0));
        // SAFETY: the box goes after what was published.
        let _published = unsafe { metric.number(Number::F64).in_memory(value.as_ptr()) }?;
        Ok(Self { _published, value })
    }

    /// What it shows from now on.
    #[inline]
    pub fn set(&self, value: f64) {
        self.value.set(value);
    }

    /// What it shows.
    pub fn get(&self) -> f64 {
        self.value.get()
    }
}

/// Counts values by size, in the guest's memory.
#[derive(Debug)]
pub struct Histogram {
    _published: Published, // goes before the memory
    bounds: Vec<f64>,
    slots: Box<[Cell<u64>]>,
    sum: Box<Cell<f64>>,
}

impl Histogram {
    /// Publishes one with these inclusive upper bounds, which grow; what is above the last is counted too.
    pub fn new(name: &str, help: &str, bounds: &[f64]) -> Result<Self> {
        Self::of(Metric::histogram(name, bounds.len() + 1).help(help).bounds(bounds))
    }

    /// The same of [`Metric::histogram`], with labels, a unit or an exponent.
    pub fn of(mut metric: Metric) -> Result<Self> {
        let count = metric.options.slots as i32;
        if metric.bounds.is_empty() {
            metric.bounds = (1..count).map(|slot| f64::exp2(slot.into()) - 1.0).collect();
        }
        let bounds = metric.bounds.clone();
        let slots: Box<[_]> = (0..count).map(|_| Cell::new(0)).collect();
        let sum = Box::new(Cell::new(0.0));
        metric.options.sum = sum.as_ptr() as u32;
        metric.options.sum_number = abi::METRIC_F64;
        // SAFETY: the boxes go after what was published.
        let _published = unsafe { metric.number(Number::U64).in_memory(slots.as_ptr()) }?;
        Ok(Self { _published, bounds, slots, sum })
    }

    /// Counts a value.
    pub fn observe(&self, value: f64) {
        // What is no number is above all bounds.
        let slot = &self.slots[self.bounds.partition_point(|bound| !(value <= *bound))];
        slot.set(slot.get().wrapping_add(1));
        self.sum.set(self.sum.get() + value);
    }
}

/// What the crate's readers count, for the host's own `wasm_bpf_events` and `wasm_bpf_lost_samples`.
pub(crate) static EVENTS: AtomicU64 = AtomicU64::new(0);
pub(crate) static LOST_SAMPLES: AtomicU64 = AtomicU64::new(0);

/// Counts, once a batch.
#[inline]
pub(crate) fn count(what: &AtomicU64, more: u64) {
    what.fetch_add(more, Ordering::Relaxed);
}

/// Tells the host where they are, the first time. Without it they are not shown, and nothing else is missing.
pub(crate) fn publish_counts() {
    static PUBLISHED: AtomicBool = AtomicBool::new(false);
    if PUBLISHED.swap(true, Ordering::Relaxed) {
        return;
    }
    for (name, count) in [("wasm_bpf_events", &EVENTS), ("wasm_bpf_lost_samples", &LOST_SAMPLES)] {
        let mut options = MetricOptions::new();
        options.kind = abi::METRIC_COUNTER;
        (options.name, options.name_size) = (name.as_ptr() as u32, name.len() as u32);
        options.number = abi::METRIC_U64;
        options.place = abi::METRIC_IN_MEMORY;
        options.value = count.as_ptr() as u32;
        // SAFETY: the host reads the options during the call, and the count, which is static, at any time.
        unsafe { abi::metric_publish((&raw const options).cast()) };
    }
}
