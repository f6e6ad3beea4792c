//! Where programs attach, as the guest ABI's options have it.

use super::bpf::objects::{
    AttachPoint, CgroupName, FileProbe, FileProbes, FunctionProbe, FunctionProbes, IteratorScope, Places, Position,
    Relative,
};
use super::calls::Calls;
use super::{EINVAL, Failure, Outcome};
use crate::abi::{self, AttachOptions};

/// The options, of their kind, laid down.
pub fn lay_down(calls: &mut Calls, point: &AttachPoint) -> Outcome<u64> {
    let options = Filling { calls, options: AttachOptions::new() };
    options.fill(point)
}

struct Filling<'a> {
    calls: &'a mut Calls,
    options: AttachOptions,
}

fn when_returning(at_return: bool) -> u32 {
    if at_return { abi::ATTACH_RETURN } else { 0 }
}

fn process(pid: Option<u32>) -> i32 {
    pid.map_or(-1, |pid| pid as i32)
}

impl Filling<'_> {
    fn fill(mut self, point: &AttachPoint) -> Outcome<u64> {
        self.options.kind = self.tracing(point)?.map_or_else(|| self.other(point), Ok)?;
        self.calls.value(&self.options)
    }

    /// The kinds that trace; none of the others.
    fn tracing(&mut self, point: &AttachPoint) -> Outcome<Option<u32>> {
        Ok(Some(match point {
            AttachPoint::Section(cookie) => {
                self.options.cookie = *cookie;
                abi::ATTACH_AUTO
            }
            AttachPoint::SectionPlace(place) => {
                self.path(place)?;
                abi::ATTACH_BY_SECTION
            }
            AttachPoint::Kprobe(probe) => self.function(probe)?,
            AttachPoint::KprobeMulti(probes) => self.functions(probes)?,
            AttachPoint::Ksyscall(probe) => {
                self.name(&probe.name)?;
                self.options.cookie = probe.cookie;
                self.options.flags = when_returning(probe.at_return);
                abi::ATTACH_KSYSCALL
            }
            AttachPoint::Uprobe(probe) => self.file_function(probe)?,
            AttachPoint::UprobeMulti(probes) => self.file_functions(probes)?,
            AttachPoint::Usdt(probe) => {
                self.path(&probe.path)?;
                self.name(&probe.name)?;
                let (at, size) = self.calls.text(&probe.provider)?;
                (self.options.provider, self.options.provider_size) = (at as u32, size as u32);
                self.options.pid = process(probe.pid);
                self.options.cookie = probe.cookie;
                abi::ATTACH_USDT
            }
            AttachPoint::Tracepoint(tracepoint) => {
                self.path(&tracepoint.category)?;
                self.name(&tracepoint.name)?;
                self.options.cookie = tracepoint.cookie;
                abi::ATTACH_TRACEPOINT
            }
            AttachPoint::RawTracepoint(tracepoint) => {
                self.name(&tracepoint.name)?;
                self.options.cookie = tracepoint.cookie;
                abi::ATTACH_RAW_TRACEPOINT
            }
            AttachPoint::Trace(cookie) => {
                self.options.cookie = *cookie;
                abi::ATTACH_TRACE
            }
            AttachPoint::PerfEvent((event, cookie)) => {
                self.options.handle = event.rep() as i32;
                self.options.cookie = *cookie;
                abi::ATTACH_PERF_EVENT
            }
            AttachPoint::Iterator(scope) => self.iterator(scope),
            AttachPoint::Replacement(target) => {
                if let Some((program, function)) = target {
                    self.options.handle = program.rep() as i32;
                    self.name(function)?;
                }
                abi::ATTACH_FREPLACE
            }
            _ => return Ok(None),
        }))
    }

    /// Cgroups, the network and devices.
    fn other(&mut self, point: &AttachPoint) -> Outcome<u32> {
        Ok(match point {
            AttachPoint::Cgroup(place) => {
                match &place.cgroup {
                    CgroupName::Path(path) => self.path(path)?,
                    CgroupName::Opened(cgroup) => self.options.handle = cgroup.rep() as i32,
                }
                self.options.attach_type = place.attach_type;
                self.position(&place.position);
                abi::ATTACH_CGROUP
            }
            AttachPoint::Xdp(place) => {
                self.options.interface_index = place.interface_index as i32;
                self.options.flags = place.flags;
                abi::ATTACH_XDP
            }
            AttachPoint::Tcx(place) | AttachPoint::Netkit(place) => {
                self.options.interface_index = place.interface_index as i32;
                self.options.attach_type = place.attach_type;
                self.position(&place.position);
                if matches!(point, AttachPoint::Tcx(_)) { abi::ATTACH_TCX } else { abi::ATTACH_NETKIT }
            }
            AttachPoint::Tc(filter) => {
                self.options.interface_index = filter.interface_index as i32;
                self.options.flags = filter.point;
                self.options.tc_handle = filter.handle;
                self.options.priority = filter.priority;
                abi::ATTACH_TC
            }
            AttachPoint::Socket(socket) => {
                self.options.handle = socket.rep() as i32;
                abi::ATTACH_SOCKET
            }
            AttachPoint::Sockmap((map, attach_type)) => {
                self.options.handle = map.rep() as i32;
                self.options.attach_type = *attach_type;
                abi::ATTACH_SOCKMAP
            }
            AttachPoint::Netfilter(hook) => {
                self.options.protocol_family = hook.protocol_family;
                self.options.hook = hook.hook;
                self.options.priority = hook.priority as u32;
                self.options.flags = hook.flags;
                abi::ATTACH_NETFILTER
            }
            AttachPoint::NetworkNamespace(namespace) => {
                self.options.handle = namespace.as_ref().map_or(0, |namespace| namespace.rep() as i32);
                abi::ATTACH_NETNS
            }
            AttachPoint::Route(route) => {
                self.name(&route.destination)?;
                self.options.interface_index = route.interface_index as i32;
                if let Some(gateway) = &route.gateway {
                    self.path(gateway)?;
                }
                abi::ATTACH_ROUTE
            }
            AttachPoint::Lirc(path) => {
                self.path(path)?;
                abi::ATTACH_LIRC
            }
            _ => return Err(Failure::told(EINVAL, "no way to attach")),
        })
    }

    fn path(&mut self, path: &str) -> Outcome<()> {
        let (at, size) = self.calls.text(path)?;
        (self.options.path, self.options.path_size) = (at as u32, size as u32);
        Ok(())
    }

    fn name(&mut self, name: &str) -> Outcome<()> {
        let (at, size) = self.calls.text(name)?;
        (self.options.name, self.options.name_size) = (at as u32, size as u32);
        Ok(())
    }

    fn function(&mut self, probe: &FunctionProbe) -> Outcome<u32> {
        self.name(&probe.function)?;
        self.options.offset = probe.offset;
        self.options.cookie = probe.cookie;
        self.options.flags = when_returning(probe.at_return);
        Ok(abi::ATTACH_KPROBE)
    }

    fn file_function(&mut self, probe: &FileProbe) -> Outcome<u32> {
        self.path(&probe.path)?;
        if let Some(function) = &probe.function {
            self.name(function)?;
        }
        self.options.offset = probe.offset;
        self.options.ref_ctr_offset = probe.ref_ctr_offset;
        self.options.pid = process(probe.pid);
        self.options.cookie = probe.cookie;
        self.options.flags = when_returning(probe.at_return);
        Ok(abi::ATTACH_UPROBE)
    }

    fn functions(&mut self, probes: &FunctionProbes) -> Outcome<u32> {
        self.places(&probes.places)?;
        self.options.cookies = self.numbers("cookies", &probes.cookies)?;
        let session = if probes.session { abi::ATTACH_SESSION } else { 0 };
        let unique = if probes.unique { abi::ATTACH_UNIQUE } else { 0 };
        self.options.flags = when_returning(probes.at_return) | session | unique;
        Ok(abi::ATTACH_KPROBE_MULTI)
    }

    fn file_functions(&mut self, probes: &FileProbes) -> Outcome<u32> {
        self.path(&probes.path)?;
        self.places(&probes.places)?;
        self.options.cookies = self.numbers("cookies", &probes.cookies)?;
        self.options.ref_ctr_offsets = self.numbers("ref-ctr-offsets", &probes.ref_ctr_offsets)?;
        self.options.pid = process(probes.pid);
        self.options.flags =
            when_returning(probes.at_return) | if probes.session { abi::ATTACH_SESSION } else { 0 };
        Ok(abi::ATTACH_UPROBE_MULTI)
    }

    fn places(&mut self, places: &Places) -> Outcome<()> {
        match places {
            Places::Pattern(pattern) => self.name(pattern),
            Places::Names(names) => {
                let mut all = Vec::new();
                for name in names {
                    all.extend_from_slice(name.as_bytes());
                    all.push(0);
                }
                self.options.count = names.len() as u32;
                self.options.names = self.calls.bytes(&all)? as u32;
                self.options.names_size = all.len() as u32;
                Ok(())
            }
            Places::Addresses(addresses) => {
                self.options.count = addresses.len() as u32;
                self.options.addresses = self.numbers("addresses", addresses)?;
                Ok(())
            }
        }
    }

    /// One for each place, or none: 0.
    fn numbers(&mut self, what: &str, numbers: &[u64]) -> Outcome<u32> {
        if numbers.is_empty() {
            return Ok(0);
        }
        if numbers.len() != self.options.count as usize {
            return Err(Failure::told(
                EINVAL,
                format!("attach: {} {what} for {} places that are listed", numbers.len(), self.options.count),
            ));
        }
        let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        Ok(self.calls.bytes(&bytes)? as u32)
    }

    fn position(&mut self, position: &Position) {
        self.options.flags = position.flags;
        self.options.expected_revision = position.expected_revision;
        match &position.relative {
            Some(Relative::Program(program)) => self.options.relative = program.rep() as i32,
            Some(Relative::Link(link)) => self.options.relative = link.rep() as i32,
            Some(Relative::Id(id)) => self.options.relative_id = *id,
            None => {}
        }
    }

    fn iterator(&mut self, scope: &IteratorScope) -> u32 {
        match scope {
            IteratorScope::Everything => {}
            IteratorScope::Map(map) => self.options.handle = map.rep() as i32,
            IteratorScope::Cgroup((cgroup, order)) => {
                self.options.handle = cgroup.rep() as i32;
                self.options.order = *order;
            }
            IteratorScope::Process(pid) => self.options.pid = *pid as i32,
            IteratorScope::Thread(tid) => self.options.tid = *tid as i32,
        }
        abi::ATTACH_ITERATOR
    }
}
