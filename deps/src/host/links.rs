//! Links, and passes of iterators.

use wasmtime::component::Resource;

use super::bpf::objects::{HostLink, HostPass, LinkInfo};
use super::calls::{Import, terminated};
use super::programs::MOST_READ;
use super::{Guest, Link, Map, Outcome, Pass, Program, handle, own};
use crate::abi;

impl Guest {
    pub fn read_stream(&mut self, stream: u64, most: u32) -> Outcome<Vec<u8>> {
        let calls = self.start();
        let room = most.min(MOST_READ);
        let at = calls.room(room as usize)?;
        let size = calls.call(Import::stream_read, [stream, at, room.into()])?;
        Ok(calls.at(at, size as usize).to_vec())
    }
}

impl HostLink for Guest {
    fn open_pinned(&mut self, path: String) -> Outcome<Resource<Link>> {
        let (at, size) = self.start().text(&path)?;
        Ok(own(self.calls.call(Import::open_pinned, [at, size, abi::PINNED_LINK.into(), 0])?))
    }

    fn info(&mut self, link: Resource<Link>) -> Outcome<LinkInfo> {
        let calls = self.start();
        let at = calls.value(&abi::LinkInfo::new())?;
        calls.call(Import::link_info, [handle(&link), at, size_of::<abi::LinkInfo>() as u64])?;
        let info: abi::LinkInfo = calls.read(at);
        Ok(LinkInfo {
            link_type: info.type_,
            id: info.id,
            program_id: info.program_id,
            attach_type: info.attach_type,
            target_id: info.target_id,
            target_type_id: info.target_type_id,
            target: terminated(&info.target),
            cookie: info.cookie,
            offset: info.offset,
            address: info.address,
            missed: info.missed,
            ref_ctr_offset: info.ref_ctr_offset,
            interface_index: info.interface_index,
            flags: info.flags,
            count: info.count,
            protocol_family: info.protocol_family,
            hook: info.hook,
            priority: info.priority,
            perf_event_type: info.perf_event_type,
            pid: info.pid,
            tid: info.tid,
        })
    }

    fn update(&mut self, link: Resource<Link>, replacement: Resource<Program>) -> Outcome<()> {
        self.start().call(Import::link_update, [handle(&link), handle(&replacement)])?;
        Ok(())
    }

    fn update_map(&mut self, link: Resource<Link>, replacement: Resource<Map>) -> Outcome<()> {
        self.start().call(Import::link_update, [handle(&link), handle(&replacement)])?;
        Ok(())
    }

    fn detach(&mut self, link: Resource<Link>) -> Outcome<()> {
        self.start().call(Import::link_detach, [handle(&link)])?;
        Ok(())
    }

    fn pin(&mut self, link: Resource<Link>, path: String) -> Outcome<()> {
        self.path_call(Import::pin, handle(&link), &path)
    }

    fn unpin(&mut self, link: Resource<Link>, path: String) -> Outcome<()> {
        self.path_call(Import::unpin, handle(&link), &path)
    }

    fn iterate(&mut self, link: Resource<Link>) -> Outcome<Resource<Pass>> {
        Ok(own(self.start().call(Import::iterator_open, [handle(&link)])?))
    }

    fn drop(&mut self, link: Resource<Link>) -> wasmtime::Result<()> {
        self.close(link)
    }
}

impl HostPass for Guest {
    fn read(&mut self, pass: Resource<Pass>, most: u32) -> Outcome<Vec<u8>> {
        self.read_stream(handle(&pass), most)
    }

    fn drop(&mut self, pass: Resource<Pass>) -> wasmtime::Result<()> {
        self.close(pass)
    }
}
