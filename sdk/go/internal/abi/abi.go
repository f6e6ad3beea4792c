// Code generated from src/guest_abi by wasm-bpf-abi. DO NOT EDIT.

// Package abi is the guest ABI, version 1, as it is: structs and numbers, and the functions that a guest imports
// from the host, whose results are >= 0 or a negative errno. Before each declaration stands the import that it is for.
package abi

import "unsafe"

// Handle is greater than 0; it names an object, map, program, link, ring, ...
type Handle int32

// Ptr is an offset in guest memory.
type Ptr uint32

// host_features: bits of its result

// map_window, and windows of rings
const HostWindows uint32 = 1

// windows of arenas, in which the kernel's pointers are the guest's
const HostArena uint32 = 2

// signal_action

// changes nothing
const SignalAsItIs int32 = -1

const SignalDefault int32 = 0

const SignalIgnore int32 = 1

const SignalHandle int32 = 2

// a read that it interrupts goes on afterwards: SA_RESTART
const SignalHandleAndRestart int32 = 3

// signal_mask: SIG_BLOCK and its kin

const SignalBlock uint32 = 0

const SignalUnblock uint32 = 1

const SignalSetMask uint32 = 2

// All 64 bits

// signal_wait: its timeout
const ForEver uint64 = 0xffffffffffffffff

// signal_alarm: changes nothing
const AlarmAsItIs uint64 = 0xffffffffffffffff

// btf_query

// name; type_kind: BTF_KIND_* of linux/btf.h, 0: any
const BtfType uint32 = 1

// name: a struct or union; member: a field, or a path as "a.b"
const BtfField uint32 = 2

// name
const BtfFunction uint32 = 3

// name: an enum, or none: in any; member: the enumerator
const BtfEnumValue uint32 = 4

// BtfQuery: btf_query; the members below `module_size` are results
type BtfQuery struct {
	Size uint32

	// enum wasm_bpf_btf_query_kind
	Kind uint32

	TypeKind uint32

	Name Ptr

	NameSize uint32

	Member Ptr

	MemberSize uint32

	// of the kernel, as "nf_conntrack"; none: the kernel itself
	Module Ptr

	ModuleSize uint32

	TypeId uint32

	// BTF_KIND_* of the type, the field's type or the function
	FoundKind uint32

	// of the field in the outermost struct
	BitOffset uint32

	// of the field where it is a bit field; else 0
	BitSize uint32

	// of the type or the field's type; 0 where it has none
	ByteSize uint32

	// of the enumerator
	Value int64
}

// Neither larger nor smaller.
var _ [64 - unsafe.Sizeof(BtfQuery{})]byte
var _ [unsafe.Sizeof(BtfQuery{}) - 64]byte

// InterfaceXdp: interface_xdp
type InterfaceXdp struct {
	// enum netdev_xdp_act of linux/netdev.h; 0 where the kernel does not say
	Features uint64

	ZeroCopyMaxSegments uint32

	// XDP_ATTACHED_* of linux/if_link.h
	AttachMode uint32
}

// Neither larger nor smaller.
var _ [16 - unsafe.Sizeof(InterfaceXdp{})]byte
var _ [unsafe.Sizeof(InterfaceXdp{}) - 16]byte

// feature_probe

// type: enum bpf_prog_type
const FeatureProgramType uint32 = 1

// type: enum bpf_map_type
const FeatureMapType uint32 = 2

// helper: enum bpf_func_id, in programs of the type
const FeatureHelper uint32 = 3

// KernelSymbol: kernel_symbol_at
type KernelSymbol struct {
	// where the symbol begins
	Address uint64

	// terminated
	Name [128]byte

	// terminated; empty: the kernel itself
	Module [64]byte
}

// Neither larger nor smaller.
var _ [200 - unsafe.Sizeof(KernelSymbol{})]byte
var _ [unsafe.Sizeof(KernelSymbol{}) - 200]byte

// open_pinned

const PinnedMap uint32 = 1

const PinnedLink uint32 = 2

// ObjectOptions: object_open; texts of no bytes: libbpf's own choice
type ObjectOptions struct {
	Size uint32

	Name Ptr

	NameSize uint32

	// folder for maps that ask to be pinned by name; policy: pins
	PinRoot Ptr

	PinRootSize uint32

	// a BTF file of the host; policy: files
	BtfPath Ptr

	BtfPathSize uint32

	// a BPF file system of the host that gives tokens; policy: files
	TokenPath Ptr

	TokenPathSize uint32

	// more lines of kernel configuration, as "CONFIG_HZ=100"
	Kconfig Ptr

	KconfigSize uint32

	// of the verifier, 0: none; program_log gives the log
	KernelLogLevel uint32

	// 1: map attributes that libbpf does not know are no error
	RelaxedMaps uint32

	Reserved uint32
}

// Neither larger nor smaller.
var _ [56 - unsafe.Sizeof(ObjectOptions{})]byte
var _ [unsafe.Sizeof(ObjectOptions{}) - 56]byte

// MapInfo: map_info
type MapInfo struct {
	// enum bpf_map_type
	Type uint32

	KeySize uint32

	ValueSize uint32

	// what one element operation moves: per-CPU maps move round_up(value_size, 8) x CPUs
	ValueBytes uint32

	MaxEntries uint32

	MapFlags uint32

	// of guest memory that its window takes, a multiple of 4096; 0: it has none
	WindowBytes uint32

	// 1: its window is read-only once the object is loaded
	ReadOnly uint32

	// 1: .data, .bss, .rodata or .kconfig
	GlobalData uint32

	// bytes of its initial value; 0: none
	DataBytes uint32

	// terminated
	Name [64]byte

	MapExtra uint64

	// the kernel's; 0 before load
	Id uint32

	NumaNode uint32

	BtfKeyTypeId uint32

	BtfValueTypeId uint32

	InterfaceIndex uint32

	Autocreate uint32

	// of struct_ops
	Autoattach uint32

	Pinned uint32

	// of an arena's global variables in its window, once the object is loaded
	DataOffset uint32

	// bits of enum wasm_bpf_handles: which parts of its elements are handles
	Handles uint32
}

// Neither larger nor smaller.
var _ [152 - unsafe.Sizeof(MapInfo{})]byte
var _ [unsafe.Sizeof(MapInfo{}) - 152]byte

// map_info

const HandlesKey uint32 = 1

// the value's first 4 bytes
const HandlesValue uint32 = 2

// the 4 bytes after them, or 0: a program's, where values have 8
const HandlesSecond uint32 = 4

// map_set; before the object is loaded

const MapMaxEntries uint32 = 1

const MapType uint32 = 2

const MapKeySize uint32 = 3

const MapValueSize uint32 = 4

const MapAutocreate uint32 = 5

const MapFlags uint32 = 6

const MapNumaNode uint32 = 7

const MapExtra uint32 = 8

const MapInterface uint32 = 9

const MapAutoattach uint32 = 10

// MapCreateOptions: map_create
type MapCreateOptions struct {
	Size uint32

	// enum bpf_map_type
	Type uint32

	KeySize uint32

	ValueSize uint32

	MaxEntries uint32

	MapFlags uint32

	MapExtra uint64

	Name Ptr

	NameSize uint32

	// of a map of maps: an example of its inner maps
	Inner Handle

	NumaNode uint32

	InterfaceIndex uint32

	// whose BTF the type ids are of; 0: no types
	BtfObject Handle

	BtfKeyTypeId uint32

	BtfValueTypeId uint32
}

// Neither larger nor smaller.
var _ [64 - unsafe.Sizeof(MapCreateOptions{})]byte
var _ [unsafe.Sizeof(MapCreateOptions{}) - 64]byte

// ProgramInfo: program_info
type ProgramInfo struct {
	// enum bpf_prog_type
	Type uint32

	Autoload uint32

	// 1: its section does not say where to attach it
	NeedsTarget uint32

	ExpectedAttachType uint32

	// terminated
	Name [64]byte

	// terminated
	Section [128]byte

	Flags uint32

	Autoattach uint32

	LogLevel uint32

	// the kernel's; 0 before load
	Id uint32

	InstructionCount uint32

	Reserved uint32
}

// Neither larger nor smaller.
var _ [232 - unsafe.Sizeof(ProgramInfo{})]byte
var _ [unsafe.Sizeof(ProgramInfo{}) - 232]byte

// program_code_info: enum's kinds, and of what each is an array

// struct bpf_func_info of linux/bpf.h
const CodeFunctions uint32 = 1

// struct bpf_line_info
const CodeLines uint32 = 2

// program_set; before the object is loaded

const ProgramAutoload uint32 = 1

const ProgramAutoattach uint32 = 2

const ProgramType uint32 = 3

const ProgramExpectedAttachType uint32 = 4

const ProgramFlags uint32 = 5

const ProgramLogLevel uint32 = 6

const ProgramInterface uint32 = 7

// program_attach: what the members mean is said per kind; others must be 0.

// by the section's name alone
const AttachAuto uint32 = 0

// name, offset, flags: RETURN
const AttachKprobe uint32 = 1

// path, name (or none), offset, ref_ctr_offset, pid, flags: RETURN
const AttachUprobe uint32 = 2

// path: category; name
const AttachTracepoint uint32 = 3

// name
const AttachRawTracepoint uint32 = 4

// handle of cgroup_open, or path; from Linux 6.17 on also as TCX
const AttachCgroup uint32 = 5

// interface, flags: XDP_FLAGS_*
const AttachXdp uint32 = 6

// interface; flags: BPF_F_BEFORE, AFTER, …; relative_*, expected_revision
const AttachTcx uint32 = 7

// interface, flags: BPF_TC_INGRESS or BPF_TC_EGRESS, tc_handle, priority
const AttachTc uint32 = 8

// handle of socket_open: its filter; sk_reuseport: its group's choice
const AttachSocket uint32 = 9

// path: interface, cgroup or "path:function", as the section needs
const AttachBySection uint32 = 10

// name: pattern, or names or addresses; cookies; flags: RETURN, SESSION, UNIQUE
const AttachKprobeMulti uint32 = 11

// path; name: pattern, or names or offsets; cookies, ref_ctr_offsets; pid; flags
const AttachUprobeMulti uint32 = 12

// name: system call; flags: RETURN
const AttachKsyscall uint32 = 13

// path, provider, name, pid
const AttachUsdt uint32 = 14

// handle of perf_event_open; flags: LEAVE_DISABLED
const AttachPerfEvent uint32 = 15

// fentry, fexit, fmod_ret, tp_btf, lsm: by section or set_attach_target; cookie
const AttachTrace uint32 = 16

// handle of a loaded program and name, its function; neither: as when loaded
const AttachFreplace uint32 = 17

// handle of a map or cgroup, order; or pid or tid; or none
const AttachIterator uint32 = 18

// as TCX
const AttachNetkit uint32 = 19

// protocol_family, hook, priority, flags: BPF_F_NETFILTER_IP_DEFRAG
const AttachNetfilter uint32 = 20

// handle of network_namespace_open, or 0: the host's own
const AttachNetns uint32 = 21

// handle of a sockmap or sockhash
const AttachSockmap uint32 = 22

// path of the device
const AttachLirc uint32 = 23

// lwt_*: name: destination as "10.0.0.0/8", interface, path: gateway or none; makes the route, which goes with the link
const AttachRoute uint32 = 24

// attach_options: flags of the kinds that trace

// when the function returns
const AttachReturn uint32 = 1

// at both ends, if the program says so at the first
const AttachSession uint32 = 2

// the pattern must match one function alone
const AttachUnique uint32 = 4

// does not enable the event
const AttachLeaveDisabled uint32 = 8

// AttachOptions: program_attach
type AttachOptions struct {
	Size uint32

	// enum wasm_bpf_attach_kind
	Kind uint32

	Cookie uint64

	Offset uint64

	Path Ptr

	PathSize uint32

	Name Ptr

	NameSize uint32

	// uprobe: -1 every process, 0 the host's own
	Pid int32

	InterfaceIndex int32

	Flags uint32

	Handle Handle

	TcHandle uint32

	// netfilter: a signed number
	Priority uint32

	RefCtrOffset uint64

	ExpectedRevision uint64

	// a program or link of this guest's, before or after which to attach
	Relative Handle

	// the kernel's id of one, instead
	RelativeId uint32

	// usdt
	Provider Ptr

	ProviderSize uint32

	// multi: `count` terminated texts, one after another
	Names Ptr

	NamesSize uint32

	// kprobe multi: uint64_t[count]; uprobe multi: offsets in the file
	Addresses Ptr

	// multi: uint64_t[count]
	Cookies Ptr

	// uprobe multi: uint64_t[count]
	RefCtrOffsets Ptr

	// multi: of each of the four lists that is given
	Count uint32

	// netfilter: NFPROTO_IPV4, NFPROTO_IPV6
	ProtocolFamily uint32

	// netfilter: NF_INET_*
	Hook uint32

	// iterator over cgroups: enum bpf_cgroup_iter_order
	Order uint32

	// iterator over a task
	Tid int32

	// cgroup, tcx, netkit, sockmap: enum bpf_attach_type; 0: as the section says
	AttachType uint32

	Reserved uint32
}

// Neither larger nor smaller.
var _ [144 - unsafe.Sizeof(AttachOptions{})]byte
var _ [unsafe.Sizeof(AttachOptions{}) - 144]byte

// LinkInfo: link_info
type LinkInfo struct {
	// enum bpf_link_type
	Type uint32

	Id uint32

	ProgramId uint32

	// enum bpf_attach_type, where the type has one
	AttachType uint32

	// cgroup id, network namespace's inode, BTF object id, map id: as the type has it
	TargetId uint64

	Cookie uint64

	// of a probe in its function or file
	Offset uint64

	// of a kernel probe
	Address uint64

	// runs that a kernel probe missed
	Missed uint64

	RefCtrOffset uint64

	InterfaceIndex int32

	Flags uint32

	// of a multi link's places
	Count uint32

	ProtocolFamily uint32

	Hook uint32

	Priority int32

	// in the BTF of target_id
	TargetTypeId uint32

	// enum bpf_perf_event_type, of a perf event's link
	PerfEventType uint32

	Pid uint32

	Tid uint32

	// terminated: tracepoint, function, file, iterator; empty where the type has none
	Target [128]byte
}

// Neither larger nor smaller.
var _ [232 - unsafe.Sizeof(LinkInfo{})]byte
var _ [unsafe.Sizeof(LinkInfo{}) - 232]byte

// perf_event_control

const PerfEventEnable uint32 = 1

const PerfEventDisable uint32 = 2

const PerfEventReset uint32 = 3

// socket_open

const SocketReusePort uint32 = 1

const SocketListen uint32 = 2

// SocketOptions: socket_open
type SocketOptions struct {
	Size uint32

	// AF_PACKET, AF_INET, AF_INET6, as Linux numbers them
	Family uint32

	// SOCK_RAW, SOCK_STREAM, SOCK_DGRAM
	Type uint32

	// as socket(2) takes it
	Protocol uint32

	// enum wasm_bpf_socket_flag
	Flags uint32

	// AF_PACKET: bound to it; 0: to all
	InterfaceIndex int32

	// bound to it: Linux' struct sockaddr_in or sockaddr_in6; 0: not bound
	Address Ptr

	AddressSize uint32
}

// Neither larger nor smaller.
var _ [32 - unsafe.Sizeof(SocketOptions{})]byte
var _ [unsafe.Sizeof(SocketOptions{}) - 32]byte

// host_number

const HostProcessId uint32 = 1

// of the thread that the guest runs on
const HostThreadId uint32 = 2

const HostParentId uint32 = 3

const HostUserId uint32 = 4

const HostEffectiveUserId uint32 = 5

const HostGroupId uint32 = 6

const HostEffectiveGroupId uint32 = 7

const HostConfiguredCpus uint32 = 8

const HostOnlineCpus uint32 = 9

const HostPageSize uint32 = 10

// a second, of times in /proc
const HostClockTicks uint32 = 11

// What stat(2) says of /proc/self/ns/pid, as bpf_get_ns_current_pid_tgid() takes it. The inode's 32 bits have no sign.
const HostPidNamespaceInode uint32 = 12

const HostPidNamespaceDevice uint32 = 13

// host_name: as uname(2)

const HostSystem uint32 = 0

const HostNode uint32 = 1

const HostRelease uint32 = 2

const HostVersion uint32 = 3

const HostMachine uint32 = 4

// LocalTime: local_time
type LocalTime struct {
	// seconds east of UTC
	UtcOffset int32

	// 1: daylight saving time
	IsSummer uint32

	// of the time zone, terminated
	Abbreviation [24]byte
}

// Neither larger nor smaller.
var _ [32 - unsafe.Sizeof(LocalTime{})]byte
var _ [unsafe.Sizeof(LocalTime{}) - 32]byte

// PerfRingOptions: perf_ring_add
type PerfRingOptions struct {
	Size uint32

	Cpu int32

	// the element that gets the event: the CPU, as a rule
	MapKey uint32

	// of data, a power of 2: where there is no window; else the window says
	Pages uint32

	// 0: 1
	SamplePeriod uint32

	// 0: 1
	WakeupEvents uint32

	// the kernel's struct perf_event_attr in the place of the two before; 0: BPF's output
	Attr Ptr

	AttrSize uint32
}

// Neither larger nor smaller.
var _ [32 - unsafe.Sizeof(PerfRingOptions{})]byte
var _ [unsafe.Sizeof(PerfRingOptions{}) - 32]byte

// RingInfo: ring_info
type RingInfo struct {
	// bytes since the start; never wraps
	ConsumerPosition uint64

	ProducerPosition uint64

	// the ring's size
	DataBytes uint32

	// 0: by ring_read and ring_write
	HasWindow uint32
}

// Neither larger nor smaller.
var _ [24 - unsafe.Sizeof(RingInfo{})]byte
var _ [unsafe.Sizeof(RingInfo{}) - 24]byte

// metric_publish

// only grows
const MetricCounter uint32 = 1

const MetricGauge uint32 = 2

const MetricHistogram uint32 = 3

// metric_publish: how a number lies there

const MetricU64 uint32 = 1

const MetricI64 uint32 = 2

const MetricF64 uint32 = 3

const MetricU32 uint32 = 4

const MetricI32 uint32 = 5

// metric_publish: where

// value, sum: addresses in guest memory, aligned to the numbers
const MetricInMemory uint32 = 1

// value, sum: offsets in the value of the map's element `key`
const MetricInElement uint32 = 2

// the same of every element; `element_labels` tell the samples apart
const MetricInEachElement uint32 = 3

// slot N of the histogram is at `value` in element N of an array map
const MetricInSlots uint32 = 4

// metric_publish: what a label's text is made of

// 1, 2, 4 or 8 bytes
const MetricLabelUnsigned uint32 = 1

const MetricLabelSigned uint32 = 2

// unsigned, its first byte the highest, as a port
const MetricLabelNetworkOrder uint32 = 3

// 4 bytes, as the network orders them
const MetricLabelIpv4 uint32 = 4

// 16 bytes
const MetricLabelIpv6 uint32 = 5

// up to a zero byte, or `size`
const MetricLabelText uint32 = 6

const MetricLabelHex uint32 = 7

// MetricLabel: metric_publish: a label made of each element
type MetricLabel struct {
	Name Ptr

	NameSize uint32

	// enum wasm_bpf_metric_label_format
	Format uint32

	// 0: of the element's key; 1: of its value, one CPU's
	InValue uint32

	Offset uint32

	Size uint32
}

// Neither larger nor smaller.
var _ [24 - unsafe.Sizeof(MetricLabel{})]byte
var _ [unsafe.Sizeof(MetricLabel{}) - 24]byte

// MetricOptions: metric_publish
type MetricOptions struct {
	Size uint32

	// enum wasm_bpf_metric_kind
	Kind uint32

	// as Prometheus wants them, without a suffix but for a counter's _total
	Name Ptr

	NameSize uint32

	Help Ptr

	HelpSize uint32

	// as "seconds", with which the name ends; or none
	Unit Ptr

	UnitSize uint32

	// terminated texts, one after another: name, value, name, value
	Labels Ptr

	// of all, terminators included
	LabelsSize uint32

	// enum wasm_bpf_metric_number: the value, or each slot (U64, U32)
	Number uint32

	// numbers are shown times ten to the power of it: -9 makes ns seconds
	Exponent int32

	// enum wasm_bpf_metric_place
	Place uint32

	Value uint32

	// histogram: the sum of the values
	Sum uint32

	// enum wasm_bpf_metric_number; 0: there is no sum
	SumNumber uint32

	// histogram: their number; they lie one after another
	Slots uint32

	// histogram: inclusive upper bounds, double[slots - 1]; 0: slot N has up to 2^(N+1) - 1
	Bounds Ptr

	Map Handle

	Key Ptr

	KeySize uint32

	// struct wasm_bpf_metric_label[]
	ElementLabels Ptr

	ElementLabelCount uint32
}

// Neither larger nor smaller.
var _ [92 - unsafe.Sizeof(MetricOptions{})]byte
var _ [unsafe.Sizeof(MetricOptions{}) - 92]byte

// TestRunOptions: program_test_run; data_out_size, context_out_size, return_value and duration_ns are results
type TestRunOptions struct {
	Size uint32

	DataIn Ptr

	DataInSize uint32

	DataOut Ptr

	// in: room; out: bytes written
	DataOutSize uint32

	ContextIn Ptr

	ContextInSize uint32

	ContextOut Ptr

	// in: room; out: bytes written
	ContextOutSize uint32

	Repeat uint32

	Flags uint32

	ReturnValue uint32

	DurationNs uint32

	// with BPF_F_TEST_RUN_ON_CPU
	Cpu uint32

	// with BPF_F_TEST_XDP_LIVE_FRAMES
	BatchSize uint32

	Reserved uint32
}

// Neither larger nor smaller.
var _ [64 - unsafe.Sizeof(TestRunOptions{})]byte
var _ [unsafe.Sizeof(TestRunOptions{}) - 64]byte

// CallErrorText: Writes the text of the last call that failed, terminated and cut to `size`. Its full length without the terminator.
//
//go:wasmimport wasm_bpf_v1 error_text
//go:noescape
func CallErrorText(text unsafe.Pointer, size uint32) int32

// CallErrorName: Writes what glibc says of an errno value (strerror), terminated and cut to `size`. Its full length without the terminator.
//
//go:wasmimport wasm_bpf_v1 error_name
//go:noescape
func CallErrorName(error int32, text unsafe.Pointer, size uint32) int32

// CallLogKeep: From now on what libbpf says in the host during the guest's calls is kept for log_next, 4 MiB at most: messages of up to this level (0: warnings, 1: information, 2: debugging, as libbpf_print_level); negative: none. 0.
//
//go:wasmimport wasm_bpf_v1 log_keep
//go:noescape
func CallLogKeep(level int32) int32

// CallLogNext: Takes the oldest of these messages: writes its level (u32) and its text, terminated. The text's length; where that is not below `size`, the text is empty and the message stays; 0 where there is none.
//
//go:wasmimport wasm_bpf_v1 log_next
//go:noescape
func CallLogNext(level unsafe.Pointer, text unsafe.Pointer, size uint32) int32

// CallClose: Ends what the handle names: closes an object (its maps, programs and windows with it; links live on), detaches a link, unmaps a ring's windows, closes a socket or cgroup. Maps and programs end with their object: -EINVAL. 0.
//
//go:wasmimport wasm_bpf_v1 close
//go:noescape
func CallClose(handle Handle) int32

// CallPossibleCpus: The number of possible CPUs: the values of a per-CPU map.
//
//go:wasmimport wasm_bpf_v1 possible_cpus
//go:noescape
func CallPossibleCpus() int32

// CallHostFeatures: Bits of enum wasm_bpf_host_feature: what this host offers beyond calls, as windows.
//
//go:wasmimport wasm_bpf_v1 host_features
//go:noescape
func CallHostFeatures() int32

// CallKernelVersion: The running kernel's version as KERNEL_VERSION(major, minor, patch) makes it; a patch above 255 counts as 255.
//
//go:wasmimport wasm_bpf_v1 kernel_version
//go:noescape
func CallKernelVersion() int32

// CallHostNumber: A number of the host's: enum wasm_bpf_host_number; -EINVAL for one that it does not know.
//
//go:wasmimport wasm_bpf_v1 host_number
//go:noescape
func CallHostNumber(kind uint32) int32

// CallHostName: Writes a name of the host's, as uname(2) has it, terminated and cut to `size`: enum wasm_bpf_host_name. Its length.
//
//go:wasmimport wasm_bpf_v1 host_name
//go:noescape
func CallHostName(kind uint32, text unsafe.Pointer, size uint32) int32

// CallLocalTime: Writes struct wasm_bpf_local_time: the host's time zone at a time in seconds since 1970. 0.
//
//go:wasmimport wasm_bpf_v1 local_time
//go:noescape
func CallLocalTime(seconds int64, zone unsafe.Pointer) int32

// CallInterfaceIndex: The index of a network interface; -ENODEV.
//
//go:wasmimport wasm_bpf_v1 interface_index
//go:noescape
func CallInterfaceIndex(name unsafe.Pointer, nameSize uint32) int32

// CallInterfaceName: Writes the name of a network interface, terminated and cut to `size`. Its length; -ENODEV.
//
//go:wasmimport wasm_bpf_v1 interface_name
//go:noescape
func CallInterfaceName(index int32, name unsafe.Pointer, size uint32) int32

// CallInterfaceXdp: Writes struct wasm_bpf_interface_xdp, cut to `size`: what a network interface can do for XDP. 0; -ENODEV.
//
//go:wasmimport wasm_bpf_v1 interface_xdp
//go:noescape
func CallInterfaceXdp(index int32, info unsafe.Pointer, size uint32) int32

// CallBtfQuery: Looks a type, field, function or enumerator up in the running kernel's own BTF: struct wasm_bpf_btf_query. 0; -ENOENT; -EOPNOTSUPP where the kernel has no BTF.
//
//go:wasmimport wasm_bpf_v1 btf_query
//go:noescape
func CallBtfQuery(query unsafe.Pointer) int32

// CallBtfRead: Copies BTF, cut to `size`: an object's; with object 0 the kernel's own or, where `module` names one, that of a module, which is split from the kernel's. Its full size; -ENOENT; -EOPNOTSUPP where the kernel has no BTF.
//
//go:wasmimport wasm_bpf_v1 btf_read
//go:noescape
func CallBtfRead(object Handle, module unsafe.Pointer, moduleSize uint32, data unsafe.Pointer, size uint32) int32

// CallFeatureProbe: Whether the kernel has it, by trying: enum wasm_bpf_feature_kind. 1 or 0; -EOPNOTSUPP for a number that the host does not know, and where a try says nothing.
//
//go:wasmimport wasm_bpf_v1 feature_probe
//go:noescape
func CallFeatureProbe(kind uint32, type_ uint32, helper uint32) int32

// CallKernelSymbol: Writes the address (u64) of a symbol of /proc/kallsyms; of several of one name the lowest. 0; -ENOENT; -EPERM where the kernel hides addresses. Policy: kernel_symbols.
//
//go:wasmimport wasm_bpf_v1 kernel_symbol
//go:noescape
func CallKernelSymbol(name unsafe.Pointer, nameSize uint32, address unsafe.Pointer) int32

// CallKernelSymbolAt: Writes struct wasm_bpf_kernel_symbol, cut to `size`, of the last symbol that is not above the address. 0; -ENOENT; -EPERM where the kernel hides addresses. Policy: kernel_symbols.
//
//go:wasmimport wasm_bpf_v1 kernel_symbol_at
//go:noescape
func CallKernelSymbolAt(address uint64, symbol unsafe.Pointer, size uint32) int32

// CallPin: Pins a map, program or link at a path of a BPF file system, folders before it made where they are missing. It then outlives the guest. 0. Policy: pins.
//
//go:wasmimport wasm_bpf_v1 pin
//go:noescape
func CallPin(handle Handle, path unsafe.Pointer, pathSize uint32) int32

// CallUnpin: Removes the pin of a map, program or link at the path. 0. Policy: pins.
//
//go:wasmimport wasm_bpf_v1 unpin
//go:noescape
func CallUnpin(handle Handle, path unsafe.Pointer, pathSize uint32) int32

// CallOpenPinned: Opens what is pinned there: enum wasm_bpf_pinned_kind. `flags`: BPF_F_RDONLY or BPF_F_WRONLY for a map. A handle that the guest owns: close it. Policy: pins.
//
//go:wasmimport wasm_bpf_v1 open_pinned
//go:noescape
func CallOpenPinned(path unsafe.Pointer, pathSize uint32, kind uint32, flags uint32) Handle

// CallObjectOpen: Opens a BPF object file. `options`: struct wasm_bpf_object_options, or 0. A handle.
//
//go:wasmimport wasm_bpf_v1 object_open
//go:noescape
func CallObjectOpen(data unsafe.Pointer, size uint32, options unsafe.Pointer) Handle

// CallObjectLoad: Creates the maps, loads the programs, and turns the windows bound before into live ones. 0.
//
//go:wasmimport wasm_bpf_v1 object_load
//go:noescape
func CallObjectLoad(object Handle) int32

// CallObjectName: Writes the object's name, terminated and cut to `size`. Its length.
//
//go:wasmimport wasm_bpf_v1 object_name
//go:noescape
func CallObjectName(object Handle, name unsafe.Pointer, size uint32) int32

// CallObjectFindMap: The map's handle; -ENOENT.
//
//go:wasmimport wasm_bpf_v1 object_find_map
//go:noescape
func CallObjectFindMap(object Handle, name unsafe.Pointer, nameSize uint32) Handle

// CallObjectNextMap: The map after `previous` (0: the first); 0 at the end.
//
//go:wasmimport wasm_bpf_v1 object_next_map
//go:noescape
func CallObjectNextMap(object Handle, previous Handle) Handle

// CallObjectFindProgram: The program's handle; -ENOENT.
//
//go:wasmimport wasm_bpf_v1 object_find_program
//go:noescape
func CallObjectFindProgram(object Handle, name unsafe.Pointer, nameSize uint32) Handle

// CallObjectNextProgram: The program after `previous` (0: the first); 0 at the end.
//
//go:wasmimport wasm_bpf_v1 object_next_program
//go:noescape
func CallObjectNextProgram(object Handle, previous Handle) Handle

// CallMapCreate: Creates a map without an object: struct wasm_bpf_map_create_options. A handle that the guest owns: close it.
//
//go:wasmimport wasm_bpf_v1 map_create
//go:noescape
func CallMapCreate(options unsafe.Pointer) Handle

// CallMapInfo: Writes struct wasm_bpf_map_info, cut to `size`. 0.
//
//go:wasmimport wasm_bpf_v1 map_info
//go:noescape
func CallMapInfo(map_ Handle, info unsafe.Pointer, size uint32) int32

// CallMapSet: Sets enum wasm_bpf_map_field before load. 0.
//
//go:wasmimport wasm_bpf_v1 map_set
//go:noescape
func CallMapSet(map_ Handle, field uint32, value uint64) int32

// CallMapSetInitialValue: Before load, for global data: what it starts with; exactly its size (data_bytes of wasm_bpf_map_info). 0.
//
//go:wasmimport wasm_bpf_v1 map_set_initial_value
//go:noescape
func CallMapSetInitialValue(map_ Handle, value unsafe.Pointer, size uint32) int32

// CallMapSetInner: Before load, for a map of maps: the shape of its inner maps, by example. 0.
//
//go:wasmimport wasm_bpf_v1 map_set_inner
//go:noescape
func CallMapSetInner(map_ Handle, inner Handle) int32

// CallMapSetExclusive: Before load: no other program than this one of the same object may use the map. 0.
//
//go:wasmimport wasm_bpf_v1 map_set_exclusive
//go:noescape
func CallMapSetExclusive(map_ Handle, program Handle) int32

// CallMapExclusive: The program that alone may use the map; 0 where any may.
//
//go:wasmimport wasm_bpf_v1 map_exclusive
//go:noescape
func CallMapExclusive(map_ Handle) Handle

// CallMapSetPinPath: Before load: where the map is pinned at load, or taken from where it is pinned already; no bytes: nowhere. 0. Policy: pins.
//
//go:wasmimport wasm_bpf_v1 map_set_pin_path
//go:noescape
func CallMapSetPinPath(map_ Handle, path unsafe.Pointer, pathSize uint32) int32

// CallMapPinPath: Writes where the map is pinned or will be at load, terminated and cut to `size`. Its full length; 0: nowhere.
//
//go:wasmimport wasm_bpf_v1 map_pin_path
//go:noescape
func CallMapPinPath(map_ Handle, path unsafe.Pointer, size uint32) int32

// CallMapReuse: Before load: the object takes `existing`, of the same shape, in the place of its own map. 0.
//
//go:wasmimport wasm_bpf_v1 map_reuse
//go:noescape
func CallMapReuse(map_ Handle, existing Handle) int32

// CallMapFreeze: No call of user space may change the map any more; BPF programs may. 0.
//
//go:wasmimport wasm_bpf_v1 map_freeze
//go:noescape
func CallMapFreeze(map_ Handle) int32

// CallMapAttach: Attaches the operations of a struct_ops map: struct wasm_bpf_attach_options (0: none). A link's handle.
//
//go:wasmimport wasm_bpf_v1 map_attach
//go:noescape
func CallMapAttach(map_ Handle, options unsafe.Pointer) Handle

// CallMapStructOps: Copies the struct of a struct_ops map, cut to `size`, as it lies in BPF: numbers, arrays of numbers, and of each function the handle of its program in 8 bytes (0: none). Everything else is 0. Its full size.
//
//go:wasmimport wasm_bpf_v1 map_struct_ops
//go:noescape
func CallMapStructOps(map_ Handle, content unsafe.Pointer, size uint32) int32

// CallMapSetStructOps: Before load: sets these members, from exactly its size; programs of the map's own object. What is neither a number nor a function stays as it is. 0.
//
//go:wasmimport wasm_bpf_v1 map_set_struct_ops
//go:noescape
func CallMapSetStructOps(map_ Handle, content unsafe.Pointer, size uint32) int32

// CallMapLookup: Copies an element to `value` (wasm_bpf_map_info.value_bytes; of BPF_F_CPU: value_size). Where elements are programs, maps or sockets: the kernel's id or cookie of it. 0; -ENOENT.
//
//go:wasmimport wasm_bpf_v1 map_lookup
//go:noescape
func CallMapLookup(map_ Handle, key unsafe.Pointer, value unsafe.Pointer, flags uint64) int32

// CallMapUpdate: Writes an element. `flags`: BPF_ANY, BPF_NOEXIST, BPF_EXIST, BPF_F_LOCK, and BPF_F_CPU where the kernel knows it. Where an element is a program, map, socket, cgroup or perf event: its handle. Keys of storage maps are handles too (a socket; a cgroup; of inodes: a cgroup, network namespace or socket), of task storage a process id. 0.
//
//go:wasmimport wasm_bpf_v1 map_update
//go:noescape
func CallMapUpdate(map_ Handle, key unsafe.Pointer, value unsafe.Pointer, flags uint64) int32

// CallMapDelete: Deletes an element. 0.
//
//go:wasmimport wasm_bpf_v1 map_delete
//go:noescape
func CallMapDelete(map_ Handle, key unsafe.Pointer, flags uint64) int32

// CallMapLookupAndDelete: Copies an element and deletes it (queues and stacks: takes one; `key` is 0). 0.
//
//go:wasmimport wasm_bpf_v1 map_lookup_and_delete
//go:noescape
func CallMapLookupAndDelete(map_ Handle, key unsafe.Pointer, value unsafe.Pointer, flags uint64) int32

// CallMapNextKey: The key after `key` (0: the first). 0; -ENOENT at the end.
//
//go:wasmimport wasm_bpf_v1 map_next_key
//go:noescape
func CallMapNextKey(map_ Handle, key unsafe.Pointer, nextKey unsafe.Pointer) int32

// CallMapLookupBatch: Copies many elements in one system call. The batch starts after `in_batch` (0: at the first) and the place where the next one starts goes to `out_batch`: both of max(key_size, 4) bytes. `count` (u32): in: room; out: elements. 0; -ENOENT after the last batch; -ENOSPC where a bucket of a hash needs more room.
//
//go:wasmimport wasm_bpf_v1 map_lookup_batch
//go:noescape
func CallMapLookupBatch(map_ Handle, inBatch unsafe.Pointer, outBatch unsafe.Pointer, keys unsafe.Pointer, values unsafe.Pointer, count unsafe.Pointer, elemFlags uint64, flags uint64) int32

// CallMapLookupAndDeleteBatch: The same, and deletes them.
//
//go:wasmimport wasm_bpf_v1 map_lookup_and_delete_batch
//go:noescape
func CallMapLookupAndDeleteBatch(map_ Handle, inBatch unsafe.Pointer, outBatch unsafe.Pointer, keys unsafe.Pointer, values unsafe.Pointer, count unsafe.Pointer, elemFlags uint64, flags uint64) int32

// CallMapUpdateBatch: Writes many elements in one system call. `count` (u32): in: elements; out: those written. 0.
//
//go:wasmimport wasm_bpf_v1 map_update_batch
//go:noescape
func CallMapUpdateBatch(map_ Handle, keys unsafe.Pointer, values unsafe.Pointer, count unsafe.Pointer, elemFlags uint64, flags uint64) int32

// CallMapDeleteBatch: Deletes many elements in one system call. `count` (u32): in: elements; out: those deleted. 0.
//
//go:wasmimport wasm_bpf_v1 map_delete_batch
//go:noescape
func CallMapDeleteBatch(map_ Handle, keys unsafe.Pointer, count unsafe.Pointer, elemFlags uint64, flags uint64) int32

// CallMapInitialValue: Copies the initial value of global data, cut to `size`. Its full size.
//
//go:wasmimport wasm_bpf_v1 map_initial_value
//go:noescape
func CallMapInitialValue(map_ Handle, value unsafe.Pointer, size uint32) int32

// CallMapWindow: Makes page-aligned guest memory of wasm_bpf_map_info.window_bytes the map's content. Before load: fills it with the initial value; what the guest writes there until object_load is what the map starts with. From load on it is the kernel's own memory, read-only for .rodata, until the map is closed. An arena is bound before load; the low 32 bits of the pointers in it are then the guest's, and its global variables move to wasm_bpf_map_info.data_offset. 0.
//
//go:wasmimport wasm_bpf_v1 map_window
//go:noescape
func CallMapWindow(map_ Handle, window unsafe.Pointer, size uint32) int32

// CallMapRead: Copies `size` bytes of what a window of the map would show, after load, for hosts without windows. 0.
//
//go:wasmimport wasm_bpf_v1 map_read
//go:noescape
func CallMapRead(map_ Handle, offset uint64, data unsafe.Pointer, size uint32) int32

// CallMapWrite: Copies `size` bytes to what a window of the map would show. 0; -EPERM where it is read-only.
//
//go:wasmimport wasm_bpf_v1 map_write
//go:noescape
func CallMapWrite(map_ Handle, offset uint64, data unsafe.Pointer, size uint32) int32

// CallProgramInfo: Writes struct wasm_bpf_program_info, cut to `size`. 0.
//
//go:wasmimport wasm_bpf_v1 program_info
//go:noescape
func CallProgramInfo(program Handle, info unsafe.Pointer, size uint32) int32

// CallProgramSet: Sets enum wasm_bpf_program_field: autoattach at any time, the others before load (-EBUSY). 0.
//
//go:wasmimport wasm_bpf_v1 program_set
//go:noescape
func CallProgramSet(program Handle, field uint32, value uint64) int32

// CallProgramSetAttachTarget: Before load, for fentry, fexit, lsm and kin: the function to attach to, in the kernel (`target` 0) or in another loaded program. 0.
//
//go:wasmimport wasm_bpf_v1 program_set_attach_target
//go:noescape
func CallProgramSetAttachTarget(program Handle, target Handle, name unsafe.Pointer, nameSize uint32) int32

// CallProgramLog: Writes the verifier's log of the program's load, terminated and cut to `size`; there is one where the object's kernel_log_level or the program's log level asked for it, or where the load failed. Its full length.
//
//go:wasmimport wasm_bpf_v1 program_log
//go:noescape
func CallProgramLog(program Handle, text unsafe.Pointer, size uint32) int32

// CallProgramInstructions: Copies the program's instructions (struct bpf_insn), cut to `size`: as in the object before load, as the kernel got them after. Their full size in bytes.
//
//go:wasmimport wasm_bpf_v1 program_instructions
//go:noescape
func CallProgramInstructions(program Handle, data unsafe.Pointer, size uint32) int32

// CallProgramCodeInfo: Copies what the object says of the program's code, cut to `size`: enum wasm_bpf_code_info_kind. Its full size; 0 where it says nothing.
//
//go:wasmimport wasm_bpf_v1 program_code_info
//go:noescape
func CallProgramCodeInfo(program Handle, kind uint32, data unsafe.Pointer, size uint32) int32

// CallProgramKernelInfo: Writes struct bpf_prog_info of linux/bpf.h, cut to `size`: what the kernel says of a loaded program, among it its sizes, its runs and their time where the kernel counts them. Pointers in it are 0. 0.
//
//go:wasmimport wasm_bpf_v1 program_kernel_info
//go:noescape
func CallProgramKernelInfo(program Handle, info unsafe.Pointer, size uint32) int32

// CallProgramUnload: Gives the kernel's program up, as if it had not been loaded; links keep it. 0.
//
//go:wasmimport wasm_bpf_v1 program_unload
//go:noescape
func CallProgramUnload(program Handle) int32

// CallProgramBindMap: Makes a loaded program keep a map, as those that it uses. 0.
//
//go:wasmimport wasm_bpf_v1 program_bind_map
//go:noescape
func CallProgramBindMap(program Handle, map_ Handle, flags uint32) int32

// CallProgramStreamRead: Takes what a loaded program wrote to its stream (BPF_STREAM_STDOUT, BPF_STREAM_STDERR), or the kernel about it, up to `size`. The number of bytes; 0 where there is nothing.
//
//go:wasmimport wasm_bpf_v1 program_stream_read
//go:noescape
func CallProgramStreamRead(program Handle, stream uint32, data unsafe.Pointer, size uint32) int32

// CallProgramUseStructOps: Associates a loaded program with a struct_ops map, for kfuncs that ask for one. 0.
//
//go:wasmimport wasm_bpf_v1 program_use_struct_ops
//go:noescape
func CallProgramUseStructOps(program Handle, map_ Handle, flags uint32) int32

// CallProgramAttach: Attaches by the section's name, or as struct wasm_bpf_attach_options says (0: by name). A link's handle.
//
//go:wasmimport wasm_bpf_v1 program_attach
//go:noescape
func CallProgramAttach(program Handle, options unsafe.Pointer) Handle

// CallProgramTestRun: Runs the program in the kernel: struct wasm_bpf_test_run_options. 0; -ENOSPC where data_out is too small (its size is then what there was to write).
//
//go:wasmimport wasm_bpf_v1 program_test_run
//go:noescape
func CallProgramTestRun(program Handle, options unsafe.Pointer) int32

// CallLinkInfo: Writes struct wasm_bpf_link_info, cut to `size`. 0; -EOPNOTSUPP for an attachment that is no link of the kernel's (a legacy tc filter, a socket's filter).
//
//go:wasmimport wasm_bpf_v1 link_info
//go:noescape
func CallLinkInfo(link Handle, info unsafe.Pointer, size uint32) int32

// CallLinkUpdate: Puts another loaded program (or struct_ops map) in the place of the link's own, with no moment between them. 0.
//
//go:wasmimport wasm_bpf_v1 link_update
//go:noescape
func CallLinkUpdate(link Handle, replacement Handle) int32

// CallLinkDetach: Detaches now, and leaves the link as a name for what was attached until it is closed. 0; -EOPNOTSUPP for kinds of the kernel's links that end only when they are closed (all that trace).
//
//go:wasmimport wasm_bpf_v1 link_detach
//go:noescape
func CallLinkDetach(link Handle) int32

// CallIteratorOpen: Starts one pass of an attached iterator: a stream's handle for stream_read.
//
//go:wasmimport wasm_bpf_v1 iterator_open
//go:noescape
func CallIteratorOpen(link Handle) Handle

// CallStreamRead: Reads what an iterator's program writes, or the value of a perf event (read_format of its attr). The number of bytes; 0 at the end.
//
//go:wasmimport wasm_bpf_v1 stream_read
//go:noescape
func CallStreamRead(stream Handle, data unsafe.Pointer, size uint32) int32

// CallPerfEventOpen: perf_event_open(2): `attr` is the kernel's struct perf_event_attr, of the types hardware, software, tracepoint, hw_cache, raw and breakpoint; `group` an event's handle, or 0. A handle. Policy: perf_events.
//
//go:wasmimport wasm_bpf_v1 perf_event_open
//go:noescape
func CallPerfEventOpen(attr unsafe.Pointer, attrSize uint32, pid int32, cpu int32, group Handle, flags uint32) Handle

// CallPerfEventControl: Enables, disables or resets it: enum wasm_bpf_perf_event_command. 0.
//
//go:wasmimport wasm_bpf_v1 perf_event_control
//go:noescape
func CallPerfEventControl(event Handle, command uint32) int32

// CallSocketOpen: Opens a socket of the host for a program or a map: struct wasm_bpf_socket_options. A handle. Policy: sockets.
//
//go:wasmimport wasm_bpf_v1 socket_open
//go:noescape
func CallSocketOpen(options unsafe.Pointer) Handle

// CallSocketBind: Binds a socket to an address: Linux' struct sockaddr_ll, sockaddr_in or sockaddr_in6, as the socket has it. 0.
//
//go:wasmimport wasm_bpf_v1 socket_bind
//go:noescape
func CallSocketBind(socket Handle, address unsafe.Pointer, size uint32) int32

// CallNetworkNamespaceOpen: Opens a network namespace of the host (as /run/netns/NAME or /proc/PID/ns/net) to attach to; no bytes: the host's own. A handle. Policy: attach.
//
//go:wasmimport wasm_bpf_v1 network_namespace_open
//go:noescape
func CallNetworkNamespaceOpen(path unsafe.Pointer, pathSize uint32) Handle

// CallCgroupOpen: Opens a cgroup2 folder of the host to attach to. A handle.
//
//go:wasmimport wasm_bpf_v1 cgroup_open
//go:noescape
func CallCgroupOpen(path unsafe.Pointer, pathSize uint32) Handle

// CallFileOpen: A file or folder of the host, by its whole path, as the key of an inode storage map; nothing is read or written by it. A handle. Policy: files.
//
//go:wasmimport wasm_bpf_v1 file_open
//go:noescape
func CallFileOpen(path unsafe.Pointer, pathSize uint32) Handle

// CallRingOpen: A set of ring, perf and user ring buffers with one wait call. A handle.
//
//go:wasmimport wasm_bpf_v1 ring_open
//go:noescape
func CallRingOpen() Handle

// CallRingAdd: Adds a ring buffer or a user ring buffer. Its window is page-aligned guest memory of wasm_bpf_map_info.window_bytes: consumer page, producer page, then the data, twice in a row; the framing is the kernel's: docs/guest_memory.md. No window (0 and 0): ring_read and ring_write copy. Its index in the set.
//
//go:wasmimport wasm_bpf_v1 ring_add
//go:noescape
func CallRingAdd(ring Handle, map_ Handle, window unsafe.Pointer, size uint32) int32

// CallPerfRingAdd: Adds the perf buffer of one CPU: opens its event and puts it in the perf event array: struct wasm_bpf_perf_ring_options. Its window is the page of struct perf_event_mmap_page, then the data, a power of 2 of pages. No window (0): ring_read copies. Its index in the set; -ENODEV where the CPU is offline.
//
//go:wasmimport wasm_bpf_v1 perf_ring_add
//go:noescape
func CallPerfRingAdd(ring Handle, map_ Handle, options unsafe.Pointer, window unsafe.Pointer, size uint32) int32

// CallRingWait: Waits until a ring of the set has records, or the kernel took records from a user ring buffer (a negative timeout: for ever). The number of such rings; 0 at the timeout. Records that stay in a ring buffer are told of again, those that stay in a perf buffer only with the next one. The guest's loads that follow see what the kernel wrote before.
//
//go:wasmimport wasm_bpf_v1 ring_wait
//go:noescape
func CallRingWait(ring Handle, timeoutMs int32) int32

// CallRingAcquire: Orders the guest's loads that follow after what the kernel wrote before, without a system call. 0.
//
//go:wasmimport wasm_bpf_v1 ring_acquire
//go:noescape
func CallRingAcquire(ring Handle) int32

// CallRingRead: For rings without a window: copies the whole records that are there and fit, in the kernel's own framing, and gives their room back. The number of bytes; 0 where there are none; -ENOSPC where not even the first fits.
//
//go:wasmimport wasm_bpf_v1 ring_read
//go:noescape
func CallRingRead(ring Handle, index uint32, data unsafe.Pointer, size uint32) int32

// CallRingWrite: For user ring buffers without a window: copies whole records, in the kernel's own framing, to the ring. The number of bytes taken, whole records only; 0 where it is full.
//
//go:wasmimport wasm_bpf_v1 ring_write
//go:noescape
func CallRingWrite(ring Handle, index uint32, data unsafe.Pointer, size uint32) int32

// CallRingInfo: Writes struct wasm_bpf_ring_info, cut to `size`: where consumer and producer are now. 0.
//
//go:wasmimport wasm_bpf_v1 ring_info
//go:noescape
func CallRingInfo(ring Handle, index uint32, info unsafe.Pointer, size uint32) int32

// CallMetricPublish: Publishes a counter, gauge or histogram (struct wasm_bpf_metric_options) for as long as its handle is open. From now on the host reads its numbers, where they lie, whenever it is asked for them; no call of the guest's tells them. One in a map ends with the map. A handle; 0 for "wasm_bpf_events" and "wasm_bpf_lost_samples", which end with the guest.
//
//go:wasmimport wasm_bpf_v1 metric_publish
//go:noescape
func CallMetricPublish(options unsafe.Pointer) Handle

// CallSignalAction: What is done about a signal from now on: enum wasm_bpf_signal_action. Its handler, entry `function` of the guest's table, `(signal, 0, 0) -> i32`, or, where that is 0, the export `wasm_bpf_signal(signal) -> i32`, runs between any two instructions of the guest, or before a call that waits returns -EINTR; the signals of `blocked` (bit N - 1: signal N) wait meanwhile. The action before.
//
//go:wasmimport wasm_bpf_v1 signal_action
//go:noescape
func CallSignalAction(signal int32, action int32, blocked uint64, function uint32) int32

// CallSignalMask: Blocks signals, so that they wait: enum wasm_bpf_signal_mask; any other `how` changes nothing. Handlers of those that waited have run when it returns. Those that were blocked before.
//
//go:wasmimport wasm_bpf_v1 signal_mask
//go:noescape
func CallSignalMask(how int32, signals uint64) uint64

// CallSignalPending: The signals that came in and wait.
//
//go:wasmimport wasm_bpf_v1 signal_pending
//go:noescape
func CallSignalPending() uint64

// CallSignalRaise: Sends the guest a signal. Its handler has run when it returns, unless the signal is blocked. 0.
//
//go:wasmimport wasm_bpf_v1 signal_raise
//go:noescape
func CallSignalRaise(signal int32) int32

// CallSignalSuspend: Blocks exactly these signals and waits until a handler has run, then blocks those that were blocked before. -EINTR.
//
//go:wasmimport wasm_bpf_v1 signal_suspend
//go:noescape
func CallSignalSuspend(blocked uint64) int32

// CallSignalWait: Waits for one of these signals, which are blocked, and takes it without a handler. All ones: for ever. Its number; -EAGAIN at the timeout, -EINTR where a handler ran.
//
//go:wasmimport wasm_bpf_v1 signal_wait
//go:noescape
func CallSignalWait(signals uint64, timeoutNs uint64) int32

// CallSignalAlarm: Sends the guest SIGALRM after `first_ns` (0: never, all ones: as before) and then, unless it is 0, every `interval_ns`. What was left of the time before; 0: there was none.
//
//go:wasmimport wasm_bpf_v1 signal_alarm
//go:noescape
func CallSignalAlarm(firstNs uint64, intervalNs uint64) uint64
