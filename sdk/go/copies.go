package ebpf

import (
	"slices"

	"wasm-bpf/ebpf/internal/abi"
	"wasm-bpf/ebpf/internal/host"
)

// variablesCopy is the content of a map of global variables where the host has no windows: what the guest changed goes to
// the map, and what programs changed comes back, around every wait. Of a byte that both changed, the guest's stands.
type variablesCopy struct {
	handle abi.Handle // of the map, which is there as long as its object
	fixed  bool       // after load
	memory []byte     // what the guest sees and changes
	synced []byte     // what both sides had last
	live   bool
}

var copies []*variablesCopy

func newVariablesCopy(m *Map, memory []byte) *variablesCopy {
	made := &variablesCopy{handle: m.handle, fixed: m.info.ReadOnly != 0, memory: memory}
	m.owner.copies = append(m.owner.copies, made)
	copies = append(copies, made)
	host.Sync = syncAll
	return made
}

func endCopies(ended []*variablesCopy) {
	copies = slices.DeleteFunc(copies, func(c *variablesCopy) bool { return slices.Contains(ended, c) })
}

func syncAll() error {
	for _, each := range copies {
		if !each.live {
			continue
		}
		if err := each.sync(); err != nil {
			return err
		}
	}
	return nil
}

func (c *variablesCopy) start() error {
	c.synced = append([]byte(nil), c.memory...)
	c.live = !c.fixed
	return c.sync()
}

func (c *variablesCopy) sync() error {
	for at := 0; at < len(c.memory); at++ {
		begin := at
		for at < len(c.memory) && c.memory[at] != c.synced[at] {
			at++
		}
		if at == begin {
			continue
		}
		if err := host.Check(abi.CallMapWrite(c.handle, uint64(begin), host.Pointer(c.memory[begin:]), uint32(at-begin))); err != nil {
			return err
		}
	}
	if err := host.Check(abi.CallMapRead(c.handle, 0, host.Pointer(c.synced), uint32(len(c.synced)))); err != nil {
		return err
	}
	copy(c.memory, c.synced)
	return nil
}
