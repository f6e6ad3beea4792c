//! How a program is attached.

use std::borrow::Cow;
use std::marker::PhantomData;

use crate::abi::{self, AttachOptions};
use crate::error::Result;
use crate::kinds::AttachType;
use crate::link::Link;
use crate::map::Map;
use crate::object::text_parts;
use crate::perf_event::PerfEvent;
use crate::places::{Cgroup, NetworkNamespace, Socket};
use crate::program::Program;

/// How a program is attached: a kind, and what it takes. What a kind does not know the host refuses.
///
/// ```ignore
/// let how = Attach::uprobe("/usr/lib/libssl.so.3").name("SSL_write").cookie(1);
/// let link = skel.progs.on_write.attach_with(&how)?;
/// ```
#[derive(Clone, Debug)]
pub struct Attach<'a> {
    options: AttachOptions,
    path: Option<Cow<'a, str>>,
    name: Option<Cow<'a, str>>,
    provider: Option<Cow<'a, str>>,
    names: Vec<u8>,
    addresses: Vec<u64>,
    cookies: Vec<u64>,
    ref_ctr_offsets: Vec<u64>,
    handles: PhantomData<&'a ()>,
}

const EVERY_PROCESS: i32 = -1;

impl<'a> Attach<'a> {
    fn of(kind: u32) -> Self {
        let mut options = AttachOptions::new();
        options.kind = kind;
        Self {
            options,
            path: None,
            name: None,
            provider: None,
            names: Vec::new(),
            addresses: Vec::new(),
            cookies: Vec::new(),
            ref_ctr_offsets: Vec::new(),
            handles: PhantomData,
        }
    }

    fn with(mut self, change: impl FnOnce(&mut AttachOptions)) -> Self {
        change(&mut self.options);
        self
    }

    /// As its section says.
    pub fn auto() -> Self {
        Self::of(abi::ATTACH_AUTO)
    }

    /// As its section says, which needs this to be complete: an interface, a cgroup's path, or `path:function`.
    pub fn by_section(target: &'a str) -> Self {
        Self { path: Some(target.into()), ..Self::of(abi::ATTACH_BY_SECTION) }
    }

    /// At a function of the kernel's.
    pub fn kprobe(function: &'a str) -> Self {
        Self::of(abi::ATTACH_KPROBE).name(function)
    }

    /// At many functions of the kernel's: [`name`](Self::name), a pattern, [`names`](Self::names) or
    /// [`addresses`](Self::addresses).
    pub fn kprobe_multi() -> Self {
        Self::of(abi::ATTACH_KPROBE_MULTI)
    }

    /// At a system call.
    pub fn ksyscall(name: &'a str) -> Self {
        Self::of(abi::ATTACH_KSYSCALL).name(name)
    }

    /// In a program or library of the host's, at a function's [`name`](Self::name) or an [`offset`](Self::offset), in every
    /// process or that of a [`pid`](Self::pid).
    pub fn uprobe(binary: &'a str) -> Self {
        Self { path: Some(binary.into()), ..Self::of(abi::ATTACH_UPROBE).pid(EVERY_PROCESS) }
    }

    /// At many functions in a program or library of the host's: [`name`](Self::name), a pattern, [`names`](Self::names) or
    /// [`addresses`](Self::addresses), which are offsets in the file.
    pub fn uprobe_multi(binary: &'a str) -> Self {
        Self { path: Some(binary.into()), ..Self::of(abi::ATTACH_UPROBE_MULTI).pid(EVERY_PROCESS) }
    }

    /// At a probe in a program's or library's source.
    pub fn usdt(binary: &'a str, provider: &'a str, name: &'a str) -> Self {
        let usdt = Self::of(abi::ATTACH_USDT).name(name).pid(EVERY_PROCESS);
        Self { path: Some(binary.into()), provider: Some(provider.into()), ..usdt }
    }

    /// At a tracepoint.
    pub fn tracepoint(category: &'a str, name: &'a str) -> Self {
        Self { path: Some(category.into()), ..Self::of(abi::ATTACH_TRACEPOINT).name(name) }
    }

    /// At a tracepoint, with its arguments as they are.
    pub fn raw_tracepoint(name: &'a str) -> Self {
        Self::of(abi::ATTACH_RAW_TRACEPOINT).name(name)
    }

    /// fentry, fexit, fmod_ret, BTF tracepoints, lsm.
    pub fn trace() -> Self {
        Self::of(abi::ATTACH_TRACE)
    }

    /// In the place of a loaded program's function.
    pub fn freplace(program: &'a Program, function: &'a str) -> Self {
        Self::of(abi::ATTACH_FREPLACE).name(function).with(|options| options.handle = program.handle())
    }

    /// At a perf event's samples.
    pub fn perf_event(event: &'a PerfEvent) -> Self {
        Self::of(abi::ATTACH_PERF_EVENT).with(|options| options.handle = event.handle())
    }

    /// An iterator, as its section says.
    pub fn iter() -> Self {
        Self::of(abi::ATTACH_ITERATOR)
    }

    /// An iterator over a map's elements.
    pub fn iter_map(map: &'a Map) -> Self {
        Self::iter().with(|options| options.handle = map.handle())
    }

    /// An iterator over cgroups, from one on, in the order of `enum bpf_cgroup_iter_order`.
    pub fn iter_cgroup(cgroup: &'a Cgroup, order: u32) -> Self {
        Self::iter().with(|options| (options.handle, options.order) = (cgroup.handle(), order))
    }

    /// An iterator over the tasks of a process.
    pub fn iter_process(pid: i32) -> Self {
        Self::iter().pid(pid)
    }

    /// An iterator over one task.
    pub fn iter_task(tid: i32) -> Self {
        Self::iter().with(|options| options.tid = tid)
    }

    /// To a cgroup.
    pub fn cgroup(cgroup: &'a Cgroup) -> Self {
        Self::of(abi::ATTACH_CGROUP).with(|options| options.handle = cgroup.handle())
    }

    /// To an interface's driver. [`flags`](Self::flags): `XDP_FLAGS_*`.
    pub fn xdp(interface: i32) -> Self {
        Self::of(abi::ATTACH_XDP).interface(interface)
    }

    /// To an interface, with tcx.
    pub fn tcx(interface: i32) -> Self {
        Self::of(abi::ATTACH_TCX).interface(interface)
    }

    /// To a netkit device.
    pub fn netkit(interface: i32) -> Self {
        Self::of(abi::ATTACH_NETKIT).interface(interface)
    }

    /// To an interface, as a filter of traffic control.
    pub fn tc(interface: i32, ingress: bool) -> Self {
        const INGRESS: u32 = 1;
        const EGRESS: u32 = 2;
        Self::of(abi::ATTACH_TC).interface(interface).flags(if ingress { INGRESS } else { EGRESS })
    }

    /// Of a [`tc`](Self::tc) filter: its handle and priority, of which 0 is the kernel's choice.
    pub fn tc_place(self, handle: u32, priority: u32) -> Self {
        self.with(|options| (options.tc_handle, options.priority) = (handle, priority))
    }

    /// To a netfilter hook. [`flags`](Self::flags): `BPF_F_NETFILTER_IP_DEFRAG`.
    pub fn netfilter(protocol_family: u32, hook: u32, priority: i32) -> Self {
        Self::of(abi::ATTACH_NETFILTER).with(|options| {
            (options.protocol_family, options.hook, options.priority) = (protocol_family, hook, priority as u32);
        })
    }

    /// To a network namespace.
    pub fn netns(namespace: &'a NetworkNamespace) -> Self {
        Self::of(abi::ATTACH_NETNS).with(|options| options.handle = namespace.handle())
    }

    /// To the sockets in a map.
    pub fn sockmap(map: &'a Map) -> Self {
        Self::of(abi::ATTACH_SOCKMAP).with(|options| options.handle = map.handle())
    }

    /// To a socket: its filter, or the choice of its group (sk_reuseport).
    pub fn socket(socket: &'a Socket) -> Self {
        Self::of(abi::ATTACH_SOCKET).with(|options| options.handle = socket.handle())
    }

    /// To an infrared receiver's device.
    pub fn lirc(device: &'a str) -> Self {
        Self { path: Some(device.into()), ..Self::of(abi::ATTACH_LIRC) }
    }

    /// To a route, which it makes and which goes with the link: a destination as `10.0.0.0/8`, by way of an interface and,
    /// where there is one, a gateway.
    pub fn route(destination: &'a str, interface: i32, gateway: Option<&'a str>) -> Self {
        let route = Self::of(abi::ATTACH_ROUTE).name(destination).interface(interface);
        Self { path: gateway.map(Cow::from), ..route }
    }

    /// A number that the program gets from `bpf_get_attach_cookie()`.
    pub fn cookie(self, cookie: u64) -> Self {
        self.with(|options| options.cookie = cookie)
    }

    /// Bytes from the function's start on; without a function, in the file.
    pub fn offset(self, offset: u64) -> Self {
        self.with(|options| options.offset = offset)
    }

    /// When the function returns.
    pub fn at_return(self, at_return: bool) -> Self {
        self.with(|options| {
            options.flags = options.flags & !abi::ATTACH_RETURN | if at_return { abi::ATTACH_RETURN } else { 0 };
        })
    }

    /// Of a multi probe: at both ends, if the program says so at the first.
    pub fn session(self) -> Self {
        self.with(|options| options.flags |= abi::ATTACH_SESSION)
    }

    /// Of a kprobe multi: the pattern must match one function alone.
    pub fn unique_match(self) -> Self {
        self.with(|options| options.flags |= abi::ATTACH_UNIQUE)
    }

    /// Of a perf event: does not enable it.
    pub fn leave_disabled(self) -> Self {
        self.with(|options| options.flags |= abi::ATTACH_LEAVE_DISABLED)
    }

    /// The kernel's flags of the kind.
    pub fn flags(self, flags: u32) -> Self {
        self.with(|options| options.flags = flags)
    }

    /// In one process; -1: in all.
    pub fn pid(self, pid: i32) -> Self {
        self.with(|options| options.pid = pid)
    }

    /// A function, or of multi probes a pattern.
    pub fn name(mut self, name: &'a str) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Of multi probes: the functions.
    pub fn names(mut self, names: &[&str]) -> Self {
        self.names = names.iter().flat_map(|name| name.bytes().chain([0])).collect();
        self.with(|options| options.count = names.len() as u32)
    }

    /// Of multi probes: the functions' addresses; in a file, their offsets.
    pub fn addresses(mut self, addresses: &[u64]) -> Self {
        self.addresses = addresses.to_vec();
        self.with(|options| options.count = addresses.len() as u32)
    }

    /// Of multi probes: a cookie for each function, in their order.
    pub fn cookies(mut self, cookies: &[u64]) -> Self {
        self.cookies = cookies.to_vec();
        self
    }

    /// Of uprobes: where in the file the counter is that says whether a probe is in use; of a multi probe one for each.
    pub fn ref_ctr_offsets(mut self, offsets: &[u64]) -> Self {
        if self.options.kind == abi::ATTACH_UPROBE {
            self.options.ref_ctr_offset = offsets.first().copied().unwrap_or_default();
        } else {
            self.ref_ctr_offsets = offsets.to_vec();
        }
        self
    }

    /// Of cgroups, tcx, netkit and sockmaps: where, in the place of what the section says.
    pub fn attach_type(self, kind: AttachType) -> Self {
        self.with(|options| options.attach_type = kind.0)
    }

    /// Of cgroups, tcx and netkit: before another program, where [`flags`](Self::flags) has `BPF_F_BEFORE`, or after it.
    pub fn relative_to_program(self, program: &'a Program) -> Self {
        self.with(|options| options.relative = program.handle())
    }

    /// The same of another link.
    pub fn relative_to_link(self, link: &'a Link) -> Self {
        self.with(|options| options.relative = link.handle())
    }

    /// Of cgroups, tcx and netkit: only if nothing was attached or detached since this revision.
    pub fn expected_revision(self, revision: u64) -> Self {
        self.with(|options| options.expected_revision = revision)
    }

    fn interface(self, index: i32) -> Self {
        self.with(|options| options.interface_index = index)
    }

    /// Calls with the options that point to the texts and lists.
    pub(crate) fn with_options<T>(&self, call: impl FnOnce(&AttachOptions) -> Result<T>) -> Result<T> {
        fn place<T>(list: &[T]) -> u32 {
            if list.is_empty() { 0 } else { list.as_ptr() as u32 }
        }
        let mut options = self.options;
        (options.path, options.path_size) = text_parts(self.path.as_deref());
        (options.name, options.name_size) = text_parts(self.name.as_deref());
        (options.provider, options.provider_size) = text_parts(self.provider.as_deref());
        (options.names, options.names_size) = (place(&self.names), self.names.len() as u32);
        options.addresses = place(&self.addresses);
        options.cookies = place(&self.cookies);
        options.ref_ctr_offsets = place(&self.ref_ctr_offsets);
        call(&options)
    }
}
