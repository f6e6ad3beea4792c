package ebpf

import (
	"reflect"
	"runtime"
	"strconv"
	"time"
	"unsafe"

	"wasm-bpf/ebpf/internal/abi"
	"wasm-bpf/ebpf/internal/host"
)

// Program is one in the kernel.
type Program struct {
	name    string
	section string
	handle  abi.Handle
	owner   *object
	typ     ProgramType
	attach  AttachType
	loaded  bool
	pins    host.Pins
}

func newProgram(handle abi.Handle, owner *object) (*Program, error) {
	var info abi.ProgramInfo
	if err := host.Check(abi.CallProgramInfo(handle, unsafe.Pointer(&info), uint32(unsafe.Sizeof(info)))); err != nil {
		return nil, err
	}
	owner.hold()
	return &Program{host.Terminated(info.Name[:]), host.Terminated(info.Section[:]), handle, owner, ProgramType(info.Type),
		AttachType(info.ExpectedAttachType), info.Id != 0, host.Pins{}}, nil
}

// Close gives the program up. Links that it has stay.
func (p *Program) Close() error {
	if p == nil || p.handle <= 0 {
		return nil
	}
	p.handle = -host.LinuxBadHandle
	return p.owner.release()
}

// FD is the host's name for the program, where cilium/ebpf has a file descriptor: negative once it is closed.
func (p *Program) FD() int { return int(p.handle) }

// Name is that of its function.
func (p *Program) Name() string { return p.name }

// Type is its kind.
func (p *Program) Type() ProgramType { return p.typ }

// AttachType is where it expects to be attached.
func (p *Program) AttachType() AttachType { return p.attach }

// SectionName is the section of the object that it was in.
func (p *Program) SectionName() string { return p.section }

func (p *Program) String() string { return p.typ.String() + "(" + p.name + ")#" + strconv.Itoa(p.FD()) }

// Pin makes the program outlive the guest, by a name in a BPF file system of the host. The policy has to allow it.
func (p *Program) Pin(fileName string) error {
	return p.pins.PinTo(p.handle, fileName)
}

// Unpin takes the name away. Nothing happens to a program that has none.
func (p *Program) Unpin() error {
	return p.pins.UnpinFrom(p.handle)
}

// IsPinned says whether the program got its name by Pin.
func (p *Program) IsPinned() bool { return p.pins.Pinned() }

// ProgramInfo is what the kernel says of a program.
type ProgramInfo struct {
	Type ProgramType
	ID   uint32
	// Tag is a hash of its instructions.
	Tag  [8]byte
	Name string
	// JitedSize and XlatedSize are the bytes of its machine code, and of its instructions.
	JitedSize, XlatedSize uint32
	// Runtime and RunCount are counted where the kernel is told to (sysctl kernel.bpf_stats_enabled).
	Runtime  time.Duration
	RunCount uint64
	// RecursionMisses are runs that did not happen, as the program was running already.
	RecursionMisses uint64
}

// The beginning of struct bpf_prog_info (linux/bpf.h).
type kernelProgramInfo struct {
	typ, id                            uint32
	tag                                [8]byte
	jitedSize, xlatedSize              uint32
	_, _                               uint64
	loadTime                           uint64
	createdByUID, mapCount             uint32
	_                                  uint64
	name                               [16]byte
	ifindex, gpl                       uint32
	_, _                               uint64
	ksymCount, functionCount           uint32
	_, _                               uint64
	btfID, infoSize                    uint32
	_                                  uint64
	infoCount, lineInfoCount           uint32
	_, _                               uint64
	jitedLineInfoCount, lineInfoSize   uint32
	jitedLineInfoSize, programTagCount uint32
	_                                  uint64
	runTime, runCount, misses          uint64
}

// Info asks the kernel.
func (p *Program) Info() (*ProgramInfo, error) {
	var info kernelProgramInfo
	err := host.Check(abi.CallProgramKernelInfo(p.handle, unsafe.Pointer(&info), uint32(unsafe.Sizeof(info))))
	if err != nil {
		return nil, err
	}
	return &ProgramInfo{ProgramType(info.typ), info.id, info.tag, host.Terminated(info.name[:]), info.jitedSize, info.xlatedSize,
		time.Duration(info.runTime), info.runCount, info.misses}, nil
}

// RunOptions are what a program runs with.
type RunOptions struct {
	// Data is the packet, where the type takes one.
	Data []byte
	// DataOut gets what it has become; Run cuts it to that.
	DataOut []byte
	// Context is a value of fixed size, or bytes, where the type takes one.
	Context any
	// ContextOut gets what it has become.
	ContextOut any
	// Repeat is how often it runs; 0: once.
	Repeat uint32
	Flags  uint32
	CPU    uint32
}

// Test runs the program with a packet, and gives its result and what the packet has become.
func (p *Program) Test(in []byte) (uint32, []byte, error) {
	const headroom = 256
	opts := RunOptions{Data: in, DataOut: make([]byte, len(in)+headroom)}
	result, _, err := p.run(&opts)
	return result, opts.DataOut, err
}

// Run runs the program, and gives its result.
func (p *Program) Run(opts *RunOptions) (uint32, error) {
	result, _, err := p.run(opts)
	return result, err
}

// Benchmark runs the program so often, and gives its result and the time that one run took.
func (p *Program) Benchmark(in []byte, repeat int, reset func()) (uint32, time.Duration, error) {
	if reset != nil {
		reset()
	}
	return p.run(&RunOptions{Data: in, Repeat: uint32(repeat)})
}

var theContext = subject{"the context", ""}

func contextBytes(value any) ([]byte, error) {
	if value == nil {
		return nil, nil
	}
	if data, ok := value.([]byte); ok {
		return data, nil
	}
	return anyBytes(theContext, value)
}

// contextPlace is where a context may be written.
func contextPlace(out any) ([]byte, error) {
	if _, isBytes := out.([]byte); out != nil && !isBytes && reflect.TypeOf(out).Kind() != reflect.Pointer {
		return nil, notAPlace(theContext, reflect.ValueOf(out))
	}
	return contextBytes(out)
}

func (p *Program) run(opts *RunOptions) (uint32, time.Duration, error) {
	in, err := contextBytes(opts.Context)
	if err != nil {
		return 0, 0, err
	}
	out, err := contextPlace(opts.ContextOut)
	if err != nil {
		return 0, 0, err
	}
	call := abi.TestRunOptions{Repeat: opts.Repeat, Flags: opts.Flags, Cpu: opts.CPU}
	call.Size = uint32(unsafe.Sizeof(call))
	for _, each := range []struct {
		data []byte
		at   *abi.Ptr
		size *uint32
	}{
		{opts.Data, &call.DataIn, &call.DataInSize}, {opts.DataOut, &call.DataOut, &call.DataOutSize},
		{in, &call.ContextIn, &call.ContextInSize}, {out, &call.ContextOut, &call.ContextOutSize},
	} {
		if len(each.data) > 0 {
			*each.at, *each.size = abi.Ptr(host.Address(host.Pointer(each.data))), uint32(len(each.data))
		}
	}
	if err := Sync(); err != nil {
		return 0, 0, err
	}
	result := abi.CallProgramTestRun(p.handle, unsafe.Pointer(&call))
	runtime.KeepAlive(opts)
	runtime.KeepAlive(in)
	runtime.KeepAlive(out)
	if err := host.Check(result); err != nil {
		return 0, 0, err
	}
	if opts.DataOut != nil {
		opts.DataOut = opts.DataOut[:min(len(opts.DataOut), int(call.DataOutSize))]
	}
	return call.ReturnValue, time.Duration(call.DurationNs), Sync()
}
