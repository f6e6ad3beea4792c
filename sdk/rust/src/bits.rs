//! Bit fields and members of unions, for generated types.

use crate::pod::Pod;

/// `size` bits (at most 64) from bit `offset` of little-endian memory on.
#[inline]
pub fn get(bytes: &[u8], offset: usize, size: usize) -> u64 {
    let last = (offset + size).div_ceil(8);
    let mut value = 0u128;
    for at in (offset / 8..last).rev() {
        value = value << 8 | bytes[at] as u128;
    }
    (value >> (offset % 8)) as u64 & mask(size)
}

/// The same of a number with a sign.
#[inline]
pub fn get_signed(bytes: &[u8], offset: usize, size: usize) -> i64 {
    let unused = 64 - size as u32;
    (get(bytes, offset, size) << unused) as i64 >> unused
}

/// Puts the lower `size` bits of `value` there, and leaves the others as they are.
#[inline]
pub fn set(bytes: &mut [u8], offset: usize, size: usize, value: u64) {
    let shift = offset % 8;
    let value = ((value & mask(size)) as u128) << shift;
    let mask = (mask(size) as u128) << shift;
    for (at, byte) in bytes[offset / 8..(offset + size).div_ceil(8)].iter_mut().enumerate() {
        *byte = *byte & !(mask >> (8 * at)) as u8 | (value >> (8 * at)) as u8;
    }
}

fn mask(size: usize) -> u64 {
    if size >= 64 { u64::MAX } else { (1 << size) - 1 }
}

/// A member of a union, which begins where the union does.
#[inline]
pub fn read<T: Pod>(bytes: &[u8]) -> T {
    T::read(bytes).expect("a union is as large as its members")
}

/// Writes a member of a union.
#[inline]
pub fn write<T: Pod>(bytes: &mut [u8], value: T) {
    bytes[..size_of::<T>()].copy_from_slice(value.as_bytes());
}
