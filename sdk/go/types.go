package ebpf

import "strconv"

// MapType is the kind of a map: enum bpf_map_type of linux/bpf.h.
type MapType uint32

const (
	UnspecifiedMap MapType = iota
	Hash
	Array
	ProgramArray
	PerfEventArray
	PerCPUHash
	PerCPUArray
	StackTrace
	CGroupArray
	LRUHash
	LRUCPUHash
	LPMTrie
	ArrayOfMaps
	HashOfMaps
	DevMap
	SockMap
	CPUMap
	XSKMap
	SockHash
	CGroupStorage
	ReusePortSockArray
	PerCPUCGroupStorage
	Queue
	Stack
	SkStorage
	DevMapHash
	StructOpsMap
	RingBuf
	InodeStorage
	TaskStorage
	BloomFilter
	UserRingbuf
	CgroupStorage
	Arena
	InstructionArray
)

// ProgramType is the kind of a program: enum bpf_prog_type of linux/bpf.h.
type ProgramType uint32

const (
	UnspecifiedProgram ProgramType = iota
	SocketFilter
	Kprobe
	SchedCLS
	SchedACT
	TracePoint
	XDP
	PerfEvent
	CGroupSKB
	CGroupSock
	LWTIn
	LWTOut
	LWTXmit
	SockOps
	SkSKB
	CGroupDevice
	SkMsg
	RawTracepoint
	CGroupSockAddr
	LWTSeg6Local
	LircMode2
	SkReuseport
	FlowDissector
	CGroupSysctl
	RawTracepointWritable
	CGroupSockopt
	Tracing
	StructOps
	Extension
	LSM
	SkLookup
	Syscall
	Netfilter
)

// AttachType is where a program of several possible places is attached: enum bpf_attach_type of linux/bpf.h.
type AttachType uint32

// AttachNone is the default: the program has one place, or its section says which.
const AttachNone AttachType = 0

const (
	AttachCGroupInetIngress AttachType = iota
	AttachCGroupInetEgress
	AttachCGroupInetSockCreate
	AttachCGroupSockOps
	AttachSkSKBStreamParser
	AttachSkSKBStreamVerdict
	AttachCGroupDevice
	AttachSkMsgVerdict
	AttachCGroupInet4Bind
	AttachCGroupInet6Bind
	AttachCGroupInet4Connect
	AttachCGroupInet6Connect
	AttachCGroupInet4PostBind
	AttachCGroupInet6PostBind
	AttachCGroupUDP4Sendmsg
	AttachCGroupUDP6Sendmsg
	AttachLircMode2
	AttachFlowDissector
	AttachCGroupSysctl
	AttachCGroupUDP4Recvmsg
	AttachCGroupUDP6Recvmsg
	AttachCGroupGetsockopt
	AttachCGroupSetsockopt
	AttachTraceRawTp
	AttachTraceFEntry
	AttachTraceFExit
	AttachModifyReturn
	AttachLSMMac
	AttachTraceIter
	AttachCgroupInet4GetPeername
	AttachCgroupInet6GetPeername
	AttachCgroupInet4GetSockname
	AttachCgroupInet6GetSockname
	AttachXDPDevMap
	AttachCgroupInetSockRelease
	AttachXDPCPUMap
	AttachSkLookup
	AttachXDP
	AttachSkSKBVerdict
	AttachSkReuseportSelect
	AttachSkReuseportSelectOrMigrate
	AttachPerfEvent
	AttachTraceKprobeMulti
	AttachLSMCgroup
	AttachStructOps
	AttachNetfilter
	AttachTCXIngress
	AttachTCXEgress
	AttachTraceUprobeMulti
	AttachCgroupUnixConnect
	AttachCgroupUnixSendmsg
	AttachCgroupUnixRecvmsg
	AttachCgroupUnixGetpeername
	AttachCgroupUnixGetsockname
	AttachNetkitPrimary
	AttachNetkitPeer
	AttachTraceKprobeSession
	AttachTraceUprobeSession
	AttachTraceFSession
)

var mapTypeNames = [...]string{
	"UnspecifiedMap", "Hash", "Array", "ProgramArray", "PerfEventArray", "PerCPUHash", "PerCPUArray",
	"StackTrace", "CGroupArray", "LRUHash", "LRUCPUHash", "LPMTrie", "ArrayOfMaps", "HashOfMaps", "DevMap",
	"SockMap", "CPUMap", "XSKMap", "SockHash", "CGroupStorage", "ReusePortSockArray", "PerCPUCGroupStorage",
	"Queue", "Stack", "SkStorage", "DevMapHash", "StructOpsMap", "RingBuf", "InodeStorage", "TaskStorage",
	"BloomFilter", "UserRingbuf", "CgroupStorage", "Arena", "InstructionArray",
}

var programTypeNames = [...]string{
	"UnspecifiedProgram", "SocketFilter", "Kprobe", "SchedCLS", "SchedACT", "TracePoint", "XDP", "PerfEvent",
	"CGroupSKB", "CGroupSock", "LWTIn", "LWTOut", "LWTXmit", "SockOps", "SkSKB", "CGroupDevice", "SkMsg",
	"RawTracepoint", "CGroupSockAddr", "LWTSeg6Local", "LircMode2", "SkReuseport", "FlowDissector",
	"CGroupSysctl", "RawTracepointWritable", "CGroupSockopt", "Tracing", "StructOps", "Extension", "LSM",
	"SkLookup", "Syscall", "Netfilter",
}

var attachTypeNames = [...]string{
	"CGroupInetIngress", "CGroupInetEgress", "CGroupInetSockCreate", "CGroupSockOps", "SkSKBStreamParser",
	"SkSKBStreamVerdict", "CGroupDevice", "SkMsgVerdict", "CGroupInet4Bind", "CGroupInet6Bind",
	"CGroupInet4Connect", "CGroupInet6Connect", "CGroupInet4PostBind", "CGroupInet6PostBind",
	"CGroupUDP4Sendmsg", "CGroupUDP6Sendmsg", "LircMode2", "FlowDissector", "CGroupSysctl", "CGroupUDP4Recvmsg",
	"CGroupUDP6Recvmsg", "CGroupGetsockopt", "CGroupSetsockopt", "TraceRawTp", "TraceFEntry", "TraceFExit",
	"ModifyReturn", "LSMMac", "TraceIter", "CgroupInet4GetPeername", "CgroupInet6GetPeername",
	"CgroupInet4GetSockname", "CgroupInet6GetSockname", "XDPDevMap", "CgroupInetSockRelease", "XDPCPUMap",
	"SkLookup", "XDP", "SkSKBVerdict", "SkReuseportSelect", "SkReuseportSelectOrMigrate", "PerfEvent",
	"TraceKprobeMulti", "LSMCgroup", "StructOps", "Netfilter", "TCXIngress", "TCXEgress", "TraceUprobeMulti",
	"CgroupUnixConnect", "CgroupUnixSendmsg", "CgroupUnixRecvmsg", "CgroupUnixGetpeername",
	"CgroupUnixGetsockname", "NetkitPrimary", "NetkitPeer", "TraceKprobeSession", "TraceUprobeSession",
	"TraceFSession",
}

func nameIn(names []string, what string, number uint32) string {
	if int(number) < len(names) {
		return names[number]
	}
	return what + "(" + strconv.FormatUint(uint64(number), 10) + ")"
}

func (t MapType) String() string     { return nameIn(mapTypeNames[:], "MapType", uint32(t)) }
func (t ProgramType) String() string { return nameIn(programTypeNames[:], "ProgramType", uint32(t)) }
func (t AttachType) String() string  { return nameIn(attachTypeNames[:], "AttachType", uint32(t)) }

// hasPerCPUValue says whether an element has a value for each possible CPU.
func (t MapType) hasPerCPUValue() bool {
	return t == PerCPUHash || t == PerCPUArray || t == LRUCPUHash || t == PerCPUCGroupStorage
}
