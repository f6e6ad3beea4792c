//! Running a program without attaching it.

use crate::abi;
use crate::error::{Result, check};
use crate::program::Program;
use crate::skeleton;

/// What a program is run with by [`Program::test_run`].
#[derive(Debug, Default)]
pub struct TestRun<'a> {
    data_in: &'a [u8],
    data_out: Option<&'a mut [u8]>,
    context_in: Vec<u8>,
    context: Option<&'a mut [u8]>,
    context_out: Option<&'a mut [u8]>,
    repeat: u32,
    flags: u32,
    cpu: u32,
    batch_size: u32,
}

/// What came of it.
#[derive(Clone, Copy, Debug)]
pub struct TestRunOutput {
    /// What the program returned.
    pub return_value: u32,
    /// The average time of a run.
    pub duration: std::time::Duration,
    /// Bytes written to the room for data.
    pub data_size: usize,
    /// Bytes written to the room for the context.
    pub context_size: usize,
}

impl<'a> TestRun<'a> {
    /// Nothing in, nothing out, once.
    pub fn new() -> Self {
        Self::default()
    }

    /// The packet, where the program is for packets.
    pub fn data_in(mut self, data: &'a [u8]) -> Self {
        self.data_in = data;
        self
    }

    /// Room for the packet as the program leaves it.
    pub fn data_out(mut self, room: &'a mut [u8]) -> Self {
        self.data_out = Some(room);
        self
    }

    /// The program's context: a copy of it, since the kernel may write to what it gets.
    pub fn context_in(mut self, context: &[u8]) -> Self {
        self.context_in = context.to_vec();
        self
    }

    /// The program's context, in place: of a syscall program it is afterwards as the program leaves it.
    pub fn context(mut self, context: &'a mut [u8]) -> Self {
        self.context = Some(context);
        self
    }

    /// Room for the context as the program leaves it.
    pub fn context_out(mut self, room: &'a mut [u8]) -> Self {
        self.context_out = Some(room);
        self
    }

    /// So many runs.
    pub fn repeat(mut self, times: u32) -> Self {
        self.repeat = times;
        self
    }

    /// `BPF_F_TEST_*`.
    pub fn flags(mut self, flags: u32) -> Self {
        self.flags = flags;
        self
    }

    /// With `BPF_F_TEST_RUN_ON_CPU`.
    pub fn cpu(mut self, cpu: u32) -> Self {
        self.cpu = cpu;
        self
    }

    /// With `BPF_F_TEST_XDP_LIVE_FRAMES`.
    pub fn batch_size(mut self, size: u32) -> Self {
        self.batch_size = size;
        self
    }
}

fn room(of: Option<&mut [u8]>) -> (u32, u32) {
    of.map_or((0, 0), |room| (room.as_mut_ptr() as u32, room.len() as u32))
}

fn input(of: &[u8]) -> (u32, u32) {
    if of.is_empty() { (0, 0) } else { (of.as_ptr() as u32, of.len() as u32) }
}

impl Program {
    /// Runs it in the kernel. ENOSPC where the room for data is too small.
    pub fn test_run(&self, mut run: TestRun<'_>) -> Result<TestRunOutput> {
        let mut options = abi::TestRunOptions::new();
        (options.data_in, options.data_in_size) = input(run.data_in);
        (options.data_out, options.data_out_size) = room(run.data_out);
        let context = run.context.unwrap_or(&mut run.context_in);
        (options.context_in, options.context_in_size) = if context.is_empty() { (0, 0) } else { room(Some(context)) };
        (options.context_out, options.context_out_size) = room(run.context_out);
        options.repeat = run.repeat;
        options.flags = run.flags;
        options.cpu = run.cpu;
        options.batch_size = run.batch_size;
        skeleton::push()?;
        // SAFETY: the host reads the inputs and writes at most the rooms' sizes; `run` borrows them all.
        check(unsafe { abi::program_test_run(self.handle(), (&raw mut options).cast()) })?;
        skeleton::pull()?;
        Ok(TestRunOutput {
            return_value: options.return_value,
            duration: std::time::Duration::from_nanos(options.duration_ns.into()),
            data_size: options.data_out_size as usize,
            context_size: options.context_out_size as usize,
        })
    }
}
