// Package host is the common ground of the SDK's packages over the imports of the guest ABI: errors with the host's text,
// memory that the host maps the kernel's over, and waits that leave room for other goroutines.
package host

import (
	"bytes"
	"syscall"
	"unsafe"

	"wasm-bpf/ebpf/internal/abi"
)

// Error is a call that the host refused, or the kernel behind it.
type Error struct {
	// Errno is the error as package syscall knows it: errors.Is(err, syscall.ENOENT) and errors.Is(err,
	// os.ErrNotExist) work. 0 where WASI has no such error.
	Errno syscall.Errno
	// Number is Linux' number of it.
	Number int
	// Text is what the host says: what was tried, on what, and why it failed.
	Text string
	// Also is an error of the package that this is too, as ebpf.ErrKeyNotExist, or nil.
	Also error
}

func (e *Error) Error() string { return e.Text }

// Unwrap gives the Errno, and what the error is besides.
func (e *Error) Unwrap() []error {
	var all []error
	if e.Errno != 0 {
		all = append(all, e.Errno)
	}
	if e.Also != nil {
		all = append(all, e.Also)
	}
	return all
}

// NotSupported is what every error of the number EOPNOTSUPP is too: ebpf.ErrNotSupported.
var NotSupported error

// Linux' numbers of errors that the SDK itself makes or looks for.
const (
	LinuxNoEntry      = 2
	LinuxInterrupted  = 4
	LinuxBadHandle    = 9
	LinuxExists       = 17
	LinuxNoDevice     = 19
	LinuxInvalid      = 22
	LinuxNotSupported = 95
)

// Failed is the error behind a negative result of a host call.
func Failed(result int32) *Error {
	failed := NewError(int(-result), errorText())
	if failed.Number == LinuxNotSupported {
		failed.Also = NotSupported
	}
	return failed
}

// NewError is an error of Linux' number. Without a text it has the kernel's.
func NewError(number int, text string) *Error {
	failed := &Error{Number: number, Text: text}
	if number < len(errnos) {
		failed.Errno = errnos[number]
	}
	if failed.Text == "" {
		failed.Text = errorName(number)
	}
	return failed
}

// Invalid is an error of the guest's own making: EINVAL.
func Invalid(text string) error { return NewError(LinuxInvalid, text) }

// Check turns the result of a host call into an error, or nil.
func Check(result int32) error {
	if result >= 0 {
		return nil
	}
	return Failed(result)
}

func errorText() string {
	return Text(func(text unsafe.Pointer, size uint32) int32 { return abi.CallErrorText(text, size) })
}

func errorName(number int) string {
	return Text(func(text unsafe.Pointer, size uint32) int32 { return abi.CallErrorName(int32(number), text, size) })
}

// Text is what a call writes that gives a text's full length: a second time where the first guess was too small.
func Text(write func(text unsafe.Pointer, size uint32) int32) string {
	buffer := make([]byte, 256)
	for {
		length := int(write(unsafe.Pointer(unsafe.SliceData(buffer)), uint32(len(buffer))))
		if length < 0 {
			return ""
		}
		if length < len(buffer) {
			return string(buffer[:length])
		}
		buffer = make([]byte, length+1)
	}
}

// Terminated is the text before the first zero.
func Terminated(text []byte) string {
	before, _, _ := bytes.Cut(text, []byte{0})
	return string(before)
}

// Bytes is where a text's bytes are, for a call that takes them with their length.
func Bytes(text string) (unsafe.Pointer, uint32) {
	return unsafe.Pointer(unsafe.StringData(text)), uint32(len(text))
}

var escaped unsafe.Pointer

// Address is where memory lies that a struct of the ABI points to. What the pointer points to is on the heap by this call,
// which does not move things; the caller keeps it alive (runtime.KeepAlive) until the host has returned.
func Address(p unsafe.Pointer) uint32 {
	escaped = p
	address := uint32(uintptr(p))
	escaped = nil
	return address
}

// TextAddress is the same for a text.
func TextAddress(text string) (address, size uint32) {
	return Address(unsafe.Pointer(unsafe.StringData(text))), uint32(len(text))
}
