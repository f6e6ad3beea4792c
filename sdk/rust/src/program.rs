//! Programs: before load, loaded.

use std::rc::Rc;

use crate::abi::{self, Handle, ProgramInfo};
use crate::attach::Attach;
use crate::error::{Result, check, filled, host_text};
use crate::kinds::{AttachType, ProgramType};
use crate::link::Link;
use crate::map::Map;
use crate::owner::Owner;
use crate::perf_event::PerfEvent;
use crate::places::{Cgroup, NetworkNamespace, Socket};
use crate::pod::text;

fn info_of(program: Handle) -> Result<ProgramInfo> {
    // SAFETY: the host writes at most the struct's size.
    filled(ProgramInfo::new(), |info, size| unsafe { abi::program_info(program, info, size) })
}

fn set(program: Handle, field: u32, value: u64) -> Result<()> {
    // SAFETY: no memory is involved.
    check(unsafe { abi::program_set(program, field, value) })?;
    Ok(())
}

/// What open and loaded programs have in common.
macro_rules! common {
    ($program:ident) => {
        impl $program {
            pub(crate) fn new(handle: Handle, owner: &Rc<Owner>) -> Self {
                Self { handle, _owner: owner.clone() }
            }

            /// Its name: that of its function.
            pub fn name(&self) -> String {
                self.info().map(|info| text(&info.name).into_owned()).unwrap_or_default()
            }

            /// Its section, which says what it is attached to: `tp/sched/sched_switch`.
            pub fn section(&self) -> String {
                self.info().map(|info| text(&info.section).into_owned()).unwrap_or_default()
            }

            /// What the host knows of it.
            pub fn info(&self) -> Result<ProgramInfo> {
                info_of(self.handle)
            }

            /// What the verifier said of its load, where a log level asked for it or the load failed.
            pub fn log(&self) -> Option<String> {
                let log = host_text(|text, size| {
                    // SAFETY: the host writes at most `size` bytes.
                    unsafe { abi::program_log(self.handle, text, size) }
                });
                log.map(String::from)
            }

            /// Its instructions (`struct bpf_insn`): as in the object before load, as the kernel got them after.
            pub fn instructions(&self) -> Result<Vec<u8>> {
                // SAFETY: with no room nothing is written; then at most the size.
                let size = check(unsafe { abi::program_instructions(self.handle, std::ptr::null_mut(), 0) })?;
                let mut data = vec![0u8; size as usize];
                // SAFETY: as above.
                check(unsafe { abi::program_instructions(self.handle, data.as_mut_ptr().cast(), data.len() as u32) })?;
                Ok(data)
            }

            /// Whether a skeleton's `attach` attaches it.
            pub fn set_autoattach(&self, autoattach: bool) -> Result<()> {
                set(self.handle, abi::PROGRAM_AUTOATTACH, autoattach.into())
            }

            /// The number that stands for it where a map of programs, or a call of the guest ABI, takes one.
            pub fn handle(&self) -> Handle {
                self.handle
            }
        }
    };
}

/// A program of an object that is not loaded yet. What is set after the object's load fails.
#[derive(Clone, Debug)]
pub struct OpenProgram {
    handle: Handle,
    _owner: Rc<Owner>,
}
common!(OpenProgram);

impl OpenProgram {
    /// Whether it is loaded with its object.
    pub fn set_autoload(&self, autoload: bool) -> Result<()> {
        set(self.handle, abi::PROGRAM_AUTOLOAD, autoload.into())
    }

    /// Its type, in the place of its section's.
    pub fn set_prog_type(&self, kind: ProgramType) -> Result<()> {
        set(self.handle, abi::PROGRAM_TYPE, kind.0.into())
    }

    /// What it will be attached as, in the place of its section's.
    pub fn set_attach_type(&self, kind: AttachType) -> Result<()> {
        set(self.handle, abi::PROGRAM_EXPECTED_ATTACH_TYPE, kind.0.into())
    }

    /// `BPF_F_*` of program load.
    pub fn set_flags(&self, flags: u32) -> Result<()> {
        set(self.handle, abi::PROGRAM_FLAGS, flags.into())
    }

    /// How much the verifier says of it: [`log`](Self::log).
    pub fn set_log_level(&self, level: u32) -> Result<()> {
        set(self.handle, abi::PROGRAM_LOG_LEVEL, level.into())
    }

    /// The interface that it is offloaded or bound to.
    pub fn set_ifindex(&self, interface: u32) -> Result<()> {
        set(self.handle, abi::PROGRAM_INTERFACE, interface.into())
    }

    /// The function that a program of type fentry, fexit, lsm or freplace is attached to: the kernel's, or that of another
    /// program, which is loaded.
    pub fn set_attach_target(&self, program: Option<&Program>, function: &str) -> Result<()> {
        let target = program.map_or(0, Program::handle);
        // SAFETY: the host reads the name.
        check(unsafe {
            abi::program_set_attach_target(self.handle, target, function.as_ptr().cast(), function.len() as u32)
        })?;
        Ok(())
    }
}

/// A loaded program. A clone is the same program.
#[derive(Clone, Debug)]
pub struct Program {
    handle: Handle,
    _owner: Rc<Owner>,
}
common!(Program);

impl Program {
    /// Attaches it as its section says.
    pub fn attach(&self) -> Result<Link> {
        self.attach_with(&Attach::auto())
    }

    /// Attaches it as said: cookies, offsets, places between others, and what else a kind takes. A method like
    /// [`attach_xdp`](Self::attach_xdp) stands for the usual case of each kind.
    pub fn attach_with(&self, how: &Attach<'_>) -> Result<Link> {
        how.with_options(|options| {
            // SAFETY: the host reads the options and what they point to, which lives as long as `how`.
            Ok(Link::new(check(unsafe { abi::program_attach(self.handle, (&raw const *options).cast()) })?))
        })
    }

    /// At a function of the kernel's, or where it returns.
    pub fn attach_kprobe(&self, retprobe: bool, function: &str) -> Result<Link> {
        self.attach_with(&Attach::kprobe(function).at_return(retprobe))
    }

    /// At several functions of the kernel's, or where they return, by one link.
    pub fn attach_kprobe_multi(&self, retprobe: bool, functions: &[&str]) -> Result<Link> {
        self.attach_with(&Attach::kprobe_multi().names(functions).at_return(retprobe))
    }

    /// At a system call, whatever its function is called here, or where it returns.
    pub fn attach_ksyscall(&self, retprobe: bool, syscall: &str) -> Result<Link> {
        self.attach_with(&Attach::ksyscall(syscall).at_return(retprobe))
    }

    /// At a function of a program or library of the host's, in one process or (-1) in all.
    pub fn attach_uprobe(&self, retprobe: bool, pid: i32, binary: &str, function: &str) -> Result<Link> {
        self.attach_with(&Attach::uprobe(binary).name(function).pid(pid).at_return(retprobe))
    }

    /// At several functions of a program or library of the host's by one link: those that match a pattern.
    pub fn attach_uprobe_multi(&self, retprobe: bool, pid: i32, binary: &str, pattern: &str) -> Result<Link> {
        self.attach_with(&Attach::uprobe_multi(binary).name(pattern).pid(pid).at_return(retprobe))
    }

    /// At a probe that a program or library of the host's has in its source.
    pub fn attach_usdt(&self, pid: i32, binary: &str, provider: &str, name: &str) -> Result<Link> {
        self.attach_with(&Attach::usdt(binary, provider, name).pid(pid))
    }

    /// At a tracepoint.
    pub fn attach_tracepoint(&self, category: &str, name: &str) -> Result<Link> {
        self.attach_with(&Attach::tracepoint(category, name))
    }

    /// At a tracepoint, with its arguments as they are.
    pub fn attach_raw_tracepoint(&self, name: &str) -> Result<Link> {
        self.attach_with(&Attach::raw_tracepoint(name))
    }

    /// At fentry, fexit, a BTF tracepoint and their kin, as its section or its target says.
    pub fn attach_trace(&self) -> Result<Link> {
        self.attach_with(&Attach::trace())
    }

    /// At a hook of the security modules', as its section says.
    pub fn attach_lsm(&self) -> Result<Link> {
        self.attach_with(&Attach::trace())
    }

    /// In the place of a function of another program, which is loaded.
    pub fn attach_freplace(&self, program: &Program, function: &str) -> Result<Link> {
        self.attach_with(&Attach::freplace(program, function))
    }

    /// At a perf event's samples.
    pub fn attach_perf_event(&self, event: &PerfEvent) -> Result<Link> {
        self.attach_with(&Attach::perf_event(event))
    }

    /// As an iterator over what its section says; [`Iter`](crate::Iter) reads it.
    pub fn attach_iter(&self) -> Result<Link> {
        self.attach_with(&Attach::iter())
    }

    /// To a cgroup.
    pub fn attach_cgroup(&self, cgroup: &Cgroup) -> Result<Link> {
        self.attach_with(&Attach::cgroup(cgroup))
    }

    /// To an interface's driver, where packets come in.
    pub fn attach_xdp(&self, interface: i32) -> Result<Link> {
        self.attach_with(&Attach::xdp(interface))
    }

    /// To an interface, with tcx (Linux 6.6).
    pub fn attach_tcx(&self, interface: i32) -> Result<Link> {
        self.attach_with(&Attach::tcx(interface))
    }

    /// To an interface, as a filter of traffic control, on the way in or out. Its queueing discipline is made where it is
    /// missing.
    pub fn attach_tc(&self, interface: i32, ingress: bool) -> Result<Link> {
        self.attach_with(&Attach::tc(interface, ingress))
    }

    /// To a netkit device (Linux 6.7).
    pub fn attach_netkit(&self, interface: i32) -> Result<Link> {
        self.attach_with(&Attach::netkit(interface))
    }

    /// To a netfilter hook (Linux 6.4).
    pub fn attach_netfilter(&self, protocol_family: u32, hook: u32, priority: i32) -> Result<Link> {
        self.attach_with(&Attach::netfilter(protocol_family, hook, priority))
    }

    /// To a network namespace.
    pub fn attach_netns(&self, namespace: &NetworkNamespace) -> Result<Link> {
        self.attach_with(&Attach::netns(namespace))
    }

    /// To the sockets in a sockmap or sockhash.
    pub fn attach_sockmap(&self, map: &Map) -> Result<Link> {
        self.attach_with(&Attach::sockmap(map))
    }

    /// To a socket, as its filter.
    pub fn attach_socket(&self, socket: &Socket) -> Result<Link> {
        self.attach_with(&Attach::socket(socket))
    }

    /// The kernel's id of it.
    pub fn id(&self) -> Result<u32> {
        Ok(self.info()?.id)
    }

    /// What the kernel says of it (`struct bpf_prog_info`, as far as it has it), without what pointers in it ask for.
    pub fn kernel_info(&self) -> Result<Vec<u8>> {
        let mut info = vec![0u8; 512];
        // SAFETY: the host writes at most the size.
        check(unsafe { abi::program_kernel_info(self.handle, info.as_mut_ptr().cast(), info.len() as u32) })?;
        Ok(info)
    }

    /// Gives the kernel's program up, as if it had not been loaded; links keep it.
    pub fn unload(&self) -> Result<()> {
        // SAFETY: no memory is involved; so below.
        check(unsafe { abi::program_unload(self.handle) })?;
        Ok(())
    }

    /// Makes it keep a map, as those that it uses.
    pub fn bind_map(&self, map: &Map) -> Result<()> {
        // SAFETY: as above.
        check(unsafe { abi::program_bind_map(self.handle, map.handle(), 0) })?;
        Ok(())
    }

    /// Takes what it wrote to its standard output (1) or error (2), or the kernel about it, up to the buffer's size. How many
    /// bytes; 0 where there is nothing.
    pub fn read_stream(&self, stream: u32, buffer: &mut [u8]) -> Result<usize> {
        // SAFETY: the host writes at most the size.
        let read = check(unsafe {
            abi::program_stream_read(self.handle, stream, buffer.as_mut_ptr().cast(), buffer.len() as u32)
        })?;
        Ok(read as usize)
    }
}
