//! User ring buffers: records for BPF programs (`bpf_user_ringbuf_drain`).

use std::ops::{Deref, DerefMut};
use std::rc::Rc;
use std::sync::atomic::{Ordering, compiler_fence};
use std::time::{Duration, Instant};

use crate::abi;
use crate::error::{Error, Result, check, errno, filled};
use crate::kinds::MapType;
use crate::map::Map;
use crate::memory::{PAGE, Pages, has_windows, window_of};
use crate::owner::Owner;
use crate::ring::{RingSet, Woken};

const HEADER: usize = 8;
const BUSY: u32 = 1 << 31;
const DISCARD: u32 = 1 << 30;

/// A ring buffer that the guest writes and BPF programs read.
#[derive(Debug)]
pub struct UserRingBuffer {
    set: RingSet, // goes before the ring's memory
    pages: Pages,
    size: usize,
    /// Without a window: records are made in the guest's memory and copied once they are submitted.
    copies: bool,
    _map: Rc<Owner>,
}

impl UserRingBuffer {
    /// Maps it into the guest's memory.
    pub fn new(map: &Map) -> Result<Self> {
        if map.map_type() != MapType::USER_RINGBUF {
            return Err(Error::new(errno::EINVAL, format!("\"{}\" is no user ring buffer", map.name())));
        }
        let size = map.max_entries() as usize;
        let copies = !has_windows();
        let set = RingSet::open()?;
        let pages = Pages::new(if copies { 2 * PAGE + size } else { map.info()?.window_bytes as usize })?;
        let (start, bytes) = window_of(&pages, copies);
        // SAFETY: the memory is the ring's alone, and outlives the set.
        check(unsafe { abi::ring_add(set.handle(), map.handle, start, bytes) })?;
        Ok(Self { set, pages, size, copies, _map: map.owner.clone() })
    }

    /// Room for a record. ENOSPC where there is none now, E2BIG where there never is.
    pub fn reserve(&mut self, bytes: usize) -> Result<UserRecord<'_>> {
        let (header, whole) = self.place(bytes)?;
        Ok(UserRecord { ring: self, header, bytes, whole })
    }

    /// The place of a record that is busy now, and how much it takes of the ring.
    fn place(&mut self, bytes: usize) -> Result<(*mut u8, usize)> {
        let whole = (bytes + HEADER).next_multiple_of(8);
        if bytes >= DISCARD as usize || whole > self.size {
            return Err(Error::new(errno::E2BIG, format!("a record of {bytes} bytes does not fit in the ring")));
        }
        let page = self.page_bytes();
        let (consumer, producer) = self.positions()?;
        if whole > self.size - (producer - consumer) as usize {
            return Err(Error::from_raw_os_error(errno::ENOSPC));
        }
        let place = if self.copies { 0 } else { producer as usize & (self.size - 1) };
        // SAFETY: within the data, of which a window shows a second copy behind the first.
        let header = unsafe { self.pages.as_ptr().add(2 * page + place) };
        // SAFETY: the header lies there; the record is busy before the kernel may look at it.
        unsafe {
            header.cast::<u32>().write_volatile(bytes as u32 | BUSY);
            header.cast::<u32>().add(1).write_volatile(0);
        }
        compiler_fence(Ordering::Release);
        if !self.copies {
            // SAFETY: the producer's page is the guest's to write.
            unsafe { self.pages.as_ptr().add(page).cast::<u64>().write_volatile(producer + whole as u64) };
        }
        Ok((header, whole))
    }

    /// The same, but waits until a program has made room, as long as `timeout` at most (`Duration::MAX`: for ever). ENOSPC at
    /// the timeout, EINTR where a signal ended the wait.
    pub fn reserve_blocking(&mut self, bytes: usize, timeout: Duration) -> Result<UserRecord<'_>> {
        let start = Instant::now();
        loop {
            match self.place(bytes) {
                Err(error) if error.raw_os_error() == errno::ENOSPC => {}
                Err(error) => return Err(error),
                Ok((header, whole)) => return Ok(UserRecord { ring: self, header, bytes, whole }),
            }
            let left = timeout.saturating_sub(start.elapsed());
            if left.is_zero() {
                return Err(Error::from_raw_os_error(errno::ENOSPC));
            }
            if self.set.wait(left)? == Woken::BySignal {
                return Err(Error::from_raw_os_error(errno::EINTR));
            }
        }
    }

    fn page_bytes(&self) -> usize {
        if self.copies { PAGE } else { (self.pages.len() - 2 * self.size) / 2 }
    }

    fn positions(&self) -> Result<(u64, u64)> {
        if self.copies {
            // SAFETY: the host writes at most the struct's size.
            let info =
                filled(abi::RingInfo::new(), |info, size| unsafe { abi::ring_info(self.set.handle(), 0, info, size) })?;
            return Ok((info.consumer_position, info.producer_position));
        }
        let page = self.page_bytes();
        // SAFETY: the pages of positions; the kernel writes the first.
        Ok(unsafe {
            let start = self.pages.as_ptr();
            (start.cast::<u64>().read_volatile(), start.add(page).cast::<u64>().read_volatile())
        })
    }
}

/// Room for a record, as bytes of whatever was there. Programs get it once it is submitted; dropped, they skip it.
#[derive(Debug)]
pub struct UserRecord<'ring> {
    ring: &'ring mut UserRingBuffer,
    header: *mut u8,
    bytes: usize,
    whole: usize,
}

impl UserRecord<'_> {
    /// Hands it over.
    pub fn submit(self) -> Result<()> {
        let result = self.complete(0);
        std::mem::forget(self);
        result
    }

    fn complete(&self, flags: u32) -> Result<()> {
        // The data are there before the record is complete.
        compiler_fence(Ordering::Release);
        // SAFETY: the record's own header.
        unsafe { self.header.cast::<u32>().write_volatile(self.bytes as u32 | flags) };
        if self.ring.copies && flags == 0 {
            // SAFETY: the host reads the record.
            let taken = check(unsafe {
                abi::ring_write(self.ring.set.handle(), 0, self.header.cast_const().cast(), self.whole as u32)
            })?;
            if taken == 0 {
                return Err(Error::from_raw_os_error(errno::ENOSPC));
            }
        }
        Ok(())
    }
}

impl Drop for UserRecord<'_> {
    fn drop(&mut self) {
        // Where it is in no ring yet there is nothing to skip, and nothing that can fail.
        let _ = self.complete(DISCARD);
    }
}

impl Deref for UserRecord<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: reserved, and the kernel does not look at it before it is complete.
        unsafe { std::slice::from_raw_parts(self.header.add(HEADER), self.bytes) }
    }
}

impl DerefMut for UserRecord<'_> {
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY: as above.
        unsafe { std::slice::from_raw_parts_mut(self.header.add(HEADER), self.bytes) }
    }
}
