package link

import (
	"io"

	"wasm-bpf/ebpf"
	"wasm-bpf/ebpf/internal/abi"
	"wasm-bpf/ebpf/internal/host"
)

// IterOptions are for AttachIter.
type IterOptions struct {
	// Program is of a section iter/….
	Program *ebpf.Program
	// Map is whose elements are walked over, by programs of iter/bpf_map_elem.
	Map *ebpf.Map
	// PID or TID is the one process or thread that is meant; 0: all.
	PID, TID int
}

// Iter is an attached iterator: each Open walks once over what the kernel has of its kind.
type Iter struct{ *link }

// AttachIter attaches an iterator.
func AttachIter(opts IterOptions) (*Iter, error) {
	r := newRequest(abi.AttachIterator)
	r.options.Pid, r.options.Tid = int32(opts.PID), int32(opts.TID)
	if opts.Map != nil {
		r.options.Handle = abi.Handle(opts.Map.FD())
	}
	attached, err := r.attach(opts.Program)
	if err != nil {
		return nil, err
	}
	return &Iter{attached}, nil
}

// Open walks: what is read is what the program writes. Close it.
func (it *Iter) Open() (io.ReadCloser, error) {
	stream := abi.CallIteratorOpen(it.number)
	if stream < 0 {
		return nil, host.Failed(int32(stream))
	}
	return &streamReader{stream}, nil
}

type streamReader struct{ stream abi.Handle }

func (s *streamReader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	bytes := abi.CallStreamRead(s.stream, host.Pointer(p), uint32(len(p)))
	if bytes < 0 {
		return 0, host.Failed(bytes)
	}
	if bytes == 0 {
		return 0, io.EOF
	}
	return int(bytes), nil
}

func (s *streamReader) Close() error { return host.Check(abi.CallClose(s.stream)) }
