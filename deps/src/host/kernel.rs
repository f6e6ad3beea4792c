//! What kernel and host are, what libbpf says, and being asked to stop.

use super::bpf::kernel::{BtfField, BtfType, Host, HostFacts, InterfaceXdp, LocalTime, Symbol};
use super::bpf::{lifecycle, messages};
use super::calls::{Calls, Import, terminated};
use super::{Failure, Guest, Outcome};
use crate::abi;

impl Guest {
    fn number(&mut self, kind: u32) -> Outcome<u32> {
        Ok(self.start().call(Import::host_number, [kind.into()])? as u32)
    }

    /// Numbers that use all 32 bits come back as they are: a negative one is no error.
    fn unsigned_number(&mut self, kind: u32) -> Outcome<u32> {
        Ok(self.start().raw(Import::host_number, [kind.into()])? as u32)
    }

    fn host_name(&mut self, kind: u32) -> Outcome<String> {
        self.start().whole_text(|calls, at, size| calls.call(Import::host_name, [kind.into(), at, size]))
    }

    fn probe(&mut self, kind: u32, number: u32, helper: u32) -> Outcome<bool> {
        Ok(self.start().call(Import::feature_probe, [kind.into(), number.into(), helper.into()])? != 0)
    }

    fn query(
        &mut self,
        kind: u32,
        name: &Option<String>,
        member: &Option<String>,
        type_kind: u32,
        module: &Option<String>,
    ) -> Outcome<abi::BtfQuery> {
        let calls = self.start();
        let mut query = abi::BtfQuery::new();
        query.kind = kind;
        query.type_kind = type_kind;
        for (text, at, size) in [
            (name, &mut query.name, &mut query.name_size),
            (member, &mut query.member, &mut query.member_size),
            (module, &mut query.module, &mut query.module_size),
        ] {
            let (place, length) = calls.optional_text(text)?;
            *at = place as u32;
            *size = length as u32;
        }
        let at = calls.value(&query)?;
        calls.call(Import::btf_query, [at])?;
        Ok(calls.read(at))
    }
}

fn type_of(found: &abi::BtfQuery) -> BtfType {
    BtfType { type_id: found.type_id, kind: found.found_kind, byte_size: found.byte_size }
}

impl Host for Guest {
    fn facts(&mut self) -> Outcome<HostFacts> {
        Ok(HostFacts {
            system: self.host_name(abi::HOST_SYSTEM)?,
            node: self.host_name(abi::HOST_NODE)?,
            release: self.host_name(abi::HOST_RELEASE)?,
            version: self.host_name(abi::HOST_VERSION)?,
            machine: self.host_name(abi::HOST_MACHINE)?,
            kernel_version: self.start().call(Import::kernel_version, [])? as u32,
            possible_cpus: self.start().call(Import::possible_cpus, [])? as u32,
            online_cpus: self.number(abi::HOST_ONLINE_CPUS)?,
            page_size: self.number(abi::HOST_PAGE_SIZE)?,
            clock_ticks: self.number(abi::HOST_CLOCK_TICKS)?,
            process_id: self.number(abi::HOST_PROCESS_ID)?,
            thread_id: self.number(abi::HOST_THREAD_ID)?,
            parent_id: self.number(abi::HOST_PARENT_ID)?,
            user_id: self.unsigned_number(abi::HOST_USER_ID)?,
            group_id: self.unsigned_number(abi::HOST_GROUP_ID)?,
            pid_namespace_inode: self.unsigned_number(abi::HOST_PID_NAMESPACE_INODE)?,
            pid_namespace_device: self.unsigned_number(abi::HOST_PID_NAMESPACE_DEVICE)?,
        })
    }

    fn has_program_type(&mut self, program_type: u32) -> Outcome<bool> {
        self.probe(abi::FEATURE_PROGRAM_TYPE, program_type, 0)
    }

    fn has_map_type(&mut self, map_type: u32) -> Outcome<bool> {
        self.probe(abi::FEATURE_MAP_TYPE, map_type, 0)
    }

    fn has_helper(&mut self, program_type: u32, helper: u32) -> Outcome<bool> {
        self.probe(abi::FEATURE_HELPER, program_type, helper)
    }

    fn symbol_address(&mut self, name: String) -> Outcome<u64> {
        let calls = self.start();
        let (name, size) = calls.text(&name)?;
        let at = calls.value(&0u64)?;
        calls.call(Import::kernel_symbol, [name, size, at])?;
        Ok(calls.read(at))
    }

    fn symbol_at(&mut self, address: u64) -> Outcome<Symbol> {
        let calls = self.start();
        let at = calls.value(&abi::KernelSymbol::new())?;
        calls.call(Import::kernel_symbol_at, [address, at, size_of::<abi::KernelSymbol>() as u64])?;
        let found: abi::KernelSymbol = calls.read(at);
        Ok(Symbol { address: found.address, name: terminated(&found.name), module: terminated(&found.module) })
    }

    fn btf(&mut self, module: Option<String>) -> Outcome<Vec<u8>> {
        let (name, name_size) = self.start().optional_text(&module)?;
        let ask = |calls: &mut Calls, at, size| calls.call(Import::btf_read, [0, name, name_size, at, size]);
        Ok(self.calls.whole(0, ask)?.to_vec())
    }

    fn find_type(&mut self, name: String, kind: u32, module: Option<String>) -> Outcome<BtfType> {
        Ok(type_of(&self.query(abi::BTF_TYPE, &Some(name), &None, kind, &module)?))
    }

    fn find_field(&mut self, name: String, field: String, module: Option<String>) -> Outcome<BtfField> {
        let found = self.query(abi::BTF_FIELD, &Some(name), &Some(field), 0, &module)?;
        Ok(BtfField {
            type_id: found.type_id,
            kind: found.found_kind,
            byte_size: found.byte_size,
            bit_offset: found.bit_offset,
            bit_size: found.bit_size,
        })
    }

    fn find_function(&mut self, name: String, module: Option<String>) -> Outcome<BtfType> {
        Ok(type_of(&self.query(abi::BTF_FUNCTION, &Some(name), &None, 0, &module)?))
    }

    fn find_enum_value(&mut self, name: Option<String>, enumerator: String, module: Option<String>) -> Outcome<i64> {
        Ok(self.query(abi::BTF_ENUM_VALUE, &name, &Some(enumerator), 0, &module)?.value)
    }

    fn interface_index(&mut self, name: String) -> Outcome<u32> {
        let (at, size) = self.start().text(&name)?;
        Ok(self.calls.call(Import::interface_index, [at, size])? as u32)
    }

    fn interface_name(&mut self, index: u32) -> Outcome<String> {
        self.start().whole_text(|calls, at, size| calls.call(Import::interface_name, [index.into(), at, size]))
    }

    fn xdp_of(&mut self, index: u32) -> Outcome<InterfaceXdp> {
        let calls = self.start();
        let at = calls.value(&abi::InterfaceXdp::new())?;
        calls.call(Import::interface_xdp, [index.into(), at, size_of::<abi::InterfaceXdp>() as u64])?;
        let info: abi::InterfaceXdp = calls.read(at);
        Ok(InterfaceXdp {
            features: info.features,
            zero_copy_max_segments: info.zero_copy_max_segments,
            attach_mode: info.attach_mode,
        })
    }

    fn local_time_at(&mut self, seconds: i64) -> Outcome<LocalTime> {
        let calls = self.start();
        let at = calls.value(&abi::LocalTime::new())?;
        calls.call(Import::local_time, [seconds as u64, at])?;
        let zone: abi::LocalTime = calls.read(at);
        Ok(LocalTime {
            utc_offset: zone.utc_offset,
            is_summer: zone.is_summer != 0,
            abbreviation: terminated(&zone.abbreviation),
        })
    }
}

impl messages::Host for Guest {
    fn keep(&mut self, up_to: Option<messages::Level>) -> Outcome<()> {
        let level: i32 = match up_to {
            None => -1,
            Some(messages::Level::Warning) => 0,
            Some(messages::Level::Info) => 1,
            Some(messages::Level::Debug) => 2,
        };
        self.start().call(Import::log_keep, [u64::from(level as u32)])?;
        Ok(())
    }

    fn next(&mut self) -> Outcome<Option<messages::Message>> {
        let calls = self.start();
        let level = calls.value(&0u32)?;
        let text = calls.whole_text(|calls, at, size| calls.call(Import::log_next, [level, at, size]))?;
        if text.is_empty() {
            return Ok(None);
        }
        let level = match calls.read::<u32>(level) {
            0 => messages::Level::Warning,
            1 => messages::Level::Info,
            _ => messages::Level::Debug,
        };
        Ok(Some(messages::Message { level, text }))
    }
}

impl Guest {
    fn asked_to_stop(&self) -> bool {
        let callbacks = self.calls.callbacks();
        (callbacks.stop_requested)(callbacks.context)
    }

    /// For a wait that begins. The guest may have been asked just before, between two of its instructions, and would not be
    /// woken by that any more.
    pub fn check_stop(&self) -> Outcome<()> {
        const EINTR: u32 = 4;
        if self.asked_to_stop() { Err(Failure::told(EINTR, "the guest is asked to stop")) } else { Ok(()) }
    }
}

impl lifecycle::Host for Guest {
    fn stop_requested(&mut self) -> wasmtime::Result<bool> {
        Ok(self.asked_to_stop())
    }

    /// A wait for none of the guest's signals.
    fn sleep(&mut self, nanoseconds: u64) -> Outcome<()> {
        const EAGAIN: u32 = 11; // the time is over
        self.check_stop()?;
        match self.start().call(Import::signal_wait, [0, nanoseconds]) {
            Ok(_) => Ok(()),
            Err(Failure::Told(error)) if error.errno == EAGAIN => Ok(()),
            Err(failure) => Err(failure),
        }
    }
}
