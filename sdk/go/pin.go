package ebpf

import (
	"wasm-bpf/ebpf/internal/abi"
	"wasm-bpf/ebpf/internal/host"
)

// LoadPinOptions say what the guest wants to do with what is pinned.
type LoadPinOptions struct {
	ReadOnly  bool
	WriteOnly bool
}

const (
	linuxReadOnly  = 1 << 3 // BPF_F_RDONLY
	linuxWriteOnly = 1 << 4
)

func openPinned(fileName string, kind uint32, opts *LoadPinOptions) (abi.Handle, error) {
	var flags uint32
	if opts != nil && opts.ReadOnly {
		flags |= linuxReadOnly
	}
	if opts != nil && opts.WriteOnly {
		flags |= linuxWriteOnly
	}
	path, size := host.Bytes(fileName)
	handle := abi.CallOpenPinned(path, size, kind, flags)
	if handle < 0 {
		return 0, host.Failed(int32(handle))
	}
	return handle, nil
}
