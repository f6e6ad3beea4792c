package ebpf

import (
	"encoding/binary"

	"wasm-bpf/ebpf/internal/host"
)

// Where a global variable lies.
type placedVariable struct {
	section, name string
	offset, size  uint32
}

const (
	btfMagic       = 0xeb9f
	btfKindArray   = 3
	btfKindStruct  = 4
	btfKindUnion   = 5
	btfKindEnum    = 6
	btfKindInt     = 1
	btfKindProto   = 13
	btfKindVar     = 14
	btfKindSection = 15
	btfKindTag     = 17
	btfKindEnum64  = 19
)

// What follows the twelve bytes of a type: so much at once, and so much for each of its members.
var btfTails = map[uint32]struct{ once, each int }{
	btfKindInt: {4, 0}, btfKindArray: {12, 0}, btfKindStruct: {0, 12}, btfKindUnion: {0, 12}, btfKindEnum: {0, 8},
	btfKindProto: {0, 8}, btfKindVar: {4, 0}, btfKindSection: {0, 12}, btfKindTag: {4, 0}, btfKindEnum64: {0, 12},
}

type btfType struct {
	name, info uint32
	tail       []byte
}

// btfTypes gives the types, from number 1 on, and the texts; none of what is no BTF. Numbers lie as the kernel of this
// machine has them, which is how Wasm does too.
func btfTypes(data []byte) (types []btfType, texts []byte) {
	if len(data) < 24 || binary.LittleEndian.Uint16(data) != btfMagic {
		return nil, nil
	}
	u32 := func(at int) int { return int(binary.LittleEndian.Uint32(data[at:])) }
	header := u32(4)
	at, end := header+u32(8), header+u32(8)+u32(12)
	textsAt, textsEnd := header+u32(16), header+u32(16)+u32(20)
	if at < 0 || end < at || end > len(data) || textsAt < 0 || textsEnd < textsAt || textsEnd > len(data) {
		return nil, nil
	}
	types = append(types, btfType{})
	for at+12 <= end {
		t := btfType{name: uint32(u32(at)), info: uint32(u32(at + 4))}
		tail := btfTails[t.info>>24&31]
		length := tail.once + tail.each*int(t.info&0xffff)
		if at+12+length > end {
			return nil, nil
		}
		t.tail = data[at+12 : at+12+length]
		types = append(types, t)
		at += 12 + length
	}
	return types, data[textsAt:textsEnd]
}

// findVariables lists the global variables of an object; static ones are their source file's own.
func findVariables(btf []byte) []placedVariable {
	types, texts := btfTypes(btf)
	text := func(at uint32) string {
		if int(at) >= len(texts) {
			return ""
		}
		return host.Terminated(texts[at:])
	}
	var found []placedVariable
	for _, section := range types {
		if section.info>>24&31 != btfKindSection {
			continue
		}
		for entry := section.tail; len(entry) >= 12; entry = entry[12:] {
			id := binary.LittleEndian.Uint32(entry)
			if int(id) >= len(types) || types[id].info>>24&31 != btfKindVar {
				continue
			}
			if linkage := binary.LittleEndian.Uint32(types[id].tail); linkage == 0 {
				continue
			}
			found = append(found, placedVariable{text(section.name), text(types[id].name),
				binary.LittleEndian.Uint32(entry[4:]), binary.LittleEndian.Uint32(entry[8:])})
		}
	}
	return found
}
