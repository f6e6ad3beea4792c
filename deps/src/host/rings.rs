//! Ring, perf and user ring buffers.

use wasmtime::component::{Linker, Resource};

use super::bpf::errors::Error;
use super::bpf::rings::{Host, HostRing, PerfOptions, RingInfo};
use super::calls::{Calls, Import};
use super::programs::{MOST_READ, list};
use super::{Failure, Guest, Map, Outcome, Ring, handle, own};
use crate::abi;

impl Host for Guest {}

/// The records of one batch, where they lie in the staging memory.
fn read(calls: &mut Calls, ring: u64, index: u32, most: u32) -> Outcome<&[u8]> {
    let room = most.min(MOST_READ);
    let at = calls.start().room(room as usize)?;
    let size = calls.call(Import::ring_read, [ring, index.into(), at, room.into()])?;
    Ok(calls.at(at, size as usize))
}

/// `ring.read` in the place of the generated one, which takes a list of its own: the records go from the staging memory to
/// the guest's.
pub fn define_read(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    linker.allow_shadowing(true);
    linker.instance("wasm-bpf:bpf/rings@0.1.0")?.func_wrap(
        "[method]ring.read",
        |mut store: wasmtime::StoreContextMut<'_, Guest>, (ring, index, most): (Resource<Ring>, u32, u32)| {
            match read(&mut store.data_mut().calls, handle(&ring), index, most) {
                // SAFETY: the staging memory lives as long as the store, and nothing writes to it before the list is
                // copied: the guest's allocator, which runs meanwhile, can call no import.
                Ok(records) => Ok((Ok(unsafe { core::mem::transmute::<&[u8], &'static [u8]>(records) }),)),
                Err(Failure::Told(error)) => Ok((Err::<&'static [u8], Error>(error),)),
                Err(Failure::Ends(error)) => Err(error),
            }
        },
    )?;
    linker.allow_shadowing(false);
    Ok(())
}

impl HostRing for Guest {
    fn open(&mut self) -> Outcome<Resource<Ring>> {
        Ok(own(self.start().call(Import::ring_open, [])?))
    }

    fn add(&mut self, ring: Resource<Ring>, map: Resource<Map>) -> Outcome<u32> {
        Ok(self.start().call(Import::ring_add, [handle(&ring), handle(&map), 0, 0])? as u32)
    }

    fn add_perf(&mut self, ring: Resource<Ring>, map: Resource<Map>, options: PerfOptions) -> Outcome<u32> {
        let calls = self.start();
        let (attr, attr_size) = list(calls, &options.attr)?;
        let at = calls.value(&abi::PerfRingOptions {
            cpu: options.cpu as i32,
            map_key: options.map_key.unwrap_or(options.cpu),
            pages: options.pages,
            sample_period: options.sample_period,
            wakeup_events: options.wakeup_events,
            attr,
            attr_size,
            ..abi::PerfRingOptions::new()
        })?;
        Ok(calls.call(Import::perf_ring_add, [handle(&ring), handle(&map), at, 0, 0])? as u32)
    }

    fn wait(&mut self, ring: Resource<Ring>, timeout_ms: Option<u32>) -> Outcome<u32> {
        self.check_stop()?;
        let timeout = timeout_ms.map_or(-1, |timeout| timeout.min(i32::MAX as u32) as i32);
        Ok(self.start().call(Import::ring_wait, [handle(&ring), u64::from(timeout as u32)])? as u32)
    }

    fn read(&mut self, ring: Resource<Ring>, index: u32, most: u32) -> Outcome<Vec<u8>> {
        Ok(read(&mut self.calls, handle(&ring), index, most)?.to_vec())
    }

    fn write(&mut self, ring: Resource<Ring>, index: u32, records: Vec<u8>) -> Outcome<u32> {
        let calls = self.start();
        let at = calls.bytes(&records)?;
        Ok(calls.call(Import::ring_write, [handle(&ring), index.into(), at, records.len() as u64])? as u32)
    }

    fn info(&mut self, ring: Resource<Ring>, index: u32) -> Outcome<RingInfo> {
        let calls = self.start();
        let at = calls.value(&abi::RingInfo::new())?;
        let size = size_of::<abi::RingInfo>() as u64;
        calls.call(Import::ring_info, [handle(&ring), index.into(), at, size])?;
        let info: abi::RingInfo = calls.read(at);
        Ok(RingInfo {
            consumer_position: info.consumer_position,
            producer_position: info.producer_position,
            data_bytes: info.data_bytes,
        })
    }

    fn drop(&mut self, ring: Resource<Ring>) -> wasmtime::Result<()> {
        self.close(ring)
    }
}
