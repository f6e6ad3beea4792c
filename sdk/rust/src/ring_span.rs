//! What is there of a ring buffer, record by record, in the kernel's own framing (docs/guest_memory.md).

use std::sync::atomic::{Ordering, compiler_fence};

const HEADER: usize = 8;
const BUSY: u32 = 1 << 31;
const DISCARD: u32 = 1 << 30;

/// The records that are there now, in guest memory. A window shows the data twice in a row, so that none is broken at the
/// end; a batch is no longer than the ring.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub place: *const u8,
    pub end: *const u8,
    /// From an address to the position that it stands for.
    pub base: u64,
}

/// What lies at a place.
pub(crate) enum Found<'a> {
    Record(&'a [u8]),
    Discarded,
    Nothing,
    /// No record: it would end beyond what is there. The rest is given up.
    Broken,
}

impl Span {
    /// What is next, and where it ends.
    ///
    /// # Safety
    /// The span must be of a ring whose memory outlives `'a`, and of which no room behind `place` was given back.
    #[inline(always)]
    pub unsafe fn next<'a>(&mut self) -> Found<'a> {
        if self.place >= self.end {
            return Found::Nothing;
        }
        // SAFETY: before the end there is a header, by the kernel's framing.
        let header = unsafe { self.place.cast::<u32>().read_volatile() };
        // What is read of the record is read after this load.
        compiler_fence(Ordering::Acquire);
        if header >= DISCARD {
            return self.next_but_no_record(header);
        }
        let (start, length) = (self.place.wrapping_add(HEADER), header as usize);
        let next = self.place.wrapping_add(whole(length));
        if next > self.end {
            return self.give_up();
        }
        self.place = next;
        // SAFETY: so many bytes follow the header, which nobody writes until their room is given back.
        Found::Record(unsafe { std::slice::from_raw_parts(start, length) })
    }

    #[cold]
    fn next_but_no_record<'a>(&mut self, header: u32) -> Found<'a> {
        if header & BUSY != 0 {
            return Found::Nothing;
        }
        let next = self.place.wrapping_add(whole((header & !DISCARD) as usize));
        if next > self.end {
            return self.give_up();
        }
        self.place = next;
        Found::Discarded
    }

    #[cold]
    fn give_up<'a>(&mut self) -> Found<'a> {
        self.place = self.end;
        Found::Broken
    }
}

/// Of a record and its header, with what is between it and the next.
#[inline(always)]
fn whole(length: usize) -> usize {
    (length + HEADER + 7) & !7
}
