package ebpf

import (
	"unsafe"

	"wasm-bpf/ebpf/internal/abi"
	"wasm-bpf/ebpf/internal/host"
)

// object is one at the host. Its maps and programs end with it, so it lives as long as one of them is open.
type object struct {
	handle  abi.Handle
	users   int
	windows [][]byte
	copies  []*variablesCopy
}

func openObject(elf []byte, options *abi.ObjectOptions) (*object, error) {
	handle := abi.CallObjectOpen(host.Pointer(elf), uint32(len(elf)), unsafe.Pointer(options))
	if handle < 0 {
		return nil, host.Failed(int32(handle))
	}
	return &object{handle: handle}, nil
}

func (o *object) hold() { o.users++ }

// release closes the object when nobody needs it any more: windows become ordinary memory.
func (o *object) release() error {
	o.users--
	if o.users > 0 {
		return nil
	}
	return o.close()
}

func (o *object) close() error {
	err := host.Check(abi.CallClose(o.handle))
	for _, window := range o.windows {
		host.EndWindow(window)
	}
	o.windows = nil
	endCopies(o.copies)
	o.copies = nil
	return err
}

func (o *object) findMap(name string) abi.Handle {
	text, size := host.Bytes(name)
	return abi.CallObjectFindMap(o.handle, text, size)
}

func (o *object) findProgram(name string) abi.Handle {
	text, size := host.Bytes(name)
	return abi.CallObjectFindProgram(o.handle, text, size)
}

// btf is the object's own.
func (o *object) btf() []byte {
	size := abi.CallBtfRead(o.handle, nil, 0, nil, 0)
	if size <= 0 {
		return nil
	}
	data := make([]byte, size)
	abi.CallBtfRead(o.handle, nil, 0, host.Pointer(data), uint32(size))
	return data
}
