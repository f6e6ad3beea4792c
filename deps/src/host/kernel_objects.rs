//! Perf events and sockets.

use wasmtime::component::Resource;

use super::bpf::objects::{Host, HostPerfEvent, HostSocket, PerfEventCommand, SocketOptions};
use super::calls::Import;
use super::programs::list;
use super::{Guest, Outcome, PerfEvent, Socket, handle, own};
use crate::abi;

impl Host for Guest {}

impl HostPerfEvent for Guest {
    fn open(
        &mut self,
        attr: Vec<u8>,
        pid: i32,
        cpu: i32,
        group: Option<Resource<PerfEvent>>,
        flags: u32,
    ) -> Outcome<Resource<PerfEvent>> {
        let calls = self.start();
        let at = calls.bytes(&attr)?;
        let group = group.map_or(0, |group| handle(&group));
        let arguments = [at, attr.len() as u64, u64::from(pid as u32), u64::from(cpu as u32), group, flags.into()];
        Ok(own(calls.call(Import::perf_event_open, arguments)?))
    }

    fn control(&mut self, event: Resource<PerfEvent>, command: PerfEventCommand) -> Outcome<()> {
        let command = match command {
            PerfEventCommand::Enable => abi::PERF_EVENT_ENABLE,
            PerfEventCommand::Disable => abi::PERF_EVENT_DISABLE,
            PerfEventCommand::Reset => abi::PERF_EVENT_RESET,
        };
        self.start().call(Import::perf_event_control, [handle(&event), command.into()])?;
        Ok(())
    }

    fn read(&mut self, event: Resource<PerfEvent>, most: u32) -> Outcome<Vec<u8>> {
        self.read_stream(handle(&event), most)
    }

    fn drop(&mut self, event: Resource<PerfEvent>) -> wasmtime::Result<()> {
        self.close(event)
    }
}

impl HostSocket for Guest {
    fn open(&mut self, options: SocketOptions) -> Outcome<Resource<Socket>> {
        let calls = self.start();
        let (address, address_size) = list(calls, &options.address)?;
        let reuse_port = if options.reuse_port { abi::SOCKET_REUSE_PORT } else { 0 };
        let listen = if options.listen { abi::SOCKET_LISTEN } else { 0 };
        let at = calls.value(&abi::SocketOptions {
            family: options.family,
            type_: options.socket_type,
            protocol: options.protocol,
            flags: reuse_port | listen,
            interface_index: options.interface_index as i32,
            address,
            address_size,
            ..abi::SocketOptions::new()
        })?;
        Ok(own(calls.call(Import::socket_open, [at])?))
    }

    fn bind(&mut self, socket: Resource<Socket>, address: Vec<u8>) -> Outcome<()> {
        let calls = self.start();
        let at = calls.bytes(&address)?;
        calls.call(Import::socket_bind, [handle(&socket), at, address.len() as u64])?;
        Ok(())
    }

    fn drop(&mut self, socket: Resource<Socket>) -> wasmtime::Result<()> {
        self.close(socket)
    }
}
