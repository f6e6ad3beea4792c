//! Signals of the guest: Ctrl-C and its kin.
//!
//! A guest that asks for nothing is ended by them. One that has [`on_interrupt`] goes on, and sees a flag; the wait that it is
//! in ends.

use std::time::Duration;

use crate::abi;
use crate::error::{Error, Result, check, errno};
use crate::ring::{RingSet, Woken};

/// Signal numbers, as Linux has them.
pub const SIGHUP: i32 = 1;
/// Ctrl-C.
pub const SIGINT: i32 = 2;
/// The first of two for the program's own use.
pub const SIGUSR1: i32 = 10;
/// The second.
pub const SIGUSR2: i32 = 12;
/// Of [`alarm`].
pub const SIGALRM: i32 = 14;
/// What `kill` sends.
pub const SIGTERM: i32 = 15;

const COUNT: usize = 65;

/// One byte a signal, written by handlers alone but for [`Flag::clear`].
static mut SEEN: [u8; COUNT] = [0; COUNT];

/// Runs between any two instructions of the guest, whose stack may be in use beyond its pointer there: so it has none, in
/// whatever profile it is compiled. One number a function, since an argument would have a place on it.
extern "C" fn handler<const SIGNAL: usize>(_: i32, _: i32, _: i32) -> i32 {
    // SAFETY: a store of one byte, which is read by volatile loads.
    unsafe { SEEN[SIGNAL] = 1 };
    0
}

type Handler = extern "C" fn(i32, i32, i32) -> i32;

/// Those that have one.
const HANDLERS: &[(i32, Handler)] = &[
    (SIGHUP, handler::<1>),
    (SIGINT, handler::<2>),
    (SIGUSR1, handler::<10>),
    (SIGUSR2, handler::<12>),
    (SIGALRM, handler::<14>),
    (SIGTERM, handler::<15>),
];

/// Whether one of some signals came.
#[derive(Clone, Copy, Debug)]
pub struct Flag {
    signals: u64,
}

impl Flag {
    /// Whether one came since the flag was made or [cleared](Self::clear).
    pub fn is_set(&self) -> bool {
        self.each().any(seen)
    }

    /// Forgets those that came.
    pub fn clear(&self) {
        for signal in self.each() {
            // SAFETY: one byte of the array.
            unsafe { (&raw mut SEEN).cast::<u8>().add(signal).write_volatile(0) };
        }
    }

    fn each(self) -> impl Iterator<Item = usize> {
        let next = |left: u64| Some(left & (left - 1)).filter(|&left| left != 0);
        std::iter::successors(Some(self.signals).filter(|&signals| signals != 0), move |&left| next(left))
            .map(|left| left.trailing_zeros() as usize + 1)
    }
}

fn seen(signal: usize) -> bool {
    // SAFETY: one byte of the array.
    unsafe { (&raw const SEEN).cast::<u8>().add(signal).read_volatile() != 0 }
}

fn bit(signal: i32) -> u64 {
    1 << (signal - 1)
}

/// A flag that Ctrl-C (SIGINT) and SIGTERM set instead of ending the guest. A [poll](crate::RingBuffer::poll) that they come in
/// returns at once.
pub fn on_interrupt() -> Result<Flag> {
    flag(&[SIGINT, SIGTERM])
}

/// A flag that these signals set instead of what they do by default: of the constants of this module.
pub fn flag(signals: &[i32]) -> Result<Flag> {
    let mut flag = Flag { signals: 0 };
    for &signal in signals {
        handler_of(signal)?;
        flag.signals |= bit(signal);
    }
    // Before there are handlers: what comes from then on is seen.
    flag.clear();
    for &signal in signals {
        action(signal, abi::SIGNAL_HANDLE, handler_of(signal)? as usize as u32)?;
    }
    Ok(flag)
}

fn handler_of(signal: i32) -> Result<Handler> {
    let found = HANDLERS.iter().find(|(number, _)| *number == signal);
    found
        .map(|(_, handler)| *handler)
        .ok_or_else(|| Error::new(errno::EINVAL, format!("signal {signal} is none that a flag can be had for")))
}

/// Has nothing happen when the signal comes.
pub fn ignore(signal: i32) -> Result<()> {
    action(signal, abi::SIGNAL_IGNORE, 0)
}

/// Has happen what does by default.
pub fn reset(signal: i32) -> Result<()> {
    action(signal, abi::SIGNAL_DEFAULT, 0)
}

fn action(signal: i32, action: i32, function: u32) -> Result<()> {
    // SAFETY: the function is in the guest's table, and needs nothing of what it interrupts.
    check(unsafe { abi::signal_action(signal, action, 0, function) })?;
    Ok(())
}

/// Sends the guest a signal. What is done about it is done when this returns.
pub fn raise(signal: i32) -> Result<()> {
    // SAFETY: no memory is involved; so below.
    check(unsafe { abi::signal_raise(signal) })?;
    Ok(())
}

/// Has SIGALRM sent to the guest after a time, and then, unless it is 0, in intervals. A first time of 0: never.
pub fn alarm(first: Duration, interval: Duration) {
    let nanoseconds = |time: Duration| {
        let whole = time.as_secs().saturating_mul(1_000_000_000);
        whole.saturating_add(time.subsec_nanos().into()).min(abi::ALARM_AS_IT_IS - 1)
    };
    // SAFETY: as above.
    unsafe { abi::signal_alarm(nanoseconds(first), nanoseconds(interval)) };
}

/// Waits until a signal was handled, as long as `timeout` at most: a sleep that Ctrl-C ends. Whether one was.
pub fn sleep(timeout: Duration) -> Result<bool> {
    // A set of rings without any: its wait is a sleep that signals end.
    Ok(RingSet::open()?.wait(timeout)? == Woken::BySignal)
}
