package host

import "wasm-bpf/ebpf/internal/abi"

// Pins is what maps, programs and links have of pins.
type Pins struct{ path string }

// PinnedAt is of what was opened by a pin.
func PinnedAt(path string) Pins { return Pins{path} }

// PinTo makes what the handle names outlive the guest.
func (p *Pins) PinTo(handle abi.Handle, path string) error {
	text, size := Bytes(path)
	err := Check(abi.CallPin(handle, text, size))
	if err == nil {
		p.path = path
	}
	return err
}

// UnpinFrom takes the pin away; nothing happens where there is none.
func (p *Pins) UnpinFrom(handle abi.Handle) error {
	if p.path == "" {
		return nil
	}
	text, size := Bytes(p.path)
	err := Check(abi.CallUnpin(handle, text, size))
	if err == nil {
		p.path = ""
	}
	return err
}

// Pinned says whether there is one.
func (p *Pins) Pinned() bool { return p.path != "" }
