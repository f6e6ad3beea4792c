package host

import (
	"errors"
	"os"
	"runtime"
	"time"

	"wasm-bpf/ebpf/internal/abi"
)

// All of Go's goroutines run on the guest's one thread: while the host waits, none does. So a wait is cut into slices, and
// between them the others have their turn; package signal's, which looks for signals, is one of them.
const (
	slice = 20 * time.Millisecond
	// With nobody else about, but for timers.
	longSlice = 100 * time.Millisecond
	// Others that took so long are not waiting: the next slice is short.
	busy = 50 * time.Microsecond
	// After so many looks for records without a wait the others have their turn too.
	looksPerTurn = 4096
)

// Sync brings copies of global variables up to date, where the host has no windows. May be nil.
var Sync func() error

// ErrFlushed is the end of a wait by Flush.
var ErrFlushed = errors.New("ring buffer flushed")

// Set is a set of ring buffers at the host, with one wait for all. A reader calls Begin, looks for a record, and calls Wait
// where it sees none. Not to be used by several goroutines at once, but for Close, Flush and SetDeadline.
type Set struct {
	Handle   abi.Handle
	looks    int // until the others have their turn
	deadline time.Time
	flush    bool
	closed   bool
	ended    error // why the wait ended, once the reader has looked again
}

// OpenSet makes an empty one.
func OpenSet() (*Set, error) {
	handle := abi.CallRingOpen()
	if handle < 0 {
		return nil, Failed(int32(handle))
	}
	publishCounts()
	return &Set{Handle: handle, looks: looksPerTurn}, nil
}

// Close ends the set, and the wait of another goroutine. The host has put ordinary memory under its windows then.
func (s *Set) Close() error {
	if s.closed {
		return nil
	}
	s.closed = true
	s.looks = 0
	return Check(abi.CallClose(s.Handle))
}

// Closed says whether it was closed.
func (s *Set) Closed() bool { return s.closed }

// SetDeadline is when waits end with os.ErrDeadlineExceeded; the zero time: never.
func (s *Set) SetDeadline(deadline time.Time) {
	s.deadline = deadline
	if s.ended == os.ErrDeadlineExceeded {
		s.ended = nil
	}
}

// Flush makes the wait of another goroutine, or the next, end with ErrFlushed.
func (s *Set) Flush() { s.flush = true }

// Begin comes before each look for a record: the others have their turn from time to time, before a record is taken, which
// a Close in that turn would have gone from under its reader. os.ErrClosed, or what Sync says.
func (s *Set) Begin() error {
	if s.looks--; s.looks > 0 {
		return nil
	}
	return s.turn()
}

func (s *Set) turn() error {
	if !s.closed {
		s.giveWay()
	}
	if s.closed {
		s.looks = 0
		return os.ErrClosed
	}
	if Sync != nil {
		return Sync()
	}
	return nil
}

// Wait is for a reader that has just seen no record, and waits until one may be there, or the reader is to look a last time:
// nil. Else os.ErrClosed, os.ErrDeadlineExceeded, ErrFlushed, or what the host says. What is there when a wait ends is read
// first: of the deadline and of Flush the next Wait tells.
func (s *Set) Wait() error {
	if err := s.ended; err != nil {
		s.ended = nil
		return err
	}
	for {
		timeout := s.giveWay()
		if s.closed {
			return os.ErrClosed
		}
		if s.flush {
			s.flush = false
			s.ended = ErrFlushed
			return nil
		}
		if !s.deadline.IsZero() {
			left := time.Until(s.deadline)
			if left <= 0 {
				s.ended = os.ErrDeadlineExceeded
				return nil
			}
			timeout = min(timeout, left)
		}
		ready, err := s.waitOnce(timeout)
		if ready || err != nil {
			return err
		}
	}
}

func (s *Set) waitOnce(timeout time.Duration) (bool, error) {
	if Sync != nil {
		if err := Sync(); err != nil {
			return false, err
		}
	}
	milliseconds := (timeout + time.Millisecond - 1) / time.Millisecond
	ready := abi.CallRingWait(s.Handle, int32(milliseconds))
	if ready == -LinuxInterrupted {
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

// giveWay gives the others their turn, and says how long the next slice may be.
func (s *Set) giveWay() time.Duration {
	s.looks = looksPerTurn
	if runtime.NumGoroutine() == 1 {
		runtime.Gosched() // for timers
		return longSlice
	}
	began := time.Now()
	runtime.Gosched()
	if time.Since(began) > busy {
		return 0
	}
	return slice
}
