//! Memory of the guest's that the host maps kernel memory over.

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::ffi::c_void;
use std::ptr::NonNull;

use crate::abi;
use crate::error::{Error, Result, errno};

pub(crate) const PAGE: usize = 4096;

/// Whether the host has windows. Otherwise everything is copied.
pub(crate) fn has_windows() -> bool {
    // SAFETY: it takes no memory.
    let features = unsafe { abi::host_features() };
    features > 0 && features as u32 & abi::HOST_WINDOWS != 0
}

/// A buffer's memory as the host takes it: none where it is to copy.
pub(crate) fn window_of(pages: &Pages, copies: bool) -> (*mut c_void, u32) {
    if copies { (std::ptr::null_mut(), 0) } else { (pages.as_ptr().cast(), pages.len() as u32) }
}

/// Zeroed memory on a page's border, freed with it.
#[derive(Debug)]
pub(crate) struct Pages {
    start: NonNull<u8>,
    layout: Layout,
}

impl Pages {
    /// Of at least one byte.
    pub fn new(bytes: usize) -> Result<Self> {
        let layout = Layout::from_size_align(bytes.max(1), PAGE)
            .map_err(|_| Error::new(errno::EINVAL, "a window of that size cannot be"))?;
        // SAFETY: its size is not 0.
        let start = unsafe { alloc_zeroed(layout) };
        let start = NonNull::new(start)
            .ok_or_else(|| Error::new(errno::ENOMEM, format!("no memory for a window of {bytes} bytes")))?;
        Ok(Self { start, layout })
    }

    pub fn as_ptr(&self) -> *mut u8 {
        self.start.as_ptr()
    }

    pub fn len(&self) -> usize {
        self.layout.size()
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        // SAFETY: allocated so, and no window is left in it: those who keep it close theirs first.
        unsafe { dealloc(self.start.as_ptr(), self.layout) };
    }
}
