//! Errors of the host, with its words.

use std::fmt;
use std::io;

use crate::abi;

/// What the functions of this crate return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call failed: Linux' error number, and the host's text, which names what was asked for and, where a program was
/// refused, has the end of the verifier's log.
#[derive(Clone)]
pub struct Error {
    errno: i32,
    text: Option<Box<str>>,
}

/// Linux' numbers, which are not those of WASI's `std::io`.
pub(crate) mod errno {
    pub const EPERM: i32 = 1;
    pub const ENOENT: i32 = 2;
    pub const EINTR: i32 = 4;
    pub const EIO: i32 = 5;
    pub const E2BIG: i32 = 7;
    pub const EAGAIN: i32 = 11;
    pub const ENOMEM: i32 = 12;
    pub const EACCES: i32 = 13;
    pub const EBUSY: i32 = 16;
    pub const EEXIST: i32 = 17;
    pub const ENODEV: i32 = 19;
    pub const ENOTDIR: i32 = 20;
    pub const EISDIR: i32 = 21;
    pub const EINVAL: i32 = 22;
    pub const ENOSPC: i32 = 28;
    pub const EBADMSG: i32 = 74;
    pub const EOPNOTSUPP: i32 = 95;
    pub const ETIMEDOUT: i32 = 110;
    /// The kernel's own "not supported", of map types without batches.
    pub const ENOTSUPP: i32 = 524;
}

impl Error {
    /// Of an error number of Linux', without a text.
    pub fn from_raw_os_error(errno: i32) -> Self {
        Self { errno, text: None }
    }

    /// Of this crate's own.
    pub(crate) fn new(errno: i32, text: impl Into<Box<str>>) -> Self {
        Self { errno, text: Some(text.into()) }
    }

    /// Of a file of the guest's own, whose numbers are WASI's.
    pub(crate) fn from_io(error: &io::Error) -> Self {
        const NOT_CAPABLE: i32 = 76;
        let errno = match (error.kind(), error.raw_os_error()) {
            (io::ErrorKind::NotFound, _) => errno::ENOENT,
            (io::ErrorKind::PermissionDenied, _) | (_, Some(NOT_CAPABLE)) => errno::EACCES,
            (io::ErrorKind::IsADirectory, _) => errno::EISDIR,
            (io::ErrorKind::NotADirectory, _) => errno::ENOTDIR,
            (io::ErrorKind::OutOfMemory, _) => errno::ENOMEM,
            (io::ErrorKind::InvalidInput, _) => errno::EINVAL,
            (_, None) => errno::ENOENT, // in no folder that the guest was given
            _ => errno::EIO,
        };
        Self::new(errno, error.to_string())
    }

    /// Of the host's last call, which returned `code`.
    #[cold]
    #[inline(never)]
    pub(crate) fn last(code: i32) -> Self {
        Self {
            errno: -code,
            text: host_text(|text, size| {
                // SAFETY: the host writes at most `size` bytes.
                unsafe { abi::error_text(text, size) }
            }),
        }
    }

    /// The error number, as Linux has it.
    pub fn raw_os_error(&self) -> i32 {
        self.errno
    }

    /// What kind of error that is.
    pub fn kind(&self) -> io::ErrorKind {
        use errno::*;
        match self.errno {
            EPERM | EACCES => io::ErrorKind::PermissionDenied,
            ENOENT | ENODEV => io::ErrorKind::NotFound,
            EINTR => io::ErrorKind::Interrupted,
            E2BIG => io::ErrorKind::ArgumentListTooLong,
            EAGAIN => io::ErrorKind::WouldBlock,
            ENOMEM => io::ErrorKind::OutOfMemory,
            EBUSY => io::ErrorKind::ResourceBusy,
            EEXIST => io::ErrorKind::AlreadyExists,
            EINVAL => io::ErrorKind::InvalidInput,
            ENOSPC => io::ErrorKind::StorageFull,
            EOPNOTSUPP | ENOTSUPP => io::ErrorKind::Unsupported,
            ETIMEDOUT => io::ErrorKind::TimedOut,
            _ => io::ErrorKind::Other,
        }
    }

    /// The same error, after what was tried.
    #[must_use]
    pub fn context(self, what: impl fmt::Display) -> Self {
        Self { text: Some(format!("{what}: {self}").into()), ..self }
    }
}

/// A text of the host's, whose writer gives its length without the terminator.
pub(crate) fn host_text(write: impl Fn(*mut core::ffi::c_void, u32) -> i32) -> Option<Box<str>> {
    let mut room = vec![0u8; 256];
    loop {
        let length = usize::try_from(write(room.as_mut_ptr().cast(), room.len() as u32)).ok()?;
        if length < room.len() {
            room.truncate(length);
            return (length > 0).then(|| String::from_utf8_lossy(&room).into());
        }
        room.resize(length + 1, 0);
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(text) = &self.text {
            return f.write_str(text);
        }
        // SAFETY: the host writes at most `size` bytes.
        match host_text(|text, size| unsafe { abi::error_name(self.errno, text, size) }) {
            Some(name) => f.write_str(&name),
            None => write!(f, "error {}", self.errno),
        }
    }
}

/// As `Display`, so that a `main` that returns it says why it failed.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self} (os error {})", self.errno)
    }
}

impl std::error::Error for Error {}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        io::Error::new(error.kind(), error)
    }
}

/// A struct as the host fills it in: by a call that takes where it is, and its size.
pub(crate) fn filled<T: Copy>(mut info: T, fill: impl FnOnce(*mut core::ffi::c_void, u32) -> i32) -> Result<T> {
    check(fill((&raw mut info).cast(), size_of::<T>() as u32))?;
    Ok(info)
}

/// A result of the host's: `>= 0`, or a negative error number, with a text.
#[inline]
pub(crate) fn check(code: i32) -> Result<i32> {
    if code >= 0 { Ok(code) } else { Err(Error::last(code)) }
}
