//! Perf buffers: one ring a CPU, in the kernel's own framing (`struct perf_event_mmap_page`, `struct perf_event_header`).

use std::rc::Rc;
use std::sync::atomic::{Ordering, compiler_fence};
use std::time::Duration;

use crate::abi;
use crate::error::{Error, Result, check, errno};
use crate::kernel;
use crate::kinds::MapType;
use crate::map::Map;
use crate::memory::{PAGE, Pages, has_windows, window_of};
use crate::metrics;
use crate::owner::Owner;
use crate::pod::Pod;
use crate::ring::{RingSet, Woken};

/// Of `struct perf_event_mmap_page`.
const HEAD: usize = 1024;
const TAIL: usize = 1032;

const HEADER: usize = 8;
const LOST: u32 = 2;
const SAMPLE: u32 = 9;

const DEFAULT_PAGES: usize = 64;

type SampleFn<'cb> = Box<dyn FnMut(i32, &[u8]) + 'cb>;
type LostFn<'cb> = Box<dyn FnMut(i32, u64) + 'cb>;

/// A perf buffer to come.
pub struct PerfBufferBuilder<'cb> {
    map: Map,
    pages: usize,
    wakeup_events: u32,
    sample: Option<SampleFn<'cb>>,
    lost: Option<LostFn<'cb>>,
}

impl<'cb> PerfBufferBuilder<'cb> {
    /// Of a map of the type `PERF_EVENT_ARRAY`.
    pub fn new(map: &Map) -> Self {
        Self { map: map.clone(), pages: DEFAULT_PAGES, wakeup_events: 0, sample: None, lost: None }
    }

    /// What is called for each record, with the CPU that it comes from. The record is gone when it returns.
    pub fn sample_cb(mut self, callback: impl FnMut(i32, &[u8]) + 'cb) -> Self {
        self.sample = Some(Box::new(callback));
        self
    }

    /// What is called with the number of records that had no room on a CPU.
    pub fn lost_cb(mut self, callback: impl FnMut(i32, u64) + 'cb) -> Self {
        self.lost = Some(Box::new(callback));
        self
    }

    /// Pages for each CPU, a power of 2 (64 unless said).
    pub fn pages(mut self, pages: usize) -> Self {
        self.pages = pages;
        self
    }

    /// Tells of records once so many are there.
    pub fn wakeup_events(mut self, events: u32) -> Self {
        self.wakeup_events = events;
        self
    }

    /// Opens the CPUs' rings. Those that are offline have none.
    pub fn build(self) -> Result<PerfBuffer<'cb>> {
        if self.map.map_type() != MapType::PERF_EVENT_ARRAY || !self.pages.is_power_of_two() {
            return Err(Error::new(
                errno::EINVAL,
                format!("\"{}\" is no perf event array, or {} pages are no power of 2", self.map.name(), self.pages),
            ));
        }
        let cpus = match self.map.max_entries() as usize {
            0 => kernel::possible_cpus()?,
            entries => entries.min(kernel::possible_cpus()?),
        };
        let mut buffer = PerfBuffer {
            set: RingSet::open()?,
            rings: Vec::with_capacity(cpus),
            sample: self.sample,
            lost: self.lost,
            rest: false,
            _map: self.map.owner.clone(),
        };
        for cpu in 0..cpus {
            match Ring::add(&buffer.set, &self.map, cpu, self.pages, self.wakeup_events) {
                Ok(ring) => buffer.rings.push(ring),
                Err(error) if error.raw_os_error() == errno::ENODEV => {}
                Err(error) => return Err(error),
            }
        }
        Ok(buffer)
    }
}

/// A perf buffer and its callbacks.
pub struct PerfBuffer<'cb> {
    set: RingSet, // goes before the rings' memory
    rings: Vec<Ring>,
    sample: Option<SampleFn<'cb>>,
    lost: Option<LostFn<'cb>>,
    rest: bool, // records may be left that no wake-up will tell of
    _map: Rc<Owner>,
}

impl PerfBuffer<'_> {
    /// Waits for records, as long as `timeout` at most (`Duration::MAX`: for ever), and hands over those that are there. Their
    /// number, lost ones not among them.
    pub fn poll(&mut self, timeout: Duration) -> Result<usize> {
        let woken = self.set.wait(if self.rest { Duration::ZERO } else { timeout })?;
        if woken == Woken::ByRings || self.rest { self.drain() } else { Ok(0) }
    }

    /// The same without waiting, and without a system call.
    pub fn consume(&mut self) -> Result<usize> {
        self.set.acquire()?;
        self.drain()
    }

    fn drain(&mut self) -> Result<usize> {
        let mut samples = 0;
        self.rest = true; // where an error ends it
        for ring in &mut self.rings {
            ring.drain(self.set.handle(), |cpu, kind, body| match kind {
                SAMPLE => {
                    samples += 1;
                    let size = u32::read(body).unwrap_or(0) as usize;
                    if let (Some(sample), Some(data)) = (&mut self.sample, body.get(4..4 + size)) {
                        sample(cpu, data);
                    }
                }
                LOST => {
                    let count = body.get(8..).and_then(u64::read).unwrap_or(0);
                    metrics::count(&metrics::LOST_SAMPLES, count);
                    if let Some(lost) = &mut self.lost {
                        lost(cpu, count);
                    }
                }
                _ => {}
            })?;
        }
        self.rest = false;
        metrics::count(&metrics::EVENTS, samples as u64);
        Ok(samples)
    }
}

impl std::fmt::Debug for PerfBuffer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PerfBuffer").field("cpus", &self.rings.len()).finish()
    }
}

struct Ring {
    cpu: i32,
    index: u32,
    pages: Pages,
    data_bytes: usize,
    copies: bool,
    joined: Vec<u64>, // a record that was broken at the end of the data
}

impl Ring {
    fn add(set: &RingSet, map: &Map, cpu: usize, pages: usize, wakeup_events: u32) -> Result<Self> {
        let data_bytes = pages * PAGE;
        let copies = !has_windows();
        let window = Pages::new(PAGE + data_bytes)?;
        let mut options = abi::PerfRingOptions::new();
        options.cpu = cpu as i32;
        options.map_key = cpu as u32;
        options.pages = pages as u32;
        options.wakeup_events = wakeup_events;
        let (start, bytes) = window_of(&window, copies);
        // SAFETY: the memory is the ring's alone, and outlives the set.
        let index =
            check(unsafe { abi::perf_ring_add(set.handle(), map.handle, (&raw const options).cast(), start, bytes) })?;
        Ok(Self { cpu: cpu as i32, index: index as u32, pages: window, data_bytes, copies, joined: Vec::new() })
    }

    /// Calls with each record that is there: CPU, kind, what follows its header.
    fn drain(&mut self, set: abi::Handle, mut pass: impl FnMut(i32, u32, &[u8])) -> Result<()> {
        let (page, cpu) = (self.pages.as_ptr(), self.cpu);
        if self.copies {
            // SAFETY: the host writes at most the room for data; head and tail are in memory of this ring's.
            unsafe {
                let data = page.add(PAGE);
                let bytes = check(abi::ring_read(set, self.index, data.cast(), self.data_bytes as u32))?;
                page.add(HEAD).cast::<u64>().write(bytes as u64);
                page.add(TAIL).cast::<u64>().write(0);
            }
        }
        // SAFETY: the page of positions; the kernel writes the first.
        let head = unsafe { page.add(HEAD).cast::<u64>().read_volatile() };
        // SAFETY: as above.
        let mut tail = unsafe { page.add(TAIL).cast::<u64>().read_volatile() };
        // The records are read after their end.
        compiler_fence(Ordering::Acquire);
        while tail != head {
            let record = self.record(tail as usize % self.data_bytes, head.wrapping_sub(tail))?;
            let kind = u32::read(record).unwrap_or(0);
            let size = record.len();
            pass(cpu, kind, &record[HEADER..]);
            tail += size as u64;
        }
        // And before their room is given back.
        compiler_fence(Ordering::Release);
        // SAFETY: as above.
        unsafe { page.add(TAIL).cast::<u64>().write_volatile(tail) };
        Ok(())
    }

    /// The record at a place, in one piece, of `bytes` that are there. Nothing but the record is looked at: the kernel writes
    /// what is around it.
    fn record(&mut self, place: usize, bytes: u64) -> Result<&[u8]> {
        // SAFETY: the data follow the page, and a record's header, of 8 bytes on a border of 8, is in one piece.
        let (start, size) = unsafe {
            let start = self.pages.as_ptr().add(PAGE);
            (start, usize::from(start.add(place + 6).cast::<u16>().read_volatile()))
        };
        if size < HEADER || size as u64 > bytes || bytes > self.data_bytes as u64 {
            return Err(Error::new(errno::EBADMSG, format!("the perf buffer of CPU {} makes no sense", self.cpu)));
        }
        let until_end = self.data_bytes - place;
        if size <= until_end {
            // SAFETY: all of it lies there, and nobody writes it before its room is given back.
            return Ok(unsafe { std::slice::from_raw_parts(start.add(place), size) });
        }
        self.joined.resize(size.div_ceil(8), 0);
        let joined = self.joined.as_mut_ptr().cast::<u8>();
        // SAFETY: as above, but in two pieces; the room was made for both.
        unsafe {
            std::ptr::copy_nonoverlapping(start.add(place), joined, until_end);
            std::ptr::copy_nonoverlapping(start, joined.add(until_end), size - until_end);
            Ok(std::slice::from_raw_parts(joined, size))
        }
    }
}
