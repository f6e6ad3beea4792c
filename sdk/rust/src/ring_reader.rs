//! One ring buffer, read in batches.

use std::cell::Cell;
use std::time::Duration;

use crate::error::Result;
use crate::map::Map;
use crate::metrics;
use crate::pod::Pod;
use crate::ring::{Ring, RingSet};
use crate::ring_span::{Found, Span};

/// A ring buffer that is read by iterators, without callbacks.
///
/// ```ignore
/// let mut ring = wasm_bpf::RingReader::new(&skel.maps.events)?;
/// loop {
///     let batch = ring.wait(Duration::MAX)?;
///     for event in batch.records_of::<types::event>() {
///         println!("{}", event.pid);
///     }
/// } // here the room of what was looked at is given back
/// ```
#[derive(Debug)]
pub struct RingReader {
    set: RingSet, // goes before the ring's memory
    ring: Ring,
}

impl RingReader {
    /// Maps the ring into the guest's memory.
    pub fn new(map: &Map) -> Result<Self> {
        let set = RingSet::open()?;
        let ring = Ring::add(&set, map)?;
        Ok(Self { set, ring })
    }

    /// Waits for records, as long as `timeout` at most (`Duration::MAX`: for ever): those that are there then. None at the
    /// timeout, and where a [signal](crate::signal) ended the wait.
    pub fn wait(&mut self, timeout: Duration) -> Result<Batch<'_>> {
        self.set.wait(if self.ring.has_rest() { Duration::ZERO } else { timeout })?;
        Batch::of(&mut self.ring)
    }

    /// The records that are there now, without waiting and without a system call.
    pub fn batch(&mut self) -> Result<Batch<'_>> {
        self.set.acquire()?;
        Batch::of(&mut self.ring)
    }
}

/// The records that were there. When it is dropped the kernel gets the room back of those that were looked at; the others
/// come again.
#[derive(Debug)]
pub struct Batch<'ring> {
    ring: &'ring Ring,
    span: Span,
    /// Behind the last record that was looked at.
    seen: Cell<*const u8>,
    records_seen: Cell<u64>,
}

impl<'ring> Batch<'ring> {
    fn of(ring: &'ring mut Ring) -> Result<Self> {
        let span = ring.span()?;
        Ok(Self { ring, span, seen: Cell::new(span.place), records_seen: Cell::new(0) })
    }

    /// Its records, from the first on: references that cannot outlive the batch.
    pub fn records(&self) -> Records<'_> {
        Records { span: self.span, batch: self, taken: 0 }
    }

    /// The same as records of a type. Shorter ones are none, and left out; longer ones are cut.
    pub fn records_of<T: Pod>(&self) -> impl Iterator<Item = &T> {
        const { assert!(align_of::<T>() <= 8, "records lie on borders of 8 bytes") };
        self.records().filter_map(T::view)
    }
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        metrics::count(&metrics::EVENTS, self.records_seen.get());
        self.ring.pass(&self.span, self.seen.get());
    }
}

impl<'batch> IntoIterator for &'batch Batch<'_> {
    type Item = &'batch [u8];
    type IntoIter = Records<'batch>;

    fn into_iter(self) -> Records<'batch> {
        self.records()
    }
}

/// The records of a batch.
#[derive(Debug)]
pub struct Records<'batch> {
    span: Span,
    batch: &'batch Batch<'batch>,
    taken: u64,
}

impl<'batch> Iterator for Records<'batch> {
    type Item = &'batch [u8];

    #[inline]
    fn next(&mut self) -> Option<&'batch [u8]> {
        loop {
            // SAFETY: the ring is borrowed by the batch, which gives no room back before its end.
            let found = unsafe { self.span.next() };
            match found {
                Found::Record(record) => {
                    self.taken += 1;
                    return Some(record);
                }
                Found::Discarded => {}
                Found::Nothing => return None,
                Found::Broken => {
                    self.batch.ring.break_off();
                    return None;
                }
            }
        }
    }
}

/// Says once, and not record by record, how far it came. One that is forgotten says nothing: its records come again.
impl Drop for Records<'_> {
    fn drop(&mut self) {
        self.batch.seen.set(self.batch.seen.get().max(self.span.place));
        self.batch.records_seen.set(self.batch.records_seen.get().max(self.taken));
    }
}
