//! Standard output and error: the host writes them, as it writes a module's.

use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime::format_err;
use wasmtime_wasi::cli::IsTerminal;
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamError, StreamResult};

use super::calls::Callbacks;

/// What a guest may hand over by one call.
const MOST: usize = 64 * 1024;

#[derive(Clone)]
pub struct Output {
    fd: i32,
    callbacks: Callbacks,
}

impl Output {
    pub fn standard(callbacks: Callbacks) -> Self {
        Self { fd: 1, callbacks }
    }

    pub fn error(callbacks: Callbacks) -> Self {
        Self { fd: 2, callbacks }
    }
}

#[wasmtime_wasi::async_trait]
impl Pollable for Output {
    async fn ready(&mut self) {}
}

impl OutputStream for Output {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        let errno = match (self.callbacks.write)(self.callbacks.context, self.fd, bytes.as_ptr(), bytes.len()) {
            0 => return Ok(()),
            errno if errno > 0 => errno,
            _ => return Err(StreamError::Trap(format_err!("the guest is ended"))),
        };
        let error = std::io::Error::from_raw_os_error(errno);
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Err(StreamError::Closed),
            _ => Err(StreamError::LastOperationFailed(error.into())),
        }
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
        if self.fd == 1 { std::io::stdout().is_terminal() } else { std::io::stderr().is_terminal() }
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
