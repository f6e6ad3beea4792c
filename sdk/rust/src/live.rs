//! Variables that BPF programs change while the guest looks at them.

use std::cell::UnsafeCell;
use std::fmt;

use crate::pod::Pod;

/// A variable in memory that is shared with BPF programs: read and written as a whole, each time anew.
///
/// Numbers of up to 8 bytes are read in one piece. A larger value may be half of one write and half of another.
///
/// Who may write: the guest by [`set`](Self::set), programs, and whoever else has the map. That holds for the variables of
/// `.data`, `.bss` and custom sections from the object's opening on, and for the elements of a [`Window`](crate::Window).
/// The window of a map that was [frozen](crate::Map::freeze) before is read-only: a store to it ends the guest.
///
/// It is borrowed from its section or window, which keeps the object or map open: a `Live` never outlives its memory. On a
/// host without windows it is a copy, which [`sync`](crate::sync) and all waits bring up to date.
#[repr(transparent)]
pub struct Live<T>(UnsafeCell<T>);

impl<T: Pod> Live<T> {
    /// What is there now.
    #[inline]
    pub fn get(&self) -> T {
        // SAFETY: aligned, and whatever is there is a value. A volatile load is one of memory that others write.
        unsafe { self.0.get().read_volatile() }
    }

    /// Changes it for both sides; without a window, from the next [`sync`](crate::sync) or wait on. The other side may see
    /// a value of more than 8 bytes half-written.
    #[inline]
    pub fn set(&self, value: T) {
        // SAFETY: as above. A page that may not be written traps.
        unsafe { self.0.get().write_volatile(value) }
    }

    /// Reads it, changes that, and writes it back. What a program did in between is lost: programs that count do so by
    /// atomic additions, which no guest can take part in.
    #[inline]
    pub fn update(&self, change: impl FnOnce(&mut T)) {
        let mut value = self.get();
        change(&mut value);
        self.set(value);
    }

    /// Where it lies: good as long as what it was borrowed from. Others may write there at any time, so that it is for
    /// volatile accesses, and no reference may be made of it.
    pub fn as_ptr(&self) -> *mut T {
        self.0.get()
    }

    /// Its value while nobody else has it: before the object is loaded, which is when sections are given out by `&mut`.
    pub fn get_mut(&mut self) -> &mut T {
        self.0.get_mut()
    }
}

impl<T: Pod, const N: usize> Live<[T; N]> {
    /// Its elements, each a variable of its own.
    pub fn elements(&self) -> &[Live<T>] {
        // SAFETY: the elements of the array, in the same kind of cell.
        unsafe { std::slice::from_raw_parts(self.0.get().cast(), N) }
    }
}

impl<T: Pod, const N: usize> std::ops::Index<usize> for Live<[T; N]> {
    type Output = Live<T>;

    fn index(&self, index: usize) -> &Live<T> {
        &self.elements()[index]
    }
}

impl<T: Pod + fmt::Debug> fmt::Debug for Live<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}
