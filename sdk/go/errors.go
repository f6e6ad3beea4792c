package ebpf

import (
	"errors"
	"strings"

	"wasm-bpf/ebpf/internal/host"
)

// Error is what the host refused, or the kernel behind it: with the host's text, and errors.Is for the errno.
type Error = host.Error

var (
	// ErrKeyNotExist is the error of an element that is not there, and of the end of an iteration or of batches.
	ErrKeyNotExist = errors.New("key does not exist")
	// ErrKeyExist is that of a new element whose key is there already.
	ErrKeyExist = errors.New("key already exists")
	// ErrIterationAborted is that of an iteration over a map that changes too fast.
	ErrIterationAborted = errors.New("iteration aborted")
	// ErrMapIncompatible is that of a map put in the place of another that has not its shape.
	ErrMapIncompatible = errors.New("map spec is incompatible with existing map")
	// ErrNotSupported is that of what this kernel or this host cannot do.
	ErrNotSupported = errors.New("not supported")
	// ErrReadOnly is that of a write to a constant of BPF programs.
	ErrReadOnly = errors.New("resource is read-only")
)

func init() { host.NotSupported = ErrNotSupported }

// What tells nothing more is made once: a look-up of what is not there costs no allocation.
var (
	noSuchKey  = &Error{Errno: host.NewError(host.LinuxNoEntry, "-").Errno, Number: host.LinuxNoEntry, Text: ErrKeyNotExist.Error(), Also: ErrKeyNotExist}
	keyIsThere = &Error{Errno: host.NewError(host.LinuxExists, "-").Errno, Number: host.LinuxExists, Text: ErrKeyExist.Error(), Also: ErrKeyExist}
)

// elementError is the error of an operation on a map's elements.
func elementError(result int32) error {
	switch {
	case result >= 0:
		return nil
	case result == -host.LinuxNoEntry:
		return noSuchKey
	case result == -host.LinuxExists:
		return keyIsThere
	}
	return host.Failed(result)
}

func invalid(text string) error { return host.Invalid(text) }

// VerifierError is the kernel's refusal of a program, with the verifier's reasons.
type VerifierError struct {
	// Cause is the error of the load.
	Cause error
	// Log are the verifier's lines, the last of which says what was wrong.
	Log []string
	// Program is whose load failed.
	Program string
}

func (e *VerifierError) Error() string { return e.Cause.Error() }

// Unwrap gives the Cause.
func (e *VerifierError) Unwrap() error { return e.Cause }

// Format with %+v is not there, so that guests need not hold package fmt: this is the whole log.
func (e *VerifierError) FullLog() string { return strings.Join(e.Log, "\n") }
