// Package metrics publishes counters, gauges and histograms, which the host reads where they lie whenever it is asked for
// them (wasm-bpf run --metrics): in the guest's memory, or in a BPF map. No call tells a value. docs/metrics.md has the
// rules for names and labels, and the limits.
package metrics

import (
	"encoding/binary"
	"maps"
	"runtime"
	"slices"
	"sort"
	"strings"
	"unsafe"

	"wasm-bpf/ebpf"
	"wasm-bpf/ebpf/internal/abi"
	"wasm-bpf/ebpf/internal/host"
)

// Opts is what is said of every metric.
type Opts struct {
	Name string
	// Help is what it counts, in a line.
	Help string
	// Unit, as "seconds", is what the name ends with; "" for none.
	Unit string
	// Labels of every sample.
	Labels map[string]string
	// Exponent scales by a power of ten: with -9 nanoseconds are shown as seconds.
	Exponent int
}

// Kind of a metric.
type Kind uint32

// What only grows; what goes up and down; how many values each range has.
const (
	KindCounter   = Kind(abi.MetricCounter)
	KindGauge     = Kind(abi.MetricGauge)
	KindHistogram = Kind(abi.MetricHistogram)
)

// Number is how a number lies in a map's value.
type Number uint32

// As Go's types of these names.
const (
	Uint64  = Number(abi.MetricU64)
	Int64   = Number(abi.MetricI64)
	Float64 = Number(abi.MetricF64)
	Uint32  = Number(abi.MetricU32)
	Int32   = Number(abi.MetricI32)
)

// Format is what a label's text is made of.
type Format uint32

// Numbers have 1, 2, 4 or 8 bytes.
const (
	Unsigned     = Format(abi.MetricLabelUnsigned)
	Signed       = Format(abi.MetricLabelSigned)
	NetworkOrder = Format(abi.MetricLabelNetworkOrder) // an unsigned number, as a port
	IPv4         = Format(abi.MetricLabelIpv4)
	IPv6         = Format(abi.MetricLabelIpv6)
	Text         = Format(abi.MetricLabelText) // up to a zero byte or Size bytes
	Hex          = Format(abi.MetricLabelHex)
)

// Label is made of bytes of each element of a map: of its key or value.
type Label struct {
	Name    string
	Format  Format
	InValue bool
	Offset  uint32
	// Size in bytes; may be 0 for IPv4 and IPv6.
	Size uint32
}

// Place is where in a map a metric's numbers are.
type Place uint32

const (
	// InElement is the value of one element.
	InElement = Place(abi.MetricInElement)
	// InEachElement is the value of every element: its labels tell the samples apart. Those with the same labels are added up.
	InEachElement = Place(abi.MetricInEachElement)
	// InSlots is for a histogram whose slot N is in element N of an array.
	InSlots = Place(abi.MetricInSlots)
)

// MapOpts describes a metric whose numbers are in a map.
type MapOpts struct {
	Opts
	Kind Kind
	// Place is InElement unless said.
	Place Place
	// Key of that element: a number, array or struct of fixed size, or its bytes; nil is the key of zeros.
	Key any
	// Number is how the number, or each slot, lies there: Uint64 unless said.
	Number Number
	// Offset of the number, or of the first slot, in the value.
	Offset uint32
	// ElementLabels are for InEachElement.
	ElementLabels []Label
	// Slots is how many a histogram has: slot N counts the values up to its bound, and above the one before.
	Slots uint32
	// Bounds are inclusive upper bounds of all slots but the last; none: 2^(N+1) - 1 for slot N.
	Bounds []float64
	// Sum of a histogram's values: where it is in the value. SumNumber 0: there is none.
	SumOffset uint32
	SumNumber Number
}

// Published is a metric from Publish: ends by Close, and with its map.
type Published struct{ handle abi.Handle }

// Close ends the metric.
func (p *Published) Close() error {
	if p == nil || p.handle <= 0 {
		return nil
	}
	handle := p.handle
	p.handle = 0
	err := host.Check(abi.CallClose(handle))
	delete(inMemory, handle)
	return err
}

// What the host reads in the guest's memory is not for the garbage collector, which moves nothing, until it is closed.
var inMemory = map[abi.Handle][]unsafe.Pointer{}

// Publish has the host read a metric from a map.
func Publish(m *ebpf.Map, opts MapOpts) (*Published, error) {
	var key []byte
	if opts.Key != nil {
		var err error
		if key, err = binary.Append(nil, binary.NativeEndian, opts.Key); err != nil {
			return nil, host.Invalid("metric \"" + opts.Name + "\": the key is not of fixed size")
		}
	}
	if opts.Place == 0 {
		opts.Place = InElement
	}
	if opts.Number == 0 {
		opts.Number = Uint64
	}
	raw := abi.MetricOptions{
		Kind:      uint32(opts.Kind),
		Number:    uint32(opts.Number),
		Place:     uint32(opts.Place),
		Value:     opts.Offset,
		Sum:       opts.SumOffset,
		SumNumber: uint32(opts.SumNumber),
		Slots:     opts.Slots,
		Map:       abi.Handle(m.FD()),
		Key:       address(key),
		KeySize:   uint32(len(key)),
	}
	published, err := publish(raw, opts.Opts, opts.Bounds, opts.ElementLabels)
	runtime.KeepAlive(key)
	return published, err
}

func address[T any](items []T) abi.Ptr {
	if len(items) == 0 {
		return 0
	}
	return abi.Ptr(host.Address(unsafe.Pointer(unsafe.SliceData(items))))
}

func text(of string) (abi.Ptr, uint32) {
	at, size := host.TextAddress(of)
	return abi.Ptr(at), size
}

func publish(raw abi.MetricOptions, opts Opts, bounds []float64, elementLabels []Label) (*Published, error) {
	if len(bounds) > 0 && len(bounds)+1 != int(raw.Slots) {
		return nil, host.Invalid("metric \"" + opts.Name + "\": a bound for each slot but the last")
	}
	var labels []byte
	for _, name := range slices.Sorted(maps.Keys(opts.Labels)) {
		for _, part := range []string{name, opts.Labels[name]} {
			if strings.ContainsRune(part, 0) {
				return nil, host.Invalid("metric \"" + opts.Name + "\": a label with a zero byte")
			}
			labels = append(append(labels, part...), 0)
		}
	}
	ofElements := make([]abi.MetricLabel, len(elementLabels))
	for i, label := range elementLabels {
		of := &ofElements[i]
		of.Name, of.NameSize = text(label.Name)
		of.Format, of.Offset, of.Size = uint32(label.Format), label.Offset, label.Size
		if label.InValue {
			of.InValue = 1
		}
		switch {
		case label.Size > 0:
		case label.Format == IPv4:
			of.Size = 4
		case label.Format == IPv6:
			of.Size = 16
		}
	}
	raw.Size = uint32(unsafe.Sizeof(raw))
	raw.Name, raw.NameSize = text(opts.Name)
	raw.Help, raw.HelpSize = text(opts.Help)
	raw.Unit, raw.UnitSize = text(opts.Unit)
	raw.Labels, raw.LabelsSize = address(labels), uint32(len(labels))
	raw.Exponent = int32(opts.Exponent)
	raw.Bounds = address(bounds)
	raw.ElementLabels, raw.ElementLabelCount = address(ofElements), uint32(len(ofElements))
	handle := abi.CallMetricPublish(unsafe.Pointer(&raw))
	runtime.KeepAlive(opts)
	runtime.KeepAlive(labels)
	runtime.KeepAlive(bounds)
	runtime.KeepAlive(elementLabels)
	runtime.KeepAlive(ofElements)
	if handle < 0 {
		return nil, host.Failed(int32(handle))
	}
	return &Published{handle}, nil
}

// Of `numbers`, the first of which is where the value or the slots are.
func publishInMemory(raw abi.MetricOptions, opts Opts, bounds []float64, numbers ...unsafe.Pointer) (*Published, error) {
	raw.Place = abi.MetricInMemory
	raw.Value = host.Address(numbers[0])
	published, err := publish(raw, opts, bounds, nil)
	if err == nil {
		inMemory[published.handle] = numbers
	}
	return published, err
}

// Counter counts in the guest's memory. It ends by Close.
type Counter struct {
	*Published
	value *uint64
}

// NewCounter publishes one, of 0.
func NewCounter(opts Opts) (*Counter, error) {
	value := new(uint64)
	raw := abi.MetricOptions{Kind: abi.MetricCounter, Number: abi.MetricU64}
	published, err := publishInMemory(raw, opts, nil, unsafe.Pointer(value))
	if err != nil {
		return nil, err
	}
	return &Counter{published, value}, nil
}

// Add counts more.
func (c *Counter) Add(more uint64) { *c.value += more }

// Inc counts one.
func (c *Counter) Inc() { *c.value++ }

// Value is what was counted.
func (c *Counter) Value() uint64 { return *c.value }

// Gauge is a number in the guest's memory. It ends by Close.
type Gauge struct {
	*Published
	value *float64
}

// NewGauge publishes one, of 0.
func NewGauge(opts Opts) (*Gauge, error) {
	value := new(float64)
	raw := abi.MetricOptions{Kind: abi.MetricGauge, Number: abi.MetricF64}
	published, err := publishInMemory(raw, opts, nil, unsafe.Pointer(value))
	if err != nil {
		return nil, err
	}
	return &Gauge{published, value}, nil
}

// Set is what it shows from now on.
func (g *Gauge) Set(value float64) { *g.value = value }

// Add adds, or takes away.
func (g *Gauge) Add(more float64) { *g.value += more }

// Value is what it shows.
func (g *Gauge) Value() float64 { return *g.value }

// Histogram counts values by size, in the guest's memory. It ends by Close.
type Histogram struct {
	*Published
	bounds []float64
	slots  []uint64
	sum    *float64
}

// NewHistogram publishes one with these inclusive upper bounds, which grow; what is above the last is counted too.
func NewHistogram(opts Opts, bounds ...float64) (*Histogram, error) {
	h := &Histogram{bounds: slices.Clone(bounds), slots: make([]uint64, len(bounds)+1), sum: new(float64)}
	raw := abi.MetricOptions{
		Kind:      abi.MetricHistogram,
		Number:    abi.MetricU64,
		Slots:     uint32(len(h.slots)),
		Sum:       host.Address(unsafe.Pointer(h.sum)),
		SumNumber: abi.MetricF64,
	}
	var err error
	h.Published, err = publishInMemory(raw, opts, h.bounds, unsafe.Pointer(unsafe.SliceData(h.slots)), unsafe.Pointer(h.sum))
	if err != nil {
		return nil, err
	}
	return h, nil
}

// Observe counts a value.
func (h *Histogram) Observe(value float64) {
	h.slots[sort.SearchFloat64s(h.bounds, value)]++
	*h.sum += value
}
