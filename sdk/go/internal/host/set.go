package host

import (
	"os"
	"runtime"
	"time"

	"wasm-bpf/ebpf/internal/abi"
)

// All of Go's goroutines run on the guest's one thread: while the host waits, none does. So a wait is cut into slices, and
// between them the others have their turn.
const (
	slice = 20 * time.Millisecond
	// With nobody else about, but for timers.
	longSlice = 100 * time.Millisecond
	// Others that took so long are not waiting: the next slice is short.
	busy = 50 * time.Microsecond
)

// BetweenSlices is called after each slice of a wait: package signal looks for signals then. May be nil.
var BetweenSlices func()

// Sync brings copies of global variables up to date, where the host has no windows. May be nil.
var Sync func() error

// Set is a set of ring buffers at the host, with one wait for all. Not to be used by several goroutines at once.
type Set struct {
	Handle   abi.Handle
	deadline time.Time
	flush    bool
	closed   bool
}

// OpenSet makes an empty one.
func OpenSet() (*Set, error) {
	handle := abi.CallRingOpen()
	if handle < 0 {
		return nil, Failed(int32(handle))
	}
	return &Set{Handle: handle}, nil
}

// Close ends the set, and the wait of another goroutine. The host has put ordinary memory under its windows then.
func (s *Set) Close() error {
	if s.closed {
		return nil
	}
	s.closed = true
	return Check(abi.CallClose(s.Handle))
}

// Closed says whether it was closed.
func (s *Set) Closed() bool { return s.closed }

// SetDeadline is when waits end with os.ErrDeadlineExceeded; the zero time: never.
func (s *Set) SetDeadline(deadline time.Time) { s.deadline = deadline }

// Flush makes the wait of another goroutine, or the next, end with ErrFlushed.
func (s *Set) Flush() { s.flush = true }

// ErrFlushed is the end of a wait by Flush.
type ErrFlushed struct{}

func (ErrFlushed) Error() string { return "ring buffer flushed" }

// Wait waits until records may be there: nil. Else os.ErrClosed, os.ErrDeadlineExceeded, ErrFlushed, or what the host says.
func (s *Set) Wait() error {
	for next := time.Duration(0); ; {
		if s.closed {
			return os.ErrClosed
		}
		if s.flush {
			s.flush = false
			return ErrFlushed{}
		}
		timeout := next
		if !s.deadline.IsZero() {
			left := time.Until(s.deadline)
			if left <= 0 && next > 0 {
				return os.ErrDeadlineExceeded
			}
			timeout = max(0, min(timeout, left))
		}
		ready, err := s.waitOnce(timeout)
		if ready || err != nil {
			return err
		}
		if !s.deadline.IsZero() && time.Until(s.deadline) <= 0 {
			return os.ErrDeadlineExceeded
		}
		next = yield()
	}
}

const linuxInterrupted = 4

func (s *Set) waitOnce(timeout time.Duration) (bool, error) {
	if Sync != nil {
		if err := Sync(); err != nil {
			return false, err
		}
	}
	milliseconds := (timeout + time.Millisecond - 1) / time.Millisecond
	ready := abi.CallRingWait(s.Handle, int32(milliseconds))
	if ready == -linuxInterrupted {
		return false, nil
	}
	if ready < 0 {
		return false, Failed(ready)
	}
	if Sync != nil {
		if err := Sync(); err != nil {
			return false, err
		}
	}
	return ready > 0, nil
}

// yield gives the others their turn, and says how long the next slice may be.
func yield() time.Duration {
	if BetweenSlices != nil {
		BetweenSlices()
	}
	began := time.Now()
	runtime.Gosched()
	if time.Since(began) > busy {
		return 0
	}
	if runtime.NumGoroutine() == 1 {
		return longSlice
	}
	return slice
}

// Turn gives other goroutines theirs in the midst of records that do not end.
func (s *Set) Turn() error {
	yield()
	if Sync != nil {
		return Sync()
	}
	return nil
}
