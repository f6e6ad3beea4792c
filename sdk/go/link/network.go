package link

import (
	"wasm-bpf/ebpf"
	"wasm-bpf/ebpf/internal/abi"
	"wasm-bpf/ebpf/internal/host"
)

// InterfaceByName is the index of a network interface of the host, where others call net.InterfaceByName.
func InterfaceByName(name string) (int, error) {
	text, size := host.Bytes(name)
	index := abi.CallInterfaceIndex(text, size)
	if index < 0 {
		return 0, host.Failed(index)
	}
	return int(index), nil
}

// XDPAttachFlags say how an XDP program is attached: XDP_FLAGS_* of linux/if_link.h.
type XDPAttachFlags uint32

const (
	// XDPGenericMode works with every interface, behind its driver.
	XDPGenericMode XDPAttachFlags = 1 << (iota + 1)
	// XDPDriverMode wants a driver that knows XDP.
	XDPDriverMode
	// XDPOffloadMode wants a network card that does.
	XDPOffloadMode
)

// XDPOptions are for AttachXDP.
type XDPOptions struct {
	Program *ebpf.Program
	// Interface is its index.
	Interface int
	Flags     XDPAttachFlags
}

// AttachXDP attaches a program to what an interface receives.
func AttachXDP(opts XDPOptions) (Link, error) {
	r := newRequest(abi.AttachXdp)
	r.options.InterfaceIndex, r.options.Flags = int32(opts.Interface), uint32(opts.Flags)
	return one(r.attach(opts.Program))
}

// As linux/bpf.h has them.
const (
	flagBefore = 1 << 3
	flagAfter  = 1 << 4
	flagID     = 1 << 5
	flagLink   = 1 << 13
)

// Anchor is before or after which program a new one goes.
type Anchor interface {
	anchor(*abi.AttachOptions)
}

type anchor struct {
	flags  uint32
	handle abi.Handle
	id     uint32
}

func (a anchor) anchor(options *abi.AttachOptions) {
	options.Flags |= a.flags
	options.Relative, options.RelativeId = a.handle, a.id
}

// Head is before all others.
func Head() Anchor { return anchor{flags: flagBefore} }

// Tail is after all others.
func Tail() Anchor { return anchor{flags: flagAfter} }

// BeforeLink is before the program of a link.
func BeforeLink(target Link) Anchor {
	return anchor{flags: flagBefore | flagLink, handle: target.handle()}
}

// AfterLink is after it.
func AfterLink(target Link) Anchor {
	return anchor{flags: flagAfter | flagLink, handle: target.handle()}
}

// BeforeLinkByID is before the program of a link by the kernel's number.
func BeforeLinkByID(target ID) Anchor {
	return anchor{flags: flagBefore | flagLink | flagID, id: uint32(target)}
}

// AfterLinkByID is after it.
func AfterLinkByID(target ID) Anchor {
	return anchor{flags: flagAfter | flagLink | flagID, id: uint32(target)}
}

// BeforeProgram is before a program.
func BeforeProgram(target *ebpf.Program) Anchor {
	return anchor{flags: flagBefore, handle: abi.Handle(target.FD())}
}

// AfterProgram is after it.
func AfterProgram(target *ebpf.Program) Anchor {
	return anchor{flags: flagAfter, handle: abi.Handle(target.FD())}
}

// BeforeProgramByID is before a program by the kernel's number.
func BeforeProgramByID(target uint32) Anchor { return anchor{flags: flagBefore | flagID, id: target} }

// AfterProgramByID is after it.
func AfterProgramByID(target uint32) Anchor { return anchor{flags: flagAfter | flagID, id: target} }

// TCXOptions are for AttachTCX.
type TCXOptions struct {
	// Interface is its index.
	Interface int
	Program   *ebpf.Program
	// Attach is ebpf.AttachTCXIngress or ebpf.AttachTCXEgress.
	Attach           ebpf.AttachType
	Anchor           Anchor
	ExpectedRevision uint64
	Flags            uint32
}

// AttachTCX attaches a program to what an interface receives or sends (Linux 6.6; AttachTC on older kernels).
func AttachTCX(opts TCXOptions) (Link, error) { return attachInterface(abi.AttachTcx, opts) }

// NetkitOptions are for AttachNetkit: Attach is ebpf.AttachNetkitPrimary or ebpf.AttachNetkitPeer.
type NetkitOptions TCXOptions

// AttachNetkit attaches a program to a netkit device (Linux 6.7).
func AttachNetkit(opts NetkitOptions) (Link, error) {
	return attachInterface(abi.AttachNetkit, TCXOptions(opts))
}

func attachInterface(kind uint32, opts TCXOptions) (Link, error) {
	r := newRequest(kind)
	r.options.InterfaceIndex, r.options.Flags = int32(opts.Interface), opts.Flags
	r.options.AttachType, r.options.ExpectedRevision = uint32(opts.Attach), opts.ExpectedRevision
	if opts.Anchor != nil {
		opts.Anchor.anchor(&r.options)
	}
	return one(r.attach(opts.Program))
}

// TCDirection is a side of an interface: BPF_TC_* of libbpf.
type TCDirection uint32

const (
	TCIngress TCDirection = 1
	TCEgress  TCDirection = 2
)

// TCOptions are for AttachTC.
type TCOptions struct {
	// Interface is its index.
	Interface int
	Program   *ebpf.Program
	Direction TCDirection
	// Handle and Priority are the filter's; 0: the kernel's choice.
	Handle, Priority uint32
}

// AttachTC attaches a program as a filter of traffic control, on kernels of any age. It goes with the link.
func AttachTC(opts TCOptions) (Link, error) {
	r := newRequest(abi.AttachTc)
	r.options.InterfaceIndex, r.options.Flags = int32(opts.Interface), uint32(opts.Direction)
	r.options.TcHandle, r.options.Priority = opts.Handle, opts.Priority
	return one(r.attach(opts.Program))
}

// CgroupOptions are for AttachCgroup.
type CgroupOptions struct {
	// Path is the folder of a cgroup2 at the host.
	Path string
	// Attach is where in it, or AttachNone: as the program's section says.
	Attach  ebpf.AttachType
	Program *ebpf.Program
	// Anchor is from Linux 6.17 on.
	Anchor Anchor
}

// AttachCgroup attaches a program to a cgroup.
func AttachCgroup(opts CgroupOptions) (Link, error) {
	r := newRequest(abi.AttachCgroup).path(opts.Path)
	r.options.AttachType = uint32(opts.Attach)
	if opts.Anchor != nil {
		opts.Anchor.anchor(&r.options)
	}
	return one(r.attach(opts.Program))
}

// AttachNetNs attaches a program to a network namespace of the host, by its path (/run/netns/x, /proc/1/ns/net); "": the
// host's own. cilium/ebpf takes a file descriptor.
func AttachNetNs(path string, prog *ebpf.Program) (Link, error) {
	text, size := host.Bytes(path)
	namespace := abi.CallNetworkNamespaceOpen(text, size)
	if namespace < 0 {
		return nil, host.Failed(int32(namespace))
	}
	defer abi.CallClose(namespace)
	r := newRequest(abi.AttachNetns)
	r.options.Handle = namespace
	return one(r.attach(prog))
}

// NetfilterOptions are for AttachNetfilter.
type NetfilterOptions struct {
	Program *ebpf.Program
	// ProtocolFamily is NFPROTO_IPV4 (2) or NFPROTO_IPV6 (10), Hook NF_INET_*.
	ProtocolFamily, Hook uint32
	Priority             int32
	Flags                uint32
}

// AttachNetfilter attaches a program to a hook of netfilter (Linux 6.4).
func AttachNetfilter(opts NetfilterOptions) (Link, error) {
	r := newRequest(abi.AttachNetfilter)
	r.options.ProtocolFamily, r.options.Hook = opts.ProtocolFamily, opts.Hook
	r.options.Priority, r.options.Flags = uint32(opts.Priority), opts.Flags
	return one(r.attach(opts.Program))
}

// SockMapOptions are for AttachSockMap.
type SockMapOptions struct {
	Program *ebpf.Program
	Map     *ebpf.Map
	Attach  ebpf.AttachType
}

// AttachSockMap attaches a program to the sockets of a sockmap or sockhash.
func AttachSockMap(opts SockMapOptions) (Link, error) {
	r := newRequest(abi.AttachSockmap)
	r.options.Handle, r.options.AttachType = abi.Handle(opts.Map.FD()), uint32(opts.Attach)
	return one(r.attach(opts.Program))
}
