//! Plain data.

use std::fmt;

/// Plain data that guest and BPF programs exchange as it lies in memory.
///
/// # Safety
/// Every bit pattern of its size is a value of the type, and it has no padding: each of its bytes belongs to a field. So no
/// references, no `bool`, `char` or Rust `enum`, and the layout is fixed (`#[repr(C)]`). The types that skeletons declare
/// are so; [`pod!`](crate::pod!) checks it for those written by hand.
pub unsafe trait Pod: Copy + 'static {
    /// The value whose bytes are all 0.
    fn zeroed() -> Self {
        // SAFETY: every bit pattern is a value.
        unsafe { std::mem::zeroed() }
    }

    /// Its bytes.
    fn as_bytes(&self) -> &[u8] {
        // SAFETY: it has no padding, so that all of them are there.
        unsafe { std::slice::from_raw_parts((&raw const *self).cast(), size_of::<Self>()) }
    }

    /// Its bytes, to be written: whatever they are then, it is a value.
    fn as_bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: every bit pattern is a value.
        unsafe { std::slice::from_raw_parts_mut((&raw mut *self).cast(), size_of::<Self>()) }
    }

    /// A view of bytes. None where they are fewer than the value's, or lie where the type cannot.
    fn view(bytes: &[u8]) -> Option<&Self> {
        let start = bytes.as_ptr().cast::<Self>();
        // SAFETY: enough bytes, aligned, any of which are a value.
        (bytes.len() >= size_of::<Self>() && start.is_aligned()).then(|| unsafe { &*start })
    }

    /// A copy out of bytes, wherever they lie. None where they are fewer than the value's.
    fn read(bytes: &[u8]) -> Option<Self> {
        // SAFETY: enough bytes, any of which are a value.
        (bytes.len() >= size_of::<Self>()).then(|| unsafe { bytes.as_ptr().cast::<Self>().read_unaligned() })
    }
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        // SAFETY: numbers have neither padding nor invalid values.
        unsafe impl Pod for $number {}
    )*};
}
numbers!(u8, i8, u16, i16, u32, i32, u64, i64, u128, i128, f32, f64, ());

// SAFETY: elements lie side by side.
unsafe impl<T: Pod, const N: usize> Pod for [T; N] {}

/// A `_Bool` of BPF: one byte, of which any value but 0 is true. (Rust's own has no other values than 0 and 1.)
#[repr(transparent)]
#[derive(Clone, Copy, Default)]
pub struct Bool(u8);

// SAFETY: one byte of any value.
unsafe impl Pod for Bool {}

impl Bool {
    /// Its value.
    pub const fn get(self) -> bool {
        self.0 != 0
    }
}

impl From<bool> for Bool {
    fn from(value: bool) -> Self {
        Self(value as u8)
    }
}

impl From<Bool> for bool {
    fn from(value: Bool) -> Self {
        value.get()
    }
}

impl PartialEq for Bool {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl Eq for Bool {}

impl PartialEq<bool> for Bool {
    fn eq(&self, other: &bool) -> bool {
        self.get() == *other
    }
}

impl fmt::Debug for Bool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

/// A text of BPF: up to its terminator, or all of it. What is no UTF-8 is replaced.
pub fn text(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(&bytes[..end])
}

/// Declares structs as [`Pod`]: `#[repr(C)]`, `Copy`, of `Pod` fields, without padding. What does not fit is an error of the
/// compiler's.
///
/// ```ignore
/// wasm_bpf::pod! {
///     /// As in hello.h.
///     #[derive(Debug)]
///     pub struct Event {
///         pub pid: u32,
///         pub name: [u8; 16],
///     }
/// }
/// ```
#[macro_export]
macro_rules! pod {
    ($($(#[$meta:meta])* $visibility:vis struct $name:ident {
        $($(#[$field_meta:meta])* $field_visibility:vis $field:ident : $type:ty),* $(,)?
    })*) => {$(
        $(#[$meta])*
        #[repr(C)]
        #[derive(Clone, Copy)]
        $visibility struct $name {
            $($(#[$field_meta])* $field_visibility $field: $type),*
        }

        const _: () = {
            const fn is_pod<T: $crate::Pod>() -> usize { ::core::mem::size_of::<T>() }
            assert!(
                ::core::mem::size_of::<$name>() == 0 $(+ is_pod::<$type>())*,
                "the struct has padding: declare it as a field"
            );
        };
        // SAFETY: checked above.
        unsafe impl $crate::Pod for $name {}
    )*};
}
