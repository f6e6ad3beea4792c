package ebpf

import (
	"errors"
	"io"
	"reflect"
	"strconv"
	"unsafe"

	"wasm-bpf/ebpf/internal/abi"
	"wasm-bpf/ebpf/internal/host"
	"wasm-bpf/ebpf/internal/layout"
)

// Memory is a map's content in the guest's own memory: global variables, or an array with BPF_F_MMAPABLE. What either side
// writes the other sees. Once the map is closed it is ordinary memory.
type Memory struct {
	m        *Map
	bytes    []byte
	readOnly bool
	isWindow bool
	copy     *variablesCopy // where the host has no windows
}

// bindVariables is for the time before load: the host takes what is in the memory then.
func bindVariables(m *Map, initial *contents) (*Memory, error) {
	memory := &Memory{m: m, readOnly: m.info.ReadOnly != 0}
	if host.HasWindows() && m.info.WindowBytes != 0 {
		if err := memory.open(int(m.info.DataBytes)); err != nil {
			return nil, err
		}
		if initial.changed {
			copy(memory.bytes, initial.data)
		}
		return memory, nil
	}
	memory.bytes = append([]byte(nil), initial.data...)
	memory.copy = newVariablesCopy(m, memory.bytes)
	if !initial.changed {
		return memory, nil
	}
	return memory, host.Check(abi.CallMapSetInitialValue(m.handle, host.Pointer(memory.bytes), uint32(len(memory.bytes))))
}

// open makes the window, of which the first so many bytes are the content.
func (mm *Memory) open(size int) error {
	window := host.NewWindow(int(mm.m.info.WindowBytes))
	if err := host.Check(abi.CallMapWindow(mm.m.handle, host.Pointer(window), uint32(len(window)))); err != nil {
		host.EndWindow(window)
		return err
	}
	mm.bytes = window[:size]
	mm.isWindow = true
	if mm.m.owner != nil {
		mm.m.owner.windows = append(mm.m.owner.windows, window)
	}
	return nil
}

// start is for the time after load.
func (mm *Memory) start() error {
	if mm.copy == nil {
		return nil
	}
	return mm.copy.start()
}

// end is for maps of the guest's own, whose windows end with them.
func (mm *Memory) end() {
	if mm.isWindow {
		host.EndWindow(mm.bytes)
	}
}

// Memory is the map's content in the guest's memory. ErrNotSupported for a map that has none, and where the host has no
// windows.
func (m *Map) Memory() (*Memory, error) {
	if m.memory != nil {
		return m.memory, nil
	}
	if m.info.WindowBytes == 0 {
		return nil, notSupported("map " + m.name + " is no array with BPF_F_MMAPABLE")
	}
	memory := &Memory{m: m, readOnly: m.info.ReadOnly != 0}
	size := int(m.info.WindowBytes)
	if m.Type() == Array {
		size = min(size, stride(int(m.info.ValueSize))*int(m.info.MaxEntries))
	}
	if err := memory.open(size); err != nil {
		return nil, err
	}
	m.memory = memory
	return memory, nil
}

func notSupported(text string) error {
	err := host.NewError(host.LinuxNotSupported, text)
	err.Also = ErrNotSupported
	return err
}

// Size is the content's size in bytes.
func (mm *Memory) Size() int { return len(mm.bytes) }

// ReadOnly says whether a store ends the guest.
func (mm *Memory) ReadOnly() bool { return mm.readOnly }

// Bytes is the memory itself. A store where it is read-only ends the guest.
func (mm *Memory) Bytes() []byte { return mm.bytes }

// ReadAt reads a part of it.
func (mm *Memory) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 || off > int64(len(mm.bytes)) {
		return 0, errors.New("offset out of range")
	}
	n := copy(p, mm.bytes[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// WriteAt writes a part of it: ErrReadOnly where only programs may.
func (mm *Memory) WriteAt(p []byte, off int64) (int, error) {
	if mm.readOnly {
		return 0, ErrReadOnly
	}
	if off < 0 || off > int64(len(mm.bytes)) {
		return 0, errors.New("offset out of range")
	}
	n := copy(mm.bytes[off:], p)
	if n < len(p) {
		return n, io.ErrShortWrite
	}
	return n, nil
}

// Variable is a global variable of loaded programs.
type Variable struct {
	placedVariable
	memory *Memory
}

func (v *Variable) bytes() []byte { return v.memory.bytes[v.offset : v.offset+v.size] }

// Get reads it.
func (v *Variable) Get(out any) error {
	place, finish, err := unmarshalTo(subject{"variable ", v.name}, out, int(v.size))
	if err != nil {
		return err
	}
	copy(unsafe.Slice((*byte)(place), v.size), v.bytes())
	if finish != nil {
		return finish()
	}
	return nil
}

// Set writes it: ErrReadOnly for a constant of the programs, which VariableSpec.Set sets before load.
func (v *Variable) Set(in any) error {
	if v.memory.readOnly {
		return ErrReadOnly
	}
	var room number
	value, err := marshal(subject{"variable ", v.name}, in, int(v.size), &room)
	if err != nil {
		return err
	}
	copy(v.bytes(), unsafe.Slice((*byte)(value), v.size))
	return nil
}

// Size is its size in bytes.
func (v *Variable) Size() uint64 { return uint64(v.size) }

// ReadOnly says whether it is a constant of the programs.
func (v *Variable) ReadOnly() bool { return v.memory.readOnly }

func (v *Variable) String() string {
	return v.name + " (" + v.section + ", " + strconv.FormatUint(v.Size(), 10) + " bytes)"
}

// VariablePointer gives a pointer to the variable itself, which programs read and write too: use package sync/atomic where
// they add to it. A store to a constant of the programs ends the guest.
func VariablePointer[T any](v *Variable) (*T, error) {
	place, err := v.pointer(reflect.TypeFor[T]())
	return (*T)(place), err
}

func (v *Variable) pointer(t reflect.Type) (unsafe.Pointer, error) {
	if err := layout.Check(t); err != nil {
		return nil, invalid("variable " + v.name + ": " + err.Error())
	}
	place, err := sized(subject{"variable ", v.name}, unsafe.Pointer(&v.memory.bytes[v.offset]), int(v.size), int(t.Size()))
	if err == nil && uintptr(place)%uintptr(t.Align()) != 0 {
		err = invalid("variable " + v.name + " does not lie where " + t.String() + " can")
	}
	return place, err
}
