package link

import (
	"unsafe"

	"wasm-bpf/ebpf"
	"wasm-bpf/ebpf/internal/abi"
	"wasm-bpf/ebpf/internal/host"
)

// Kinds of perf events, and software's own: enum perf_type_id and enum perf_sw_ids of linux/perf_event.h.
const (
	PerfTypeHardware   = 0
	PerfTypeSoftware   = 1
	PerfTypeHWCache    = 3
	PerfTypeRaw        = 4
	PerfCountCPUClock  = 0
	PerfCountTaskClock = 1
)

// PerfEventOptions are for AttachPerfEvent.
type PerfEventOptions struct {
	Program *ebpf.Program
	// Type and Config say which event: PerfTypeSoftware and PerfCountCPUClock sample a CPU by time.
	Type   uint32
	Config uint64
	// Frequency is how often a second, SamplePeriod after how many: one of them.
	Frequency, SamplePeriod uint64
	// PID is of the one process that is meant; 0: all. CPU is which one, or AnyCPU with a PID.
	PID, CPU int
	Cookie   uint64
}

// AnyCPU is where a process is followed to.
const AnyCPU = -1

// The beginning of struct perf_event_attr, its first version.
type perfEventAttr struct {
	typ, size            uint32
	config, period       uint64
	sampleType, readForm uint64
	flags                uint64
	wakeup, breakpoint   uint32
	config1              uint64
}

const frequencyFlag = 1 << 10

type perfLink struct {
	*link
	event abi.Handle
}

// AttachPerfEvent opens a perf event of one CPU, or of a process, and attaches a program that runs with each sample. The
// event goes with the link. ENODEV for a CPU that is offline.
func AttachPerfEvent(opts PerfEventOptions) (Link, error) {
	attr := perfEventAttr{typ: opts.Type, config: opts.Config, period: opts.SamplePeriod}
	attr.size = uint32(unsafe.Sizeof(attr))
	if opts.Frequency != 0 {
		attr.period, attr.flags = opts.Frequency, frequencyFlag
	}
	event := abi.CallPerfEventOpen(unsafe.Pointer(&attr), attr.size, process(opts.PID), int32(opts.CPU), 0, 0)
	if event < 0 {
		return nil, host.Failed(int32(event))
	}
	r := newRequest(abi.AttachPerfEvent)
	r.options.Handle, r.options.Cookie = event, opts.Cookie
	attached, err := r.attach(opts.Program)
	if err != nil {
		abi.CallClose(event)
		return nil, err
	}
	return &perfLink{attached, event}, nil
}

func (p *perfLink) Close() error {
	err := p.link.Close()
	if p.event > 0 {
		abi.CallClose(p.event)
		p.event = 0
	}
	return err
}
