//! Global variables.

use std::time::Duration;

use wasm_bpf::{MapFlags, ObjectBuilder, Result, RingReader, UserRingBuffer, kernel, signal};

use crate::sdk::OBJECT;
use crate::sdk::types::run;
use crate::{SdkSkel, SdkSkelBuilder, expect_error, load, produce};

const EBUSY: i32 = 16;
const EINVAL: i32 = 22;
const ENOSPC: i32 = 28;

fn numbers(first: u64, count: u64) -> run {
    run { first, count, ..run::default() }
}

pub fn values() -> Result<()> {
    let skel = load()?;
    assert_eq!((skel.rodata.step, skel.bss.total.get()), (2, 100));
    produce(&skel, numbers(1, 3))?;
    assert_eq!(skel.bss.total.get(), 100 + 2 * (1 + 2 + 3));
    skel.bss.total.set(0);
    produce(&skel, numbers(5, 1))?;
    assert_eq!(skel.bss.total.get(), 10);
    // A section outlives its skeleton, and keeps the object.
    let bss = skel.bss;
    assert_eq!(bss.total.get(), 10);
    Ok(())
}

/// The next number of calls that the program has seen is larger after each kind of wait.
pub fn every_wait_brings_them() -> Result<()> {
    let open = SdkSkelBuilder::default().open()?;
    open.progs.nowhere.set_autoload(false)?;
    open.bss.wanted.set(kernel::host_number(kernel::HOST_PROCESS_ID)?.into());
    let mut skel: SdkSkel = open.load()?;
    skel.links.on_call = Some(skel.progs.on_call.attach()?);
    let seen = |skel: &SdkSkel| skel.bss.calls.get();

    let before = seen(&skel);
    assert!(!signal::sleep(Duration::from_millis(2))?);
    signal::sleep(Duration::from_millis(2))?;
    assert!(seen(&skel) > before, "by signal::sleep()");

    let mut ring = UserRingBuffer::new(&skel.maps.input)?;
    while let Ok(record) = ring.reserve(56) {
        record.submit()?;
    }
    let before = seen(&skel);
    for _ in 0..2 {
        expect_error(ring.reserve_blocking(56, Duration::from_millis(2)), ENOSPC, "");
    }
    assert!(seen(&skel) > before, "by reserve_blocking()");

    let before = seen(&skel);
    for _ in 0..2 {
        RingReader::new(&skel.maps.events)?.wait(Duration::from_millis(2))?;
    }
    assert!(seen(&skel) > before, "by wait()");

    // In another way the guest has to ask for it; what it has set itself stands.
    let before = seen(&skel);
    std::thread::sleep(Duration::from_millis(2));
    skel.bss.total.set(77);
    wasm_bpf::sync()?;
    assert!(seen(&skel) > before, "by sync()");
    assert_eq!(skel.bss.total.get(), 77);
    produce(&skel, numbers(1, 1))?;
    assert_eq!(skel.bss.total.get(), 77 + u64::from(skel.rodata.step));
    Ok(())
}

/// An object that takes another's global data starts with what that is by then.
pub fn of_another_object() -> Result<()> {
    let first = load()?;
    produce(&first, numbers(1, 3))?;
    let open = SdkSkelBuilder::default().open()?;
    open.progs.nowhere.set_autoload(false)?;
    open.maps.bss.reuse(&first.maps.bss)?;
    let second: SdkSkel = open.load()?;
    assert_eq!(second.bss.total.get(), first.bss.total.get());
    produce(&second, numbers(5, 1))?;
    assert_eq!(second.bss.total.get(), 100 + 2 * (1 + 2 + 3) + 5 * u64::from(second.rodata.step));
    wasm_bpf::sync()?;
    assert_eq!(first.bss.total.get(), second.bss.total.get());
    Ok(())
}

/// What would be written by the programs of one object must not be given out as the other's before load.
pub fn sections_stay_with_their_object() -> Result<()> {
    let (mut one, mut other) = (SdkSkelBuilder::default().open()?, SdkSkelBuilder::default().open()?);
    std::mem::swap(&mut one.bss, &mut other.bss);
    expect_error(one.load(), EINVAL, "is another object's");
    expect_error(other.load(), EINVAL, "is another object's");

    // Nor are they set behind their back.
    let mut open = SdkSkelBuilder::default().open()?;
    let bytes = open.maps.bss.initial_value()?;
    expect_error(open.maps.bss.set_initial_value(&bytes), EBUSY, "bss\" is the skeleton's");
    open.rodata.step = 3;
    assert_eq!(open.load()?.rodata.step, 3);

    let object = ObjectBuilder::default().open_memory(OBJECT)?;
    object.prog("nowhere")?.set_autoload(false)?;
    let bss = object.map(".bss")?;
    let value = vec![5; bss.info()?.data_bytes as usize];
    expect_error(bss.set_initial_value(&value[1..]), EINVAL, "bss");
    bss.set_initial_value(&value)?;
    assert_eq!(bss.initial_value()?, value);
    let map = object.load()?.map(".bss")?;
    assert_eq!(map.lookup(&0u32.to_ne_bytes(), MapFlags::ANY)?, Some(value));
    Ok(())
}
