//! What libbpf says in the host during the guest's calls.

use crate::abi;
use crate::error::{Result, check};

/// How much a message matters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Level {
    /// Something is wrong.
    Warn = 0,
    /// Something is worth to know.
    Info = 1,
    /// Everything else.
    Debug = 2,
}

/// Keeps messages of up to this level from now on, 4 MiB at most; none: no more.
pub fn keep(level: Option<Level>) -> Result<()> {
    // SAFETY: no memory is involved.
    check(unsafe { abi::log_keep(level.map_or(-1, |level| level as i32)) })?;
    Ok(())
}

/// Takes the messages that were kept, in their order.
pub fn messages() -> impl Iterator<Item = (Level, String)> {
    let mut room = vec![0u8; 1024];
    std::iter::from_fn(move || {
        loop {
            let mut level = 0u32;
            // SAFETY: the host writes a number, and at most the room's size.
            let length = unsafe { abi::log_next((&raw mut level).cast(), room.as_mut_ptr().cast(), room.len() as u32) };
            let length = usize::try_from(length).ok().filter(|&length| length > 0)?;
            if length < room.len() {
                let level = [Level::Warn, Level::Info, Level::Debug][level.min(2) as usize];
                return Some((level, String::from_utf8_lossy(&room[..length]).into_owned()));
            }
            room.resize(length + 1, 0);
        }
    })
}
