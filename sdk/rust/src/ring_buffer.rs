//! Ring buffers, with callbacks.

use std::ops::ControlFlow;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::map::Map;
use crate::metrics;
use crate::pod::Pod;
use crate::ring::{Drained, Ring, RingSet, Woken};

/// What a callback may return: nothing; a number, of which a negative one ends the batch as an error with that number of
/// Linux'; a `ControlFlow`, whose `Break` ends it without an error; a `Result`.
pub trait Outcome {
    #[doc(hidden)]
    fn outcome(self) -> ControlFlow<Option<Error>>;
}

impl Outcome for () {
    #[inline(always)]
    fn outcome(self) -> ControlFlow<Option<Error>> {
        ControlFlow::Continue(())
    }
}

impl Outcome for i32 {
    #[inline(always)]
    fn outcome(self) -> ControlFlow<Option<Error>> {
        if self >= 0 { ControlFlow::Continue(()) } else { ControlFlow::Break(Some(Error::from_raw_os_error(-self))) }
    }
}

impl Outcome for ControlFlow<()> {
    #[inline(always)]
    fn outcome(self) -> ControlFlow<Option<Error>> {
        self.map_break(|()| None)
    }
}

impl Outcome for Result<()> {
    #[inline(always)]
    fn outcome(self) -> ControlFlow<Option<Error>> {
        match self {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => ControlFlow::Break(Some(error)),
        }
    }
}

type DrainRing<'cb> = Box<dyn FnMut(&mut Ring) -> Result<Drained> + 'cb>;

/// Ring buffers to come, each with what is called for its records.
#[derive(Default)]
pub struct RingBufferBuilder<'cb> {
    rings: Vec<(Map, DrainRing<'cb>)>,
}

impl<'cb> RingBufferBuilder<'cb> {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// One map more, and what is called for each of its records, with the record where it lies: it is gone when the callback
    /// returns. EINVAL where the map is no ring buffer is said by [`build`](Self::build).
    pub fn add<R: Outcome>(&mut self, map: &Map, mut callback: impl FnMut(&[u8]) -> R + 'cb) -> Result<&mut Self> {
        // The loop and the callback become one function.
        self.rings.push((map.clone(), Box::new(move |ring| ring.drain(|record| callback(record).outcome()))));
        Ok(self)
    }

    /// The same for records of a type. Shorter ones are none, and left out; longer ones are cut.
    pub fn add_records<T: Pod, R: Outcome>(
        &mut self,
        map: &Map,
        mut callback: impl FnMut(&T) -> R + 'cb,
    ) -> Result<&mut Self> {
        const { assert!(align_of::<T>() <= 8, "records lie on borders of 8 bytes") };
        self.rings.push((
            map.clone(),
            Box::new(move |ring| {
                ring.drain(|record| match T::view(record) {
                    Some(record) => callback(record).outcome(),
                    None => ControlFlow::Continue(()),
                })
            }),
        ));
        Ok(self)
    }

    /// Maps them into the guest's memory.
    pub fn build(self) -> Result<RingBuffer<'cb>> {
        let set = RingSet::open()?;
        let mut rings = Vec::with_capacity(self.rings.len());
        for (map, drain) in self.rings {
            match Ring::add(&set, &map) {
                Ok(ring) => rings.push((ring, drain)),
                Err(error) => {
                    // Before the memory of those that were added.
                    drop(set);
                    return Err(error);
                }
            }
        }
        Ok(RingBuffer { set, rings })
    }
}

/// Ring buffers and their callbacks. What a callback's end of a batch leaves comes with the next call, or is the next
/// reader's.
pub struct RingBuffer<'cb> {
    set: RingSet, // goes before the rings' memory
    rings: Vec<(Ring, DrainRing<'cb>)>,
}

impl RingBuffer<'_> {
    /// Waits for records, as long as `timeout` at most (`Duration::MAX`: for ever), and hands over those that are there. Their
    /// number: 0 at the timeout, and where a [signal](crate::signal) ended the wait.
    pub fn poll(&mut self, timeout: Duration) -> Result<usize> {
        let rest = self.rings.iter().any(|(ring, _)| ring.has_rest());
        let woken = self.set.wait(if rest { Duration::ZERO } else { timeout })?;
        if woken == Woken::ByRings || rest { self.drain() } else { Ok(0) }
    }

    /// The same without waiting, and without a system call.
    pub fn consume(&mut self) -> Result<usize> {
        self.set.acquire()?;
        self.drain()
    }

    fn drain(&mut self) -> Result<usize> {
        let mut records = 0;
        for (ring, drain) in &mut self.rings {
            let drained = drain(ring)?;
            records += drained.records;
            metrics::count(&metrics::EVENTS, drained.records as u64);
            match drained.ended {
                None => {}
                Some(None) => break,
                Some(Some(error)) => return Err(error),
            }
        }
        Ok(records)
    }
}

impl std::fmt::Debug for RingBuffer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RingBuffer").field("rings", &self.rings.len()).finish()
    }
}
