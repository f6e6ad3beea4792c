//! Standard output and error, written as the bytes come. A guest whose output nobody reads ends as a process does by SIGPIPE, and
//! one that waits for a reader ends when it has to.

use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime::format_err;
use wasmtime_wasi::cli::IsTerminal;
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamError, StreamResult};

use super::calls::Callbacks;

#[derive(Clone, Copy)]
enum Stream {
    Output,
    Error,
}

#[derive(Clone)]
pub struct Output {
    stream: Stream,
    callbacks: Callbacks,
}

impl Output {
    pub fn standard(callbacks: Callbacks) -> Self {
        Self { stream: Stream::Output, callbacks }
    }

    pub fn error(callbacks: Callbacks) -> Self {
        Self { stream: Stream::Error, callbacks }
    }

    fn fd(&self) -> i32 {
        match self.stream {
            Stream::Output => 1,
            Stream::Error => 2,
        }
    }
}

#[repr(C)]
struct PollFd {
    fd: i32,
    events: i16,
    returned: i16,
}
const POLLIN: i16 = 1;
const POLLOUT: i16 = 4;

unsafe extern "C" {
    fn poll(fds: *mut PollFd, count: core::ffi::c_ulong, timeout: i32) -> i32;
    fn write(fd: i32, bytes: *const u8, size: usize) -> isize;
}

/// What a pipe takes at once where it takes anything: PIPE_BUF.
const PIECE: usize = 4096;
const MOST: usize = 64 * 1024;

impl Output {
    /// Until there is room, or the guest has to end.
    fn wait_for_room(&self) -> StreamResult<()> {
        let mut watched = [
            PollFd { fd: self.fd(), events: POLLOUT, returned: 0 },
            PollFd { fd: self.callbacks.interrupt_fd, events: POLLIN, returned: 0 },
        ];
        loop {
            // SAFETY: two of them.
            unsafe { poll(watched.as_mut_ptr(), 2, -1) };
            if watched[0].returned != 0 {
                return Ok(());
            }
            if watched[1].returned != 0 && !(self.callbacks.checkpoint)(self.callbacks.context) {
                return Err(StreamError::Trap(format_err!("the guest is ended")));
            }
        }
    }

    fn write_piece(&self, piece: &[u8]) -> StreamResult<usize> {
        self.wait_for_room()?;
        // SAFETY: its bytes.
        let written = unsafe { write(self.fd(), piece.as_ptr(), piece.len()) };
        if let Ok(written) = usize::try_from(written) {
            return Ok(written);
        }
        let error = std::io::Error::last_os_error();
        match error.kind() {
            std::io::ErrorKind::Interrupted | std::io::ErrorKind::WouldBlock => Ok(0),
            std::io::ErrorKind::BrokenPipe if matches!(self.stream, Stream::Output) => {
                (self.callbacks.broken_pipe)(self.callbacks.context);
                Err(StreamError::Trap(format_err!("nobody reads the output")))
            }
            std::io::ErrorKind::BrokenPipe => Err(StreamError::Closed),
            _ => Err(StreamError::LastOperationFailed(error.into())),
        }
    }
}

#[wasmtime_wasi::async_trait]
impl Pollable for Output {
    async fn ready(&mut self) {}
}

impl OutputStream for Output {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        let mut rest = &bytes[..];
        while !rest.is_empty() {
            let written = self.write_piece(&rest[..rest.len().min(PIECE)])?;
            rest = &rest[written..];
        }
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(MOST)
    }
}

impl IsTerminal for Output {
    fn is_terminal(&self) -> bool {
        match self.stream {
            Stream::Output => std::io::stdout().is_terminal(),
            Stream::Error => std::io::stderr().is_terminal(),
        }
    }
}

impl wasmtime_wasi::cli::StdoutStream for Output {
    /// Of WASI's other versions, which components here do not have.
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(tokio::io::sink())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}
