package host

import (
	"unsafe"

	"wasm-bpf/ebpf/internal/abi"
)

// ReadCounts are what readers have taken, which the host reads where it lies and shows with what it counts itself. Go moves no
// variable of a package.
var ReadCounts struct {
	Events, LostSamples uint64
}

var countsPublished bool

// Once, by the first set of buffers. Without it the counts are not shown, and nothing else is missing.
func publishCounts() {
	if countsPublished {
		return
	}
	countsPublished = true
	publish("wasm_bpf_events", &ReadCounts.Events)
	publish("wasm_bpf_lost_samples", &ReadCounts.LostSamples)
}

func publish(name string, count *uint64) {
	options := abi.MetricOptions{
		Kind:     abi.MetricCounter,
		Name:     abi.Ptr(Address(unsafe.Pointer(unsafe.StringData(name)))),
		NameSize: uint32(len(name)),
		Number:   abi.MetricU64,
		Place:    abi.MetricInMemory,
		Value:    Address(unsafe.Pointer(count)),
	}
	options.Size = uint32(unsafe.Sizeof(options))
	abi.CallMetricPublish(unsafe.Pointer(&options))
}
