// Package perf reads perf event arrays, in the manner of github.com/cilium/ebpf/perf. New programs are better off with
// ring buffers (package ringbuf).
package perf

import (
	"errors"
	"os"
	"strconv"
	"time"
	"unsafe"

	"wasm-bpf/ebpf"
	"wasm-bpf/ebpf/internal/abi"
	"wasm-bpf/ebpf/internal/host"
)

var (
	// ErrClosed is the error of a reader that was closed.
	ErrClosed = os.ErrClosed
	// ErrFlushed is that of a read which Flush ended.
	ErrFlushed = host.ErrFlushed
)

// Record is what a program put out, or how many such records had no room.
type Record struct {
	// CPU is where it happened.
	CPU int
	// RawSample is the program's data and up to 7 bytes of padding. Of Next it is valid until the next read, and not to be
	// written.
	RawSample []byte
	// LostSamples is how many records had no room before this; there is no RawSample then.
	LostSamples uint64
	// Remaining is how many bytes of later records of this CPU were there.
	Remaining int
}

// ReaderOptions are for NewReaderWithOptions.
type ReaderOptions struct {
	// WakeupEvents is how many records wake a reader; 0: one.
	WakeupEvents int
}

// As linux/perf_event.h has them.
const (
	headOffset   = 1024
	tailOffset   = 1032
	recordHeader = 8
	recordLost   = 2
	recordSample = 9
)

// IsUnknownEvent says whether a read met a record of another kind than programs write.
func IsUnknownEvent(err error) bool {
	var unknown *unknownEvent
	return errors.As(err, &unknown)
}

type unknownEvent struct{ kind uint32 }

func (e *unknownEvent) Error() string { return "unknown perf event: type " + strconv.Itoa(int(e.kind)) }

// The ring of one CPU.
type ring struct {
	cpu        int
	index      uint32
	memory     []byte
	data       unsafe.Pointer
	mask       uint64
	head, tail *uint64
	position   uint64
	end        uint64
	joined     []byte // a record that was broken at the data's end
	// Without a window: positions in the copy.
	copyHead, copyTail uint64
}

// Reader reads the rings of all CPUs. For waits and goroutines the same is true as for ringbuf.Reader.
type Reader struct {
	set      *host.Set
	rings    []*ring
	current  int
	size     int
	isWindow bool
}

// NewReader opens a ring of at least so many bytes for each CPU that is online. Close it.
func NewReader(array *ebpf.Map, perCPUBuffer int) (*Reader, error) {
	return NewReaderWithOptions(array, perCPUBuffer, ReaderOptions{})
}

// NewReaderWithOptions is NewReader with options.
func NewReaderWithOptions(array *ebpf.Map, perCPUBuffer int, opts ReaderOptions) (*Reader, error) {
	if array.Type() != ebpf.PerfEventArray {
		return nil, errors.New("map " + array.Name() + " is a " + array.Type().String() + ", not a PerfEventArray")
	}
	if perCPUBuffer < 1 {
		return nil, errors.New("perCPUBuffer must be larger than 0")
	}
	cpus, err := ebpf.PossibleCPU()
	if err != nil {
		return nil, err
	}
	set, err := host.OpenSet()
	if err != nil {
		return nil, err
	}
	r := &Reader{set: set, size: host.PageSize, isWindow: host.HasWindows()}
	for r.size < perCPUBuffer {
		r.size *= 2
	}
	for cpu := range min(cpus, int(array.MaxEntries())) {
		if err := r.add(abi.Handle(array.FD()), cpu, opts); err != nil {
			r.Close()
			return nil, err
		}
	}
	return r, nil
}

func (r *Reader) add(array abi.Handle, cpu int, opts ReaderOptions) error {
	options := abi.PerfRingOptions{Cpu: int32(cpu), MapKey: uint32(cpu), Pages: uint32(r.size / host.PageSize),
		WakeupEvents: uint32(opts.WakeupEvents)}
	options.Size = uint32(unsafe.Sizeof(options))
	added := &ring{cpu: cpu}
	var window unsafe.Pointer
	var windowBytes uint32
	if r.isWindow {
		added.memory = host.NewWindow(host.PageSize + r.size)
		window, windowBytes = host.Pointer(added.memory), uint32(len(added.memory))
		added.head = (*uint64)(unsafe.Add(window, headOffset))
		added.tail = (*uint64)(unsafe.Add(window, tailOffset))
		added.data = unsafe.Add(window, host.PageSize)
		added.mask = uint64(r.size - 1)
	} else {
		added.memory = make([]byte, r.size)
		added.data = host.Pointer(added.memory)
		added.mask = 1<<32 - 1
		added.head, added.tail = &added.copyHead, &added.copyTail
	}
	index := abi.CallPerfRingAdd(r.set.Handle, array, unsafe.Pointer(&options), window, windowBytes)
	if index < 0 {
		if r.isWindow {
			host.EndWindow(added.memory)
		}
		if index == -host.LinuxNoDevice { // the CPU is offline
			return nil
		}
		return host.Failed(index)
	}
	added.index = uint32(index)
	r.rings = append(r.rings, added)
	return nil
}

// take gives the next record of the ring that is there, and the room of the one before it back. Of its loads and stores the
// same is true as of those of ringbuf.Reader.
//
//go:noinline
func (g *ring) take() (kind uint32, body []byte, ok bool) {
	*g.tail = g.position
	// The position passes the end where the map was closed under the reader: there are zeroes then.
	if g.position >= g.end {
		if g.end = *g.head; g.position >= g.end {
			return 0, nil, false
		}
	}
	at := g.position & g.mask
	header := unsafe.Add(g.data, at)
	size := uint64(*(*uint16)(unsafe.Add(header, 6)))
	if size < recordHeader { // as above
		g.end = g.position
		return 0, nil, false
	}
	whole := unsafe.Slice((*byte)(header), size)
	if untilEnd := g.mask + 1 - at; size > untilEnd {
		g.joined = append(g.joined[:0], unsafe.Slice((*byte)(header), untilEnd)...)
		g.joined = append(g.joined, unsafe.Slice((*byte)(g.data), size-untilEnd)...)
		whole = g.joined
	}
	g.position += size
	return *(*uint32)(unsafe.Pointer(unsafe.SliceData(whole))), whole[recordHeader:], true
}

func (r *Reader) fill(g *ring) (bool, error) {
	bytes := abi.CallRingRead(r.set.Handle, g.index, g.data, uint32(len(g.memory)))
	if bytes < 0 {
		return false, host.Failed(bytes)
	}
	g.position, g.end, g.copyTail, g.copyHead = 0, 0, 0, uint64(bytes)
	return bytes > 0, nil
}

// takeAny looks at the rings in turn: it goes on to the next after all that was seen of one, however fast its CPU is.
func (r *Reader) takeAny() (Record, bool, error) {
	for range r.rings {
		g := r.rings[r.current]
		kind, body, ok := g.take()
		if !ok && !r.isWindow {
			filled, err := r.fill(g)
			if err != nil {
				return Record{}, false, err
			}
			if filled {
				kind, body, ok = g.take()
			}
		}
		if !ok || g.position >= g.end {
			r.current = (r.current + 1) % len(r.rings)
		}
		if ok {
			record, err := g.record(kind, body)
			return record, true, err
		}
	}
	return Record{}, false, nil
}

func (g *ring) record(kind uint32, body []byte) (Record, error) {
	record := Record{CPU: g.cpu, Remaining: int(g.end - g.position)}
	at := unsafe.Pointer(unsafe.SliceData(body))
	switch kind {
	case recordSample:
		record.RawSample = body[4 : 4+*(*uint32)(at)]
		host.ReadCounts.Events++
	case recordLost:
		record.LostSamples = *(*uint64)(unsafe.Add(at, 8))
		host.ReadCounts.LostSamples += record.LostSamples
	default:
		return record, &unknownEvent{kind}
	}
	return record, nil
}

// Next waits for a record and gives it where it lies: until the next read, which gives its room back.
//
// The error is ErrClosed, ErrFlushed, os.ErrDeadlineExceeded, one of IsUnknownEvent, or what the host says.
func (r *Reader) Next() (Record, error) {
	for {
		if err := r.set.Begin(); err != nil {
			return Record{}, err
		}
		record, ok, err := r.takeAny()
		if ok || err != nil {
			return record, err
		}
		if err := r.set.Wait(); err != nil {
			return Record{}, err
		}
	}
}

// Read waits for a record and gives a copy of it.
func (r *Reader) Read() (Record, error) {
	var record Record
	err := r.ReadInto(&record)
	return record, err
}

// ReadInto is Read into the memory of an earlier record.
func (r *Reader) ReadInto(rec *Record) error {
	record, err := r.Next()
	if err != nil {
		return err
	}
	record.RawSample = append(rec.RawSample[:0], record.RawSample...)
	*rec = record
	return nil
}

// SetDeadline is when a read that waits ends with os.ErrDeadlineExceeded; the zero time: never.
func (r *Reader) SetDeadline(t time.Time) { r.set.SetDeadline(t) }

// Flush ends the wait of another goroutine, or the next one: ErrFlushed, once what is there is read.
func (r *Reader) Flush() error {
	if r.set.Closed() {
		return ErrClosed
	}
	r.set.Flush()
	return nil
}

// BufferSize is the size of each CPU's ring in bytes.
func (r *Reader) BufferSize() int { return r.size }

// Close ends the reader, and the wait of another goroutine with ErrClosed.
func (r *Reader) Close() error {
	if r.set.Closed() {
		return nil
	}
	err := r.set.Close()
	if r.isWindow {
		for _, g := range r.rings {
			host.EndWindow(g.memory)
		}
	}
	return err
}
