//! Programs.

use wasmtime::component::Resource;

use super::bpf::objects::{
    AttachPoint, CodeInfo, HostProgram, ProgramInfo, ProgramSetting, TestRunOptions, TestRunResult,
};
use super::calls::{Calls, Import, terminated};
use super::{Guest, Link, Map, Outcome, Program, attach, handle, own};
use crate::abi;

fn setting(setting: ProgramSetting) -> (u32, u64) {
    match setting {
        ProgramSetting::Autoload(value) => (abi::PROGRAM_AUTOLOAD, value.into()),
        ProgramSetting::Autoattach(value) => (abi::PROGRAM_AUTOATTACH, value.into()),
        ProgramSetting::ProgramType(value) => (abi::PROGRAM_TYPE, value.into()),
        ProgramSetting::ExpectedAttachType(value) => (abi::PROGRAM_EXPECTED_ATTACH_TYPE, value.into()),
        ProgramSetting::ProgramFlags(value) => (abi::PROGRAM_FLAGS, value.into()),
        ProgramSetting::LogLevel(value) => (abi::PROGRAM_LOG_LEVEL, value.into()),
        ProgramSetting::InterfaceIndex(value) => (abi::PROGRAM_INTERFACE, value.into()),
    }
}

/// struct bpf_prog_info of every kernel is shorter.
const KERNEL_INFO_BYTES: usize = 512;
/// Of what a stream or an iterator gives by one call.
pub const MOST_READ: u32 = 1 << 20;

impl Guest {
    /// pin and unpin.
    pub fn path_call(&mut self, import: Import, handle: u64, path: &str) -> Outcome<()> {
        let (at, size) = self.start().text(path)?;
        self.calls.call(import, [handle, at, size])?;
        Ok(())
    }
}

/// Where `bytes` lie, 0 where there are none, and how many.
pub fn list(calls: &mut Calls, bytes: &[u8]) -> Outcome<(u32, u32)> {
    if bytes.is_empty() { Ok((0, 0)) } else { Ok((calls.bytes(bytes)? as u32, bytes.len() as u32)) }
}

fn list_room(calls: &mut Calls, bytes: u32) -> Outcome<u32> {
    if bytes == 0 { Ok(0) } else { Ok(calls.room(bytes as usize)? as u32) }
}

impl HostProgram for Guest {
    fn info(&mut self, program: Resource<Program>) -> Outcome<ProgramInfo> {
        let calls = self.start();
        let at = calls.value(&abi::ProgramInfo::new())?;
        calls.call(Import::program_info, [handle(&program), at, size_of::<abi::ProgramInfo>() as u64])?;
        let info: abi::ProgramInfo = calls.read(at);
        Ok(ProgramInfo {
            name: terminated(&info.name),
            section: terminated(&info.section),
            program_type: info.type_,
            expected_attach_type: info.expected_attach_type,
            program_flags: info.flags,
            log_level: info.log_level,
            id: info.id,
            instruction_count: info.instruction_count,
            autoload: info.autoload != 0,
            autoattach: info.autoattach != 0,
            needs_target: info.needs_target != 0,
        })
    }

    fn set(&mut self, program: Resource<Program>, change: ProgramSetting) -> Outcome<()> {
        let (field, value) = setting(change);
        self.start().call(Import::program_set, [handle(&program), field.into(), value])?;
        Ok(())
    }

    fn set_attach_target(
        &mut self,
        program: Resource<Program>,
        target: Option<Resource<Program>>,
        function: Option<String>,
    ) -> Outcome<()> {
        let (at, size) = self.start().optional_text(&function)?;
        let target = target.map_or(0, |target| handle(&target));
        self.calls.call(Import::program_set_attach_target, [handle(&program), target, at, size])?;
        Ok(())
    }

    fn attach(&mut self, program: Resource<Program>, point: AttachPoint) -> Outcome<Resource<Link>> {
        let calls = self.start();
        let options = attach::lay_down(calls, &point)?;
        Ok(own(calls.call(Import::program_attach, [handle(&program), options])?))
    }

    fn test_run(&mut self, program: Resource<Program>, options: TestRunOptions) -> Outcome<TestRunResult> {
        let calls = self.start();
        let mut given = abi::TestRunOptions::new();
        (given.data_in, given.data_in_size) = list(calls, &options.data_in)?;
        (given.context_in, given.context_in_size) = list(calls, &options.context_in)?;
        given.data_out = list_room(calls, options.data_out_bytes)?;
        given.data_out_size = options.data_out_bytes;
        given.context_out = list_room(calls, options.context_out_bytes)?;
        given.context_out_size = options.context_out_bytes;
        given.repeat = options.repeat;
        given.flags = options.flags;
        given.cpu = options.cpu;
        given.batch_size = options.batch_size;
        let at = calls.value(&given)?;
        calls.call(Import::program_test_run, [handle(&program), at])?;
        let done: abi::TestRunOptions = calls.read(at);
        let written = |start, size: u32, room| calls.at(start, size.min(room) as usize).to_vec();
        Ok(TestRunResult {
            return_value: done.return_value,
            duration_ns: done.duration_ns,
            data_out: written(given.data_out.into(), done.data_out_size, options.data_out_bytes),
            context_out: written(given.context_out.into(), done.context_out_size, options.context_out_bytes),
        })
    }

    fn log(&mut self, program: Resource<Program>) -> Outcome<String> {
        self.start().whole_text(|calls, at, size| calls.call(Import::program_log, [handle(&program), at, size]))
    }

    fn instructions(&mut self, program: Resource<Program>) -> Outcome<Vec<u8>> {
        let ask = |calls: &mut Calls, at, size| calls.call(Import::program_instructions, [handle(&program), at, size]);
        Ok(self.start().whole(0, ask)?.to_vec())
    }

    fn code_info(&mut self, program: Resource<Program>, kind: CodeInfo) -> Outcome<Vec<u8>> {
        let kind = match kind {
            CodeInfo::Functions => abi::CODE_FUNCTIONS,
            CodeInfo::Lines => abi::CODE_LINES,
        };
        let ask = |calls: &mut Calls, at, size| {
            calls.call(Import::program_code_info, [handle(&program), kind.into(), at, size])
        };
        Ok(self.start().whole(0, ask)?.to_vec())
    }

    fn kernel_info(&mut self, program: Resource<Program>) -> Outcome<Vec<u8>> {
        self.start();
        let at = self.value_room(KERNEL_INFO_BYTES)?;
        self.calls.call(Import::program_kernel_info, [handle(&program), at, KERNEL_INFO_BYTES as u64])?;
        Ok(self.calls.at(at, KERNEL_INFO_BYTES).to_vec())
    }

    fn unload(&mut self, program: Resource<Program>) -> Outcome<()> {
        self.start().call(Import::program_unload, [handle(&program)])?;
        Ok(())
    }

    fn bind_map(&mut self, program: Resource<Program>, map: Resource<Map>, flags: u32) -> Outcome<()> {
        self.start().call(Import::program_bind_map, [handle(&program), handle(&map), flags.into()])?;
        Ok(())
    }

    fn use_struct_ops(&mut self, program: Resource<Program>, map: Resource<Map>, flags: u32) -> Outcome<()> {
        self.start().call(Import::program_use_struct_ops, [handle(&program), handle(&map), flags.into()])?;
        Ok(())
    }

    fn read_output(&mut self, program: Resource<Program>, output: u32, most: u32) -> Outcome<Vec<u8>> {
        let calls = self.start();
        let room = most.min(MOST_READ);
        let at = calls.room(room as usize)?;
        let size = calls.call(Import::program_stream_read, [handle(&program), output.into(), at, room.into()])?;
        Ok(calls.at(at, size as usize).to_vec())
    }

    fn pin(&mut self, program: Resource<Program>, path: String) -> Outcome<()> {
        self.path_call(Import::pin, handle(&program), &path)
    }

    fn unpin(&mut self, program: Resource<Program>, path: String) -> Outcome<()> {
        self.path_call(Import::unpin, handle(&program), &path)
    }

    fn drop(&mut self, program: Resource<Program>) -> wasmtime::Result<()> {
        self.close(program)
    }
}
