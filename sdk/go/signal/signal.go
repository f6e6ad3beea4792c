// Package signal is os/signal for guests, where the standard library's own does nothing: Ctrl-C and its kin, which the host
// passes on.
//
// What is notified of does not end the guest. A goroutine looks for signals every 20 ms: also between the slices in which
// packages ringbuf and perf wait; code that computes and never gives way hears nothing of them meanwhile.
package signal

import (
	"context"
	"os"
	"sync"
	"syscall"
	"time"

	"wasm-bpf/ebpf/internal/abi"
)

const period = 20 * time.Millisecond

// Linux' numbers, which the host has, by WASI's, which package syscall has.
var linuxNumbers = map[syscall.Signal]int{
	syscall.SIGHUP: 1, syscall.SIGINT: 2, syscall.SIGQUIT: 3, syscall.SIGILL: 4, syscall.SIGTRAP: 5, syscall.SIGABRT: 6,
	syscall.SIGBUS: 7, syscall.SIGFPE: 8, syscall.SIGUSR1: 10, syscall.SIGSEGV: 11, syscall.SIGUSR2: 12, syscall.SIGPIPE: 13,
	syscall.SIGALRM: 14, syscall.SIGTERM: 15, syscall.SIGCHLD: 17, syscall.SIGCONT: 18, syscall.SIGTSTP: 20,
	syscall.SIGTTIN: 21, syscall.SIGTTOU: 22, syscall.SIGURG: 23, syscall.SIGXCPU: 24, syscall.SIGXFSZ: 25,
	syscall.SIGVTARLM: 26, syscall.SIGPROF: 27, syscall.SIGWINCH: 28, syscall.SIGPOLL: 29, syscall.SIGPWR: 30,
	syscall.SIGSYS: 31,
}

// The signals that the host's command passes on to a guest: those meant where none is named.
var passedOn = []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGUSR1, syscall.SIGUSR2,
	syscall.SIGALRM, syscall.SIGWINCH}

var (
	mutex    sync.Mutex
	wanted   = map[chan<- os.Signal]map[syscall.Signal]bool{}
	blocked  uint64 // the signals that wait until they are taken here
	watching bool
)

func bit(signal syscall.Signal) uint64 {
	if number := linuxNumbers[signal]; number > 0 {
		return 1 << (number - 1)
	}
	return 0
}

func chosen(signals []os.Signal) []syscall.Signal {
	if len(signals) == 0 {
		signals = passedOn
	}
	var known []syscall.Signal
	for _, each := range signals {
		if signal, ok := each.(syscall.Signal); ok && bit(signal) != 0 {
			known = append(known, signal)
		}
	}
	return known
}

// update has the host keep the signals that somebody wants.
func update() {
	var now uint64
	for _, signals := range wanted {
		for signal := range signals {
			now |= bit(signal)
		}
	}
	if now == blocked {
		return
	}
	// In the same call those that are not wanted any more do what they did before.
	abi.CallSignalMask(int32(abi.SignalBlock), now&^blocked)
	abi.CallSignalMask(int32(abi.SignalUnblock), blocked&^now)
	blocked = now
	if now != 0 && !watching {
		watching = true
		go watch()
	}
}

// watch looks for signals. It is also what keeps Go's runtime from taking `<-signals` for a deadlock.
func watch() {
	for {
		time.Sleep(period)
		look()
		mutex.Lock()
		if blocked == 0 {
			watching = false
			mutex.Unlock()
			return
		}
		mutex.Unlock()
	}
}

// look takes the signals that came in. Like os/signal it does not wait for a channel that is full.
func look() {
	pending := abi.CallSignalPending() & blocked
	if pending == 0 {
		return
	}
	for signal := range linuxNumbers {
		if pending&bit(signal) == 0 || abi.CallSignalWait(bit(signal), 0) < 0 {
			continue
		}
		mutex.Lock()
		for channel, signals := range wanted {
			if signals[signal] {
				select {
				case channel <- signal:
				default:
				}
			}
		}
		mutex.Unlock()
	}
}

// Notify sends the signals that come in to the channel, which should have room for one; all that the host passes on where
// none is named.
func Notify(c chan<- os.Signal, signals ...os.Signal) {
	if c == nil {
		panic("signal: Notify using nil channel")
	}
	mutex.Lock()
	defer mutex.Unlock()
	if wanted[c] == nil {
		wanted[c] = map[syscall.Signal]bool{}
	}
	for _, signal := range chosen(signals) {
		wanted[c][signal] = true
	}
	update()
}

// Stop ends what Notify began for the channel.
func Stop(c chan<- os.Signal) {
	mutex.Lock()
	defer mutex.Unlock()
	delete(wanted, c)
	update()
}

// Reset has the signals, or all, do what they do by themselves, as to end the guest.
func Reset(signals ...os.Signal) { setAction(signals, abi.SignalDefault) }

// Ignore ignores the signals, or all.
func Ignore(signals ...os.Signal) { setAction(signals, abi.SignalIgnore) }

func setAction(signals []os.Signal, action int32) {
	mutex.Lock()
	defer mutex.Unlock()
	for _, signal := range chosen(signals) {
		for _, of := range wanted {
			delete(of, signal)
		}
		abi.CallSignalAction(int32(linuxNumbers[signal]), action, 0, 0)
	}
	update()
}

// NotifyContext gives a context that is done when one of the signals comes in, or stop is called, which also
// ends what Notify began: until then the signals do not end the guest.
func NotifyContext(parent context.Context, signals ...os.Signal) (ctx context.Context, stop context.CancelFunc) {
	ctx, cancel := context.WithCancel(parent)
	channel := make(chan os.Signal, 1)
	Notify(channel, signals...)
	stop = func() {
		cancel()
		Stop(channel)
	}
	go func() {
		select {
		case <-channel:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, stop
}
