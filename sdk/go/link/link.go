// Package link attaches programs, in the manner of github.com/cilium/ebpf/link.
//
// A link is attached until it is closed or the guest ends; the garbage collector closes none. A pinned link outlives the
// guest. What the kernel or the host lacks is an error that errors.Is ebpf.ErrNotSupported.
package link

import (
	"runtime"
	"unsafe"

	"wasm-bpf/ebpf"
	"wasm-bpf/ebpf/internal/abi"
	"wasm-bpf/ebpf/internal/host"
)

// ErrNotSupported is ebpf's.
var ErrNotSupported = ebpf.ErrNotSupported

// Link is what holds a program at its place.
type Link interface {
	// Update puts another program in the place of the link's own, with no moment between them.
	Update(*ebpf.Program) error
	// Pin makes the link outlive the guest, by a name in a BPF file system of the host. The policy has to allow it.
	Pin(fileName string) error
	// Unpin takes the name away.
	Unpin() error
	// Detach takes the program from its place. Links that trace are closed for that.
	Detach() error
	// Info is what the kernel says of the link.
	Info() (*Info, error)
	// Close detaches, unless the link is pinned.
	Close() error

	handle() abi.Handle
}

// ID is the kernel's number of a link.
type ID uint32

// Info is what the kernel says of a link: of what its type has, the rest is 0.
type Info struct {
	Type       Type
	ID         ID
	Program    uint32 // the kernel's number of it
	AttachType ebpf.AttachType
	// TargetID is the cgroup's, the network namespace's inode, the number of a BTF object or of a map.
	TargetID       uint64
	TargetTypeID   uint32
	Interface      int
	Cookie         uint64
	Offset         uint64
	Address        uint64
	Missed         uint64
	RefCtrOffset   uint64
	Flags          uint32
	Count          uint32 // of a multi-link's places
	ProtocolFamily uint32
	Hook           uint32
	Priority       int32
	PerfEventType  uint32
	PID, TID       uint32
	// Target is the tracepoint, function, file or iterator.
	Target string
}

// Type is the kind of a link: enum bpf_link_type of linux/bpf.h.
type Type uint32

const (
	UnspecifiedType Type = iota
	RawTracepointType
	TracingType
	CgroupType
	IterType
	NetNsType
	XDPType
	PerfEventType
	KprobeMultiType
	StructOpsType
	NetfilterType
	TCXType
	UprobeMultiType
	NetkitType
	SockMapType
)

type link struct {
	number abi.Handle
	pins   host.Pins
}

func (l *link) handle() abi.Handle { return l.number }

func (l *link) Update(program *ebpf.Program) error {
	return host.Check(abi.CallLinkUpdate(l.number, abi.Handle(program.FD())))
}

func (l *link) Pin(fileName string) error {
	return l.pins.PinTo(l.number, fileName)
}

func (l *link) Unpin() error {
	return l.pins.UnpinFrom(l.number)
}

func (l *link) Detach() error { return host.Check(abi.CallLinkDetach(l.number)) }

func (l *link) Close() error {
	if l.number <= 0 {
		return nil
	}
	number := l.number
	l.number = -host.LinuxBadHandle
	return host.Check(abi.CallClose(number))
}

func (l *link) Info() (*Info, error) {
	var info abi.LinkInfo
	if err := host.Check(abi.CallLinkInfo(l.number, unsafe.Pointer(&info), uint32(unsafe.Sizeof(info)))); err != nil {
		return nil, err
	}
	return &Info{Type(info.Type), ID(info.Id), info.ProgramId, ebpf.AttachType(info.AttachType), info.TargetId, info.TargetTypeId,
		int(info.InterfaceIndex), info.Cookie, info.Offset, info.Address, info.Missed, info.RefCtrOffset, info.Flags, info.Count,
		info.ProtocolFamily, info.Hook, info.Priority, info.PerfEventType, info.Pid, info.Tid,
		host.Terminated(info.Target[:])}, nil
}

// LoadPinnedLink opens a link that is pinned in a BPF file system of the host.
func LoadPinnedLink(fileName string, _ *ebpf.LoadPinOptions) (Link, error) {
	path, size := host.Bytes(fileName)
	number := abi.CallOpenPinned(path, size, abi.PinnedLink, 0)
	if number < 0 {
		return nil, host.Failed(int32(number))
	}
	return &link{number, host.PinnedAt(fileName)}, nil
}

// request is an attachment on its way to the host, with what it points to.
type request struct {
	options abi.AttachOptions
	kept    []any
}

func newRequest(kind uint32) *request {
	r := &request{}
	r.options.Size = uint32(unsafe.Sizeof(r.options))
	r.options.Kind = kind
	return r
}

func (r *request) text(text string, at *abi.Ptr, size *uint32) {
	r.kept = append(r.kept, text)
	address, bytes := host.TextAddress(text)
	*at, *size = abi.Ptr(address), bytes
}

func (r *request) name(name string) *request {
	r.text(name, &r.options.Name, &r.options.NameSize)
	return r
}

func (r *request) path(path string) *request {
	r.text(path, &r.options.Path, &r.options.PathSize)
	return r
}

// texts are many, each terminated.
func (r *request) texts(texts []string) {
	var all []byte
	for _, text := range texts {
		all = append(append(all, text...), 0)
	}
	r.kept = append(r.kept, all)
	r.options.Names, r.options.NamesSize = abi.Ptr(host.Address(host.Pointer(all))), uint32(len(all))
	r.options.Count = uint32(len(texts))
}

func (r *request) numbers(numbers []uint64, at *abi.Ptr) {
	if len(numbers) == 0 {
		return
	}
	r.kept = append(r.kept, numbers)
	*at = abi.Ptr(host.Address(unsafe.Pointer(unsafe.SliceData(numbers))))
	r.options.Count = uint32(len(numbers))
}

func (r *request) attach(program *ebpf.Program) (*link, error) {
	if program == nil {
		return nil, host.Invalid("there is no program to attach")
	}
	number := abi.CallProgramAttach(abi.Handle(program.FD()), unsafe.Pointer(&r.options))
	runtime.KeepAlive(r)
	if number < 0 {
		return nil, host.Failed(int32(number))
	}
	return &link{number: number}, nil
}

// one makes an interface of what attach gives: a nil one where there was an error.
func one(l *link, err error) (Link, error) {
	if err != nil {
		return nil, err
	}
	return l, nil
}

// Attach attaches a program to what its section names: "tp/sched/sched_switch", "kprobe/do_exit", "iter/task". It is what
// libbpf calls bpf_program__attach.
func Attach(program *ebpf.Program) (Link, error) {
	return one(newRequest(abi.AttachAuto).attach(program))
}

// AttachStructOps puts the operations of a struct_ops map in force.
func AttachStructOps(operations *ebpf.Map) (Link, error) {
	number := abi.CallMapAttach(abi.Handle(operations.FD()), nil)
	if number < 0 {
		return nil, host.Failed(int32(number))
	}
	return &link{number: number}, nil
}
