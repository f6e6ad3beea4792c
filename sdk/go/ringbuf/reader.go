// Package ringbuf reads BPF ring buffers, in the manner of github.com/cilium/ebpf/ringbuf.
//
// Where the host offers windows, which is the rule, the ring lies in the guest's own memory, and reading a record costs no
// call of the host's: Next and Records give the record itself, Read a copy of it.
package ringbuf

import (
	"errors"
	"iter"
	"os"
	"time"
	"unsafe"

	"wasm-bpf/ebpf"
	"wasm-bpf/ebpf/internal/abi"
	"wasm-bpf/ebpf/internal/host"
)

var (
	// ErrClosed is the error of a reader that was closed: errors.Is with os.ErrClosed works too.
	ErrClosed = os.ErrClosed
	// ErrFlushed is that of a read which Flush ended.
	ErrFlushed = host.ErrFlushed
)

// Record is what a program put into the ring.
type Record struct {
	// RawSample is the program's data. Of Next and Records it is the ring's own memory: valid until the next read, and
	// not to be written (a store ends the guest).
	RawSample []byte
	// Remaining is how many bytes of later records, headers too, were there.
	Remaining int
}

// As linux/bpf.h has them.
const (
	headerBytes = 8
	busyBit     = 1 << 31
	discardBit  = 1 << 30
)

// Reader reads one ring buffer. While it waits for records the whole guest waits, which has one thread: it does so in
// slices of 20 ms, between which other goroutines run (of 100 ms where there is none). Close and Flush end the wait of
// another goroutine; reads themselves are one goroutine's at a time.
type Reader struct {
	set    *host.Set
	size   int
	memory []byte // the window, or room for copies
	data   unsafe.Pointer
	mask   uint64
	// Of a window the kernel's positions; else those in the copy.
	consumer, producer *uint64
	position           uint64 // of the next record
	end                uint64 // of those seen to be there
	isWindow           bool
	copyBegin, copyEnd uint64
}

// NewReader reads the ring buffer from where it was read to. Close it.
func NewReader(ringbufMap *ebpf.Map) (*Reader, error) {
	if ringbufMap.Type() != ebpf.RingBuf {
		return nil, errors.New("map " + ringbufMap.Name() + " is a " + ringbufMap.Type().String() + ", not a RingBuf")
	}
	set, err := host.OpenSet()
	if err != nil {
		return nil, err
	}
	r := &Reader{set: set, size: int(ringbufMap.MaxEntries()), isWindow: host.HasWindows()}
	if r.isWindow {
		err = r.addWindow(abi.Handle(ringbufMap.FD()))
	} else {
		err = r.addCopy(abi.Handle(ringbufMap.FD()))
	}
	if err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// The consumer's page, the producer's, and the data twice, so that no record is broken at its end.
func (r *Reader) addWindow(ring abi.Handle) error {
	r.memory = host.NewWindow(2*host.PageSize + 2*r.size)
	begin := host.Pointer(r.memory)
	if err := host.Check(abi.CallRingAdd(r.set.Handle, ring, begin, uint32(len(r.memory)))); err != nil {
		return err
	}
	r.consumer = (*uint64)(begin)
	r.producer = (*uint64)(unsafe.Add(begin, host.PageSize))
	r.data = unsafe.Add(begin, 2*host.PageSize)
	r.mask = uint64(r.size - 1)
	r.position = *r.consumer
	r.end = r.position
	return nil
}

// The copy looks like a ring that is not full yet.
func (r *Reader) addCopy(ring abi.Handle) error {
	if err := host.Check(abi.CallRingAdd(r.set.Handle, ring, nil, 0)); err != nil {
		return err
	}
	r.memory = make([]byte, r.size)
	r.data = host.Pointer(r.memory)
	r.mask = 1<<32 - 1
	r.consumer, r.producer = &r.copyBegin, &r.copyEnd
	return nil
}

// fill copies what is there, where the last copy is read.
func (r *Reader) fill() error {
	bytes := abi.CallRingRead(r.set.Handle, 0, r.data, uint32(len(r.memory)))
	if bytes < 0 {
		return host.Failed(bytes)
	}
	r.position, r.end, r.copyBegin, r.copyEnd = 0, 0, 0, uint64(bytes)
	return nil
}

// take gives the next record that is there, if there is one, and the room of the one before it back.
//
// Its loads and stores are plain ones: package sync/atomic is calls on Wasm, and no more than such loads. A call that is not
// inlined makes them anew each time, and in this order, which is enough on the host's processor (docs/guest_memory.md,
// "Order"): the producer's position, the header, the record; what was read of a record before the store that gives it back.
//
//go:noinline
func (r *Reader) take() ([]byte, bool) {
	*r.consumer = r.position
	for {
		// The position passes the end where the map was closed under the reader: there are zeroes then.
		if r.position >= r.end {
			if r.end = *r.producer; r.position >= r.end {
				return nil, false
			}
		}
		at := unsafe.Add(r.data, r.position&r.mask)
		header := *(*uint32)(at)
		if header&busyBit != 0 {
			return nil, false
		}
		length := header &^ discardBit
		if length == 0 && *r.producer < r.end { // as above, and no empty record
			r.end = r.position
			return nil, false
		}
		r.position += uint64(length+headerBytes+7) &^ 7
		if header&discardBit == 0 {
			host.ReadCounts.Events++
			return unsafe.Slice((*byte)(unsafe.Add(at, headerBytes)), length), true
		}
		*r.consumer = r.position
	}
}

// produced is how far the kernel has come, now.
//
//go:noinline
func (r *Reader) produced() uint64 { return *r.producer }

// next is the next record, after a wait where there is none.
func (r *Reader) next() ([]byte, error) {
	for {
		if err := r.set.Begin(); err != nil {
			return nil, err
		}
		if sample, ok := r.take(); ok {
			return sample, nil
		}
		if !r.isWindow {
			if err := r.fill(); err != nil {
				return nil, err
			}
			if r.copyEnd > 0 {
				continue
			}
		}
		if err := r.set.Wait(); err != nil {
			return nil, err
		}
	}
}

// Next waits for a record and gives it where it lies: until the next read, which gives its room back.
//
// The error is ErrClosed, ErrFlushed, os.ErrDeadlineExceeded, or what the host says.
func (r *Reader) Next() (Record, error) {
	sample, err := r.next()
	return Record{sample, int(r.end - r.position)}, err
}

// Read waits for a record and gives a copy of it.
func (r *Reader) Read() (Record, error) {
	var record Record
	err := r.ReadInto(&record)
	return record, err
}

// ReadInto is Read into the memory of an earlier record.
func (r *Reader) ReadInto(rec *Record) error {
	sample, err := r.next()
	if err != nil {
		return err
	}
	rec.RawSample = append(rec.RawSample[:0], sample...)
	rec.Remaining = int(r.end - r.position)
	return nil
}

// Records gives records as Next does, until the reader is closed, which is no error, or until the first error.
//
//	for record, err := range reader.Records() { … }
func (r *Reader) Records() iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		for {
			record, err := r.Next()
			if errors.Is(err, ErrClosed) || !yield(record, err) || err != nil {
				return
			}
		}
	}
}

// SetDeadline is when a read that waits ends with os.ErrDeadlineExceeded: now or later; the zero time: never.
func (r *Reader) SetDeadline(t time.Time) { r.set.SetDeadline(t) }

// Flush ends the wait of another goroutine, or the next one: ErrFlushed, once what is there is read.
func (r *Reader) Flush() error {
	if r.set.Closed() {
		return ErrClosed
	}
	r.set.Flush()
	return nil
}

// BufferSize is the ring's size in bytes.
func (r *Reader) BufferSize() int { return r.size }

// AvailableBytes is how many bytes, headers too, wait to be read.
func (r *Reader) AvailableBytes() int {
	if r.set.Closed() {
		return 0
	}
	if r.isWindow {
		return int(max(r.produced(), r.position) - r.position)
	}
	var info abi.RingInfo
	if abi.CallRingInfo(r.set.Handle, 0, unsafe.Pointer(&info), uint32(unsafe.Sizeof(info))) < 0 {
		return 0
	}
	return int(info.ProducerPosition-info.ConsumerPosition) + int(r.copyEnd-r.position)
}

// Close ends the reader, and the wait of another goroutine with ErrClosed. Records that were given by Next are gone.
func (r *Reader) Close() error {
	if r.set.Closed() {
		return nil
	}
	err := r.set.Close()
	if r.isWindow && r.memory != nil {
		host.EndWindow(r.memory)
	}
	return err
}
