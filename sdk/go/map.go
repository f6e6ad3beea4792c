package ebpf

import (
	"runtime"
	"strconv"
	"unsafe"

	"wasm-bpf/ebpf/internal/abi"
	"wasm-bpf/ebpf/internal/host"
)

// MapUpdateFlags say when an element is written.
type MapUpdateFlags uint64

const (
	// UpdateAny writes a new element or one that is there.
	UpdateAny MapUpdateFlags = 0
	// UpdateNoExist writes a new one only: ErrKeyExist.
	UpdateNoExist MapUpdateFlags = 1
	// UpdateExist writes one only that is there: ErrKeyNotExist.
	UpdateExist MapUpdateFlags = 2
	// UpdateLock holds the value's bpf_spin_lock meanwhile.
	UpdateLock MapUpdateFlags = 4
)

// MapLookupFlags say how an element is read.
type MapLookupFlags uint64

// LookupLock holds the value's bpf_spin_lock meanwhile.
const LookupLock MapLookupFlags = 4

// Map is one in the kernel. Keys and values are numbers, or structs and arrays of fixed size without pointers and without
// padding, given by value or by pointer; byte slices; or encoding.BinaryMarshaler.
type Map struct {
	name   string
	handle abi.Handle
	owner  *object // nil: a map of the guest's own
	info   abi.MapInfo
	pins   host.Pins
	memory *Memory
}

func newMap(handle abi.Handle, owner *object) (*Map, error) {
	m := &Map{handle: handle, owner: owner}
	if err := m.readInfo(); err != nil {
		if owner == nil {
			abi.CallClose(handle)
		}
		return nil, err
	}
	m.name = host.Terminated(m.info.Name[:])
	if owner != nil {
		owner.hold()
	}
	return m, nil
}

func (m *Map) readInfo() error {
	return host.Check(abi.CallMapInfo(m.handle, unsafe.Pointer(&m.info), uint32(unsafe.Sizeof(m.info))))
}

// NewMap creates a map that belongs to no collection.
func NewMap(spec *MapSpec) (*Map, error) {
	options := abi.MapCreateOptions{Type: uint32(spec.Type), KeySize: spec.KeySize, ValueSize: spec.ValueSize,
		MaxEntries: spec.MaxEntries, MapFlags: spec.Flags, MapExtra: spec.MapExtra, NumaNode: spec.NumaNode,
		InterfaceIndex: spec.Ifindex}
	options.Size = uint32(unsafe.Sizeof(options))
	name, nameSize := host.TextAddress(spec.Name)
	options.Name, options.NameSize = abi.Ptr(name), nameSize
	if spec.InnerMap != nil {
		inner, err := NewMap(spec.InnerMap)
		if err != nil {
			return nil, err
		}
		defer inner.Close()
		options.Inner = inner.handle
	}
	handle := abi.CallMapCreate(unsafe.Pointer(&options))
	runtime.KeepAlive(spec)
	if handle < 0 {
		return nil, host.Failed(int32(handle))
	}
	return newMap(handle, nil)
}

// LoadPinnedMap opens a map that is pinned in a BPF file system of the host.
func LoadPinnedMap(fileName string, opts *LoadPinOptions) (*Map, error) {
	handle, err := openPinned(fileName, abi.PinnedMap, opts)
	if err != nil {
		return nil, err
	}
	m, err := newMap(handle, nil)
	if err == nil {
		m.pins = host.PinnedAt(fileName)
	}
	return m, err
}

// Close gives the map up. One of a collection is in the kernel as long as another map or program of it is open, a program
// that uses it is attached, or it is pinned.
func (m *Map) Close() error {
	if m == nil || m.handle <= 0 {
		return nil
	}
	handle := m.handle
	m.handle = -host.LinuxBadHandle
	if m.owner != nil {
		return m.owner.release()
	}
	err := host.Check(abi.CallClose(handle))
	if m.memory != nil {
		m.memory.end()
	}
	return err
}

// FD is the host's name for the map, where cilium/ebpf has a file descriptor: negative once it is closed.
func (m *Map) FD() int { return int(m.handle) }

// Name is what its definition calls it.
func (m *Map) Name() string { return m.name }

// Type is its kind.
func (m *Map) Type() MapType { return MapType(m.info.Type) }

// KeySize is the size of a key in bytes.
func (m *Map) KeySize() uint32 { return m.info.KeySize }

// ValueSize is the size of a value in bytes; of a per-CPU map, of one CPU's.
func (m *Map) ValueSize() uint32 { return m.info.ValueSize }

// MaxEntries is how many elements it takes; of a ring buffer, its bytes.
func (m *Map) MaxEntries() uint32 { return m.info.MaxEntries }

// Flags are what it was created with.
func (m *Map) Flags() uint32 { return m.info.MapFlags }

func (m *Map) String() string {
	return m.Type().String() + "(" + m.name + ")#" + strconv.Itoa(m.FD())
}

// MapInfo is what the kernel says of a map.
type MapInfo struct {
	Type       MapType
	ID         uint32
	KeySize    uint32
	ValueSize  uint32
	MaxEntries uint32
	Flags      uint32
	Name       string
	MapExtra   uint64
}

// Info asks the kernel.
func (m *Map) Info() (*MapInfo, error) {
	var info abi.MapInfo
	if err := host.Check(abi.CallMapInfo(m.handle, unsafe.Pointer(&info), uint32(unsafe.Sizeof(info)))); err != nil {
		return nil, err
	}
	return &MapInfo{MapType(info.Type), info.Id, info.KeySize, info.ValueSize, info.MaxEntries, info.MapFlags,
		host.Terminated(info.Name[:]), info.MapExtra}, nil
}

// Freeze ends all writes from outside of BPF programs.
func (m *Map) Freeze() error { return host.Check(abi.CallMapFreeze(m.handle)) }

// Pin makes the map outlive the guest, by a name in a BPF file system of the host. The policy has to allow it.
func (m *Map) Pin(fileName string) error {
	return m.pins.PinTo(m.handle, fileName)
}

// Unpin takes the name away. Nothing happens to a map that has none.
func (m *Map) Unpin() error {
	return m.pins.UnpinFrom(m.handle)
}

// IsPinned says whether the map got its name by Pin, or was opened by it.
func (m *Map) IsPinned() bool { return m.pins.Pinned() }
