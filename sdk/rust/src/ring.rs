//! One ring buffer, in the kernel's own framing (docs/guest_memory.md): a window on it, or copies of what it holds.

use std::cell::{Cell, RefCell};
use std::ops::ControlFlow;
use std::rc::Rc;
use std::sync::atomic::{Ordering, compiler_fence};
use std::time::Duration;

use crate::abi::{self, Handle};
use crate::error::{Error, Result, check, errno};
use crate::kinds::MapType;
use crate::map::Map;
use crate::memory::{PAGE, Pages, has_windows, window_of};
use crate::metrics;
use crate::owner::{Owned, Owner};
use crate::ring_span::{Found, Span};
use crate::skeleton;

/// What ended a wait.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Woken {
    ByRings,
    BySignal,
    ByTimeout,
}

/// Rings with one call to wait for all of them. Every wait of the crate's is this one's.
#[derive(Debug)]
pub(crate) struct RingSet {
    handle: Owned,
}

impl RingSet {
    pub fn open() -> Result<Self> {
        metrics::publish_counts();
        // SAFETY: no memory is involved; so below.
        Ok(Self { handle: Owned::new(check(unsafe { abi::ring_open() })?) })
    }

    pub fn handle(&self) -> Handle {
        self.handle.get()
    }

    /// Waits for something to drain, as long as `timeout` at most. A signal that was handled ends the wait.
    pub fn wait(&self, timeout: Duration) -> Result<Woken> {
        skeleton::push()?;
        // SAFETY: as above.
        let woken = match unsafe { abi::ring_wait(self.handle(), milliseconds(timeout)) } {
            code if code == -errno::EINTR => Woken::BySignal,
            code if check(code)? > 0 => Woken::ByRings,
            _ => Woken::ByTimeout,
        };
        skeleton::pull()?;
        Ok(woken)
    }

    /// Orders what is read next after what the kernel wrote before.
    pub fn acquire(&self) -> Result<()> {
        // SAFETY: as above.
        check(unsafe { abi::ring_acquire(self.handle()) })?;
        skeleton::sync()
    }
}

/// As the host takes it: rounded up, and negative for ever.
fn milliseconds(timeout: Duration) -> i32 {
    let whole = timeout.as_secs().saturating_mul(1000);
    i32::try_from(whole.saturating_add(timeout.subsec_nanos().div_ceil(1_000_000).into())).unwrap_or(-1)
}

/// What a drain came to: the records that were handed over, and what a callback ended it with.
pub(crate) struct Drained {
    pub records: usize,
    pub ended: Option<Option<Error>>,
}

#[derive(Debug)]
pub(crate) struct Ring {
    consumer: *mut u64,
    producer: *const u64,
    data: *mut u8,
    mask: u32,
    size: u32,
    copies: bool,
    index: u32,
    set: Handle,
    /// What was found last was no record: the next call says so.
    broken: Cell<bool>,
    _pages: Pages,
    reading: Reading,
}

thread_local! {
    /// The kernel's numbers of the maps that are being read.
    static READ: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
}

/// A map that is read by one alone: of two, one would give the room of records back that the other looks at. Objects may
/// have one map under several names and handles, so it is the kernel's number that counts.
#[derive(Debug)]
struct Reading {
    id: u32,
    map: Handle,
    owner: Rc<Owner>,
}

impl Reading {
    fn begin(map: &Map, id: u32) -> Result<Self> {
        READ.with_borrow_mut(|read| {
            if read.contains(&id) {
                return Err(Error::new(errno::EBUSY, format!("\"{}\" is read by another already", map.name())));
            }
            read.push(id);
            Ok(Self { id, map: map.handle, owner: map.owner.clone() })
        })
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        READ.with_borrow_mut(|read| read.retain(|&id| id != self.id));
    }
}

impl Ring {
    /// Adds the map to the set, which must be closed before the ring is dropped.
    pub fn add(set: &RingSet, map: &Map) -> Result<Self> {
        if map.map_type() != MapType::RINGBUF {
            return Err(Error::new(errno::EINVAL, format!("\"{}\" is no ring buffer", map.name())));
        }
        let info = map.info()?;
        let reading = Reading::begin(map, info.id)?;
        let copies = !has_windows();
        let size = map.max_entries();
        // A copy is laid out as a window is: a page for each position, then the data, but once.
        let bytes = if copies { 2 * PAGE + size as usize } else { info.window_bytes as usize };
        let pages = Pages::new(bytes)?;
        let page = if copies { PAGE } else { (bytes - 2 * size as usize) / 2 };
        let (window, window_bytes) = window_of(&pages, copies);
        // SAFETY: the memory is the ring's alone, and it outlives the set.
        let index = check(unsafe { abi::ring_add(set.handle(), map.handle, window, window_bytes) })?;
        let ring = Self {
            consumer: pages.as_ptr().cast(),
            producer: pages.as_ptr().wrapping_add(page).cast(),
            data: pages.as_ptr().wrapping_add(2 * page),
            mask: if copies { u32::MAX } else { size - 1 },
            size,
            copies,
            index: index as u32,
            set: set.handle(),
            broken: Cell::new(false),
            _pages: pages,
            reading,
        };
        if copies {
            ring.take_left();
        }
        Ok(ring)
    }

    /// Begins with what the last reader of the map's copies has not looked at.
    #[cold]
    fn take_left(&self) {
        let left = self.reading.owner.take_left(self.reading.map);
        // SAFETY: no more than a copy holds, whose size is this one's; the positions are in the ring's own memory.
        unsafe {
            std::ptr::copy_nonoverlapping(left.as_ptr(), self.data, left.len());
            self.producer.cast_mut().write(left.len() as u64);
        }
    }

    /// Says with the next call that there was no record.
    #[cold]
    pub fn break_off(&self) {
        self.broken.set(true);
    }

    /// Whether records were copied that nobody has seen yet: the host does not know of them any more.
    pub fn has_rest(&self) -> bool {
        self.copies && self.positions().0 != self.positions().1
    }

    /// The consumer's and the producer's.
    #[inline(always)]
    fn positions(&self) -> (u64, u64) {
        // SAFETY: both are in the ring's memory; the kernel writes the second.
        unsafe { (self.consumer.read_volatile(), self.producer.read_volatile()) }
    }

    /// Without a window: copies the records that are there, behind those that nobody has seen. They are gone from the ring.
    #[cold]
    fn copy(&mut self) -> Result<()> {
        let (begin, end) = self.positions();
        let rest = (end - begin) as usize;
        // SAFETY: all within the room for data, which is the ring's size; then the host writes at most what is left of it.
        let read = unsafe {
            std::ptr::copy(self.data.add(begin as usize), self.data, rest);
            abi::ring_read(self.set, self.index, self.data.add(rest).cast(), self.size - rest as u32)
        };
        // No room behind the rest: what is there waits for the next call.
        let no_room = read == -errno::ENOSPC && rest > 0;
        // SAFETY: both positions are in the ring's own memory.
        unsafe {
            self.consumer.write(0);
            self.producer.cast_mut().write(rest as u64 + read.max(0) as u64);
        }
        if no_room { Ok(()) } else { check(read).map(|_| ()) }
    }

    /// The consumer's position makes no sense: another reader of the map has written it. What is there is given up.
    #[cold]
    fn reset(&mut self, end: u64) -> Error {
        // SAFETY: the consumer's position is in the ring's memory.
        unsafe { self.consumer.write_volatile(end) };
        Error::new(errno::EBADMSG, "the positions of the ring buffer make no sense: another has written them")
    }

    /// The records that are there now; those produced meanwhile wait for the next call, so that a drain ends however fast
    /// producers are. Comes after the set's `wait` or `acquire`.
    #[inline(always)]
    pub fn span(&mut self) -> Result<Span> {
        if self.copies {
            self.copy()?;
        }
        let (begin, end) = self.positions();
        if self.broken.take() || end.wrapping_sub(begin) > self.size.into() || begin % 8 != 0 {
            return Err(self.reset(end));
        }
        let place = self.data.cast_const().wrapping_add((begin as u32 & self.mask) as usize);
        Ok(Span {
            place,
            end: place.wrapping_add((end - begin) as usize),
            base: begin.wrapping_sub(place.addr() as u64),
        })
    }

    /// Gives back the room of all that comes before a place of the span's.
    #[inline(always)]
    pub fn pass(&self, span: &Span, place: *const u8) {
        // What was read of the records was read before this store.
        compiler_fence(Ordering::Release);
        // SAFETY: the consumer's position is in the ring's memory.
        unsafe { self.consumer.write_volatile(span.base.wrapping_add(place.addr() as u64)) };
    }

    /// One record. Whether there may be another, or what ended the batch.
    #[inline(always)]
    fn step(
        &self,
        span: &mut Span,
        records: &mut usize,
        callback: &mut impl FnMut(&[u8]) -> ControlFlow<Option<Error>>,
    ) -> ControlFlow<Option<Option<Error>>> {
        // SAFETY: the ring is borrowed, and a record's room is given back after the callback.
        match unsafe { span.next() } {
            Found::Record(record) => {
                let flow = callback(record);
                self.pass(span, span.place);
                *records += 1;
                flow.map_break(Some)
            }
            Found::Discarded => {
                self.pass(span, span.place);
                ControlFlow::Continue(())
            }
            Found::Nothing => ControlFlow::Break(None),
            Found::Broken => {
                self.pass(span, span.place);
                self.break_off();
                ControlFlow::Break(None)
            }
        }
    }

    /// Hands the records that are there now to `callback`, one after another, giving back the room of each. Several a turn:
    /// an engine looks at each turn whether the guest is to be stopped.
    #[inline(always)]
    pub fn drain(&mut self, mut callback: impl FnMut(&[u8]) -> ControlFlow<Option<Error>>) -> Result<Drained> {
        let mut span = self.span()?;
        let mut records = 0;
        let ended = 'batch: loop {
            macro_rules! step {
                () => {
                    if let ControlFlow::Break(end) = self.step(&mut span, &mut records, &mut callback) {
                        break 'batch end;
                    }
                };
            }
            step!();
            step!();
            step!();
            step!();
        };
        Ok(Drained { records, ended })
    }
}

/// What was copied and not looked at is not in the ring any more: the next reader gets it.
impl Drop for Ring {
    fn drop(&mut self) {
        if self.has_rest() {
            let (begin, end) = self.positions();
            // SAFETY: between the positions there are copied records.
            let rest = unsafe { std::slice::from_raw_parts(self.data.add(begin as usize), (end - begin) as usize) };
            self.reading.owner.leave(self.reading.map, rest.to_vec());
        }
    }
}
