package host

import (
	"unsafe"

	"wasm-bpf/ebpf/internal/abi"
)

// PageSize is what windows are made of.
const PageSize = 4096

// HasWindows says whether the host maps the kernel's memory over the guest's. Else calls copy.
func HasWindows() bool { return uint32(abi.CallHostFeatures())&abi.HostWindows != 0 }

// What the kernel's memory lies over: referenced from here until the host has put ordinary memory back, so that the garbage
// collector cannot give it to anybody else, whatever becomes of the maps and readers that it belongs to. Go's collector
// does not move things.
var windows = map[*byte][]byte{}

// NewWindow is zeroed memory on a page's border that stays until EndWindow.
func NewWindow(size int) []byte {
	memory := make([]byte, size)
	if uintptr(unsafe.Pointer(unsafe.SliceData(memory)))%PageSize != 0 {
		// Large pieces begin on a border of their own. Not so this one: cut it out of more.
		memory = make([]byte, size+PageSize-1)
		begin := -uintptr(unsafe.Pointer(unsafe.SliceData(memory))) % PageSize
		memory = memory[begin : begin+uintptr(size) : begin+uintptr(size)]
	}
	windows[unsafe.SliceData(memory)] = memory
	return memory
}

// EndWindow lets memory go over which nothing is mapped any more.
func EndWindow(memory []byte) { delete(windows, unsafe.SliceData(memory)) }

// Pointer is where a slice begins, for a host call.
func Pointer(memory []byte) unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(memory)) }
