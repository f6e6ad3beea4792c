//! Links: what is attached.

use std::io::{self, Read};

use crate::abi::{self, Handle, LinkInfo};
use crate::error::{Result, check, filled};
use crate::map::Map;
use crate::owner::Owned;
use crate::program::Program;

/// An attachment. Dropping it detaches, unless it is pinned or [left](Self::disconnect).
#[derive(Debug)]
pub struct Link {
    handle: Owned,
}

impl Link {
    pub(crate) fn new(handle: Handle) -> Self {
        Self { handle: Owned::new(handle) }
    }

    /// A link from where it is pinned.
    pub fn open(path: &str) -> Result<Self> {
        // SAFETY: the host reads the path.
        Ok(Self::new(check(unsafe { abi::open_pinned(path.as_ptr().cast(), path.len() as u32, abi::PINNED_LINK, 0) })?))
    }

    /// Puts another loaded program in the place of the link's own, with no moment between them.
    pub fn update_prog(&mut self, program: &Program) -> Result<()> {
        // SAFETY: no memory is involved; so below.
        check(unsafe { abi::link_update(self.handle(), program.handle()) })?;
        Ok(())
    }

    /// Puts another struct_ops map in the place of the link's own.
    pub fn update_map(&mut self, map: &Map) -> Result<()> {
        // SAFETY: as above.
        check(unsafe { abi::link_update(self.handle(), map.handle()) })?;
        Ok(())
    }

    /// Detaches now; the link stays a name for what was attached. EOPNOTSUPP for kinds that end with the link alone (all
    /// that trace): drop those.
    pub fn detach(&mut self) -> Result<()> {
        // SAFETY: as above.
        check(unsafe { abi::link_detach(self.handle()) })?;
        Ok(())
    }

    /// Leaves it attached to the guest's end.
    pub fn disconnect(self) {
        std::mem::forget(self);
    }

    /// Pins it at a path of a BPF file system: it then stays attached when the guest has ended.
    pub fn pin(&mut self, path: &str) -> Result<()> {
        // SAFETY: the host reads the path; so below.
        check(unsafe { abi::pin(self.handle(), path.as_ptr().cast(), path.len() as u32) })?;
        Ok(())
    }

    /// Removes its pin.
    pub fn unpin(&mut self, path: &str) -> Result<()> {
        // SAFETY: as above.
        check(unsafe { abi::unpin(self.handle(), path.as_ptr().cast(), path.len() as u32) })?;
        Ok(())
    }

    /// What the kernel says of it. EOPNOTSUPP for an attachment that is no link of the kernel's (a legacy tc filter, a
    /// socket's filter).
    pub fn info(&self) -> Result<LinkInfo> {
        // SAFETY: the host writes at most the struct's size.
        filled(LinkInfo::new(), |info, size| unsafe { abi::link_info(self.handle(), info, size) })
    }

    /// The number that stands for it in the guest ABI.
    pub fn handle(&self) -> Handle {
        self.handle.get()
    }
}

/// One pass of an attached iterator: what its program writes.
#[derive(Debug)]
pub struct Iter {
    stream: Owned,
}

impl Iter {
    /// Begins a pass.
    pub fn new(link: &Link) -> Result<Self> {
        // SAFETY: no memory is involved.
        let stream = check(unsafe { abi::iterator_open(link.handle()) })?;
        Ok(Self { stream: Owned::new(stream) })
    }
}

impl Read for Iter {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        read_stream(self.stream.get(), buffer).map_err(io::Error::from)
    }
}

pub(crate) fn read_stream(stream: Handle, buffer: &mut [u8]) -> Result<usize> {
    // SAFETY: the host writes at most the size.
    let read = check(unsafe { abi::stream_read(stream, buffer.as_mut_ptr().cast(), buffer.len() as u32) })?;
    Ok(read as usize)
}
