//! Handles that are closed when nobody has them any more.

use std::cell::RefCell;
use std::rc::Rc;

use crate::abi::{self, Handle};
use crate::memory::Pages;

/// A handle of the guest's own.
#[derive(Debug)]
pub(crate) struct Owned(Handle);

impl Owned {
    /// Takes over what a call of the host's returned.
    pub fn new(handle: Handle) -> Self {
        Self(handle)
    }

    #[inline]
    pub fn get(&self) -> Handle {
        self.0
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        // SAFETY: no memory is involved; what has windows closes them before it frees their memory.
        unsafe { abi::close(self.0) };
    }
}

/// An object, or a map without one, with the memory that its windows lie in: kept by everything that is a part of it.
#[derive(Debug)]
pub(crate) struct Owner {
    handle: Handle,
    /// Each with its map.
    windows: RefCell<Vec<(Handle, Rc<Pages>)>>,
    /// Of ring buffers without a window: records that were copied, and that no reader has looked at.
    left: RefCell<Vec<(Handle, Vec<u8>)>>,
}

impl Owner {
    pub fn new(handle: Handle) -> Rc<Self> {
        Rc::new(Self { handle, windows: RefCell::default(), left: RefCell::default() })
    }

    pub fn handle(&self) -> Handle {
        self.handle
    }

    /// Keeps the memory of a map's window, or of the copy of its variables, until the host has closed it.
    pub fn keep(&self, map: Handle, window: Rc<Pages>) {
        self.windows.borrow_mut().push((map, window));
    }

    /// Keeps records for the map's next reader.
    pub fn leave(&self, map: Handle, records: Vec<u8>) {
        self.left.borrow_mut().push((map, records));
    }

    pub fn take_left(&self, map: Handle) -> Vec<u8> {
        let mut left = self.left.borrow_mut();
        left.iter().position(|(of, _)| *of == map).map_or(Vec::new(), |place| left.swap_remove(place).1)
    }

    pub fn keeps(&self, map: Handle) -> bool {
        self.windows.borrow().iter().any(|(of, _)| *of == map)
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        // SAFETY: ordinary memory is put back under the windows, which are freed after this.
        unsafe { abi::close(self.handle) };
    }
}
