package link

import (
	"unsafe"

	"wasm-bpf/ebpf"
	"wasm-bpf/ebpf/internal/abi"
	"wasm-bpf/ebpf/internal/host"
)

// As Linux numbers them.
const (
	familyPacket  = 17
	socketRaw     = 3
	everyProtocol = 0x0300 // ETH_P_ALL, in network order
)

type socketLink struct {
	*link
	socket abi.Handle
}

// AttachSocketFilter attaches a program to a packet socket of the host on an interface (its index; 0: all), which goes with
// the link. cilium/ebpf takes a socket: a guest has none of the host's.
func AttachSocketFilter(interfaceIndex int, program *ebpf.Program) (Link, error) {
	options := abi.SocketOptions{Family: familyPacket, Type: socketRaw, Protocol: everyProtocol, InterfaceIndex: int32(interfaceIndex)}
	options.Size = uint32(unsafe.Sizeof(options))
	socket := abi.CallSocketOpen(unsafe.Pointer(&options))
	if socket < 0 {
		return nil, host.Failed(int32(socket))
	}
	r := newRequest(abi.AttachSocket)
	r.options.Handle = socket
	attached, err := r.attach(program)
	if err != nil {
		abi.CallClose(socket)
		return nil, err
	}
	return &socketLink{attached, socket}, nil
}

func (s *socketLink) Close() error {
	err := s.link.Close()
	if s.socket > 0 {
		abi.CallClose(s.socket)
		s.socket = 0
	}
	return err
}
