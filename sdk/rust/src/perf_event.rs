//! Perf events: counters and samples of the host's CPUs.

use crate::abi::{self, Handle};
use crate::error::{Result, check};
use crate::link::read_stream;
use crate::owner::Owned;
use crate::pod::Pod;

crate::pod! {
    /// The kernel's `struct perf_event_attr`, as far as its first version goes.
    #[derive(Debug)]
    struct Attributes {
        kind: u32,
        size: u32,
        config: u64,
        sample_period: u64,
        sample_type: u64,
        read_format: u64,
        flags: u64,
        wakeup_events: u32,
        breakpoint_type: u32,
        config1: u64,
    }
}

const DISABLED: u64 = 1 << 0;
const INHERIT: u64 = 1 << 1;
const EXCLUDE_USER: u64 = 1 << 4;
const EXCLUDE_KERNEL: u64 = 1 << 5;
const FREQUENCY: u64 = 1 << 10;

/// A perf event. It ends when it is dropped.
#[derive(Debug)]
pub struct PerfEvent {
    handle: Owned,
}

impl PerfEvent {
    /// Samples of the CPU's clock, so many a second, of whatever runs on it.
    pub fn cpu_clock(cpu: i32, frequency: u64) -> Result<Self> {
        const SOFTWARE: u32 = 1;
        const CPU_CLOCK: u64 = 0;
        PerfEventBuilder::new(SOFTWARE, CPU_CLOCK).frequency(frequency).cpu(cpu).open()
    }

    /// Starts it.
    pub fn enable(&self) -> Result<()> {
        self.control(abi::PERF_EVENT_ENABLE)
    }

    /// Stops it.
    pub fn disable(&self) -> Result<()> {
        self.control(abi::PERF_EVENT_DISABLE)
    }

    /// Sets its count to 0.
    pub fn reset(&self) -> Result<()> {
        self.control(abi::PERF_EVENT_RESET)
    }

    fn control(&self, command: u32) -> Result<()> {
        // SAFETY: no memory is involved.
        check(unsafe { abi::perf_event_control(self.handle(), command) })?;
        Ok(())
    }

    /// Its count.
    pub fn count(&self) -> Result<u64> {
        let mut count = 0u64;
        read_stream(self.handle(), count.as_bytes_mut())?;
        Ok(count)
    }

    /// The number that stands for it as a map's value, and in the guest ABI.
    pub fn handle(&self) -> Handle {
        self.handle.get()
    }
}

/// How to open a [`PerfEvent`]: by its type and config, as perf_event_open(2) has them; of the calling process, unless
/// something else is said.
#[derive(Clone, Copy, Debug)]
pub struct PerfEventBuilder {
    attributes: Attributes,
    pid: i32,
    cpu: i32,
}

impl PerfEventBuilder {
    /// `PERF_TYPE_*` and what it counts.
    pub fn new(kind: u32, config: u64) -> Self {
        let attributes = Attributes { kind, size: size_of::<Attributes>() as u32, config, ..Attributes::zeroed() };
        Self { attributes, pid: -1, cpu: -1 }
    }

    /// A sample for every so many counts.
    pub fn period(mut self, period: u64) -> Self {
        self.attributes.sample_period = period;
        self
    }

    /// So many samples a second.
    pub fn frequency(mut self, frequency: u64) -> Self {
        self.attributes.sample_period = frequency;
        self.attributes.flags |= FREQUENCY;
        self
    }

    /// What the type has beside its config.
    pub fn config1(mut self, config1: u64) -> Self {
        self.attributes.config1 = config1;
        self
    }

    /// Stopped at first.
    pub fn disabled(mut self) -> Self {
        self.attributes.flags |= DISABLED;
        self
    }

    /// Of processes that the process starts, too.
    pub fn inherit(mut self) -> Self {
        self.attributes.flags |= INHERIT;
        self
    }

    /// Not of what runs in the kernel.
    pub fn exclude_kernel(mut self) -> Self {
        self.attributes.flags |= EXCLUDE_KERNEL;
        self
    }

    /// Not of what runs outside of the kernel.
    pub fn exclude_user(mut self) -> Self {
        self.attributes.flags |= EXCLUDE_USER;
        self
    }

    /// Of one process, on every CPU unless one is named; -1: of all processes.
    pub fn pid(mut self, pid: i32) -> Self {
        self.pid = pid;
        self
    }

    /// Of one CPU.
    pub fn cpu(mut self, cpu: i32) -> Self {
        self.cpu = cpu;
        self
    }

    /// Opens it. ENODEV where the CPU is offline.
    pub fn open(&self) -> Result<PerfEvent> {
        // SAFETY: the host reads the attributes.
        let handle = check(unsafe {
            abi::perf_event_open(
                (&raw const self.attributes).cast(),
                size_of::<Attributes>() as u32,
                self.pid,
                self.cpu,
                0,
                0,
            )
        })?;
        Ok(PerfEvent { handle: Owned::new(handle) })
    }
}
