package ebpf

import (
	"unsafe"

	"wasm-bpf/ebpf/internal/abi"
	"wasm-bpf/ebpf/internal/host"
)

// Lookup reads the element of a key to where valueOut points. Of a per-CPU map it is a slice, or a pointer to one, that gets
// a value for each possible CPU. ErrKeyNotExist where there is none.
func (m *Map) Lookup(key, valueOut any) error { return m.LookupWithFlags(key, valueOut, 0) }

// LookupWithFlags is Lookup with flags.
func (m *Map) LookupWithFlags(key, valueOut any, flags MapLookupFlags) error {
	return m.lookup(key, valueOut, uint64(flags), false)
}

// LookupAndDelete reads an element and deletes it; a queue or stack, whose key is nil, gives its next.
func (m *Map) LookupAndDelete(key, valueOut any) error {
	return m.LookupAndDeleteWithFlags(key, valueOut, 0)
}

// LookupAndDeleteWithFlags is LookupAndDelete with flags.
func (m *Map) LookupAndDeleteWithFlags(key, valueOut any, flags MapLookupFlags) error {
	return m.lookup(key, valueOut, uint64(flags), true)
}

// LookupBytes gives the bytes of an element; nil where there is none.
func (m *Map) LookupBytes(key any) ([]byte, error) {
	value := make([]byte, m.info.ValueBytes)
	var room number
	k, err := m.key(key, &room)
	if err != nil {
		return nil, err
	}
	result := abi.CallMapLookup(m.handle, k, host.Pointer(value), 0)
	if result == -host.LinuxNoEntry {
		return nil, nil
	}
	return value, elementError(result)
}

func (m *Map) key(key any, room *number) (unsafe.Pointer, error) {
	if m.info.KeySize == 0 && key == nil {
		return nil, nil
	}
	return marshal(subject{"the key of map ", m.name}, key, int(m.info.KeySize), room)
}

func (m *Map) lookup(key, valueOut any, flags uint64, deletes bool) error {
	var room number
	k, err := m.key(key, &room)
	if err != nil {
		return err
	}
	return m.lookupAt(k, valueOut, flags, deletes)
}

// lookupAt is lookup of the key that lies there.
func (m *Map) lookupAt(k unsafe.Pointer, valueOut any, flags uint64, deletes bool) error {
	place, finish, err := m.valuePlace(valueOut)
	if err != nil {
		return err
	}
	var result int32
	if deletes {
		result = abi.CallMapLookupAndDelete(m.handle, k, place, flags)
	} else {
		result = abi.CallMapLookup(m.handle, k, place, flags)
	}
	if err := elementError(result); err != nil || finish == nil {
		return err
	}
	return finish()
}

// valuePlace is where an element is to be written for valueOut, and what is to be done then.
func (m *Map) valuePlace(valueOut any) (unsafe.Pointer, func() error, error) {
	if !m.Type().hasPerCPUValue() {
		return unmarshalTo(subject{"the value of map ", m.name}, valueOut, int(m.info.ValueSize))
	}
	size, cpus := int(m.info.ValueSize), int(m.info.ValueBytes)/stride(int(m.info.ValueSize))
	values, err := m.perCPU(valueOut, cpus)
	if err != nil {
		return nil, nil, err
	}
	if size == stride(size) {
		return host.Pointer(values), nil, nil
	}
	buffer := make([]byte, m.info.ValueBytes)
	return host.Pointer(buffer), func() error { gather(values, buffer, size); return nil }, nil
}

// perCPU gives the memory of a slice with a value for each of so many CPUs.
func (m *Map) perCPU(value any, count int) ([]byte, error) {
	what := subject{"the value of map ", m.name}
	slice, err := elements(what, value, count)
	if err != nil {
		return nil, err
	}
	if is := int(slice.Type().Elem().Size()); is != int(m.info.ValueSize) {
		return nil, wrongSize(what, is, int(m.info.ValueSize))
	}
	return bytesOf(slice), nil
}

// Put writes an element, whether there was one or not.
func (m *Map) Put(key, value any) error { return m.Update(key, value, UpdateAny) }

// Update writes an element. A map of programs or maps takes a *Program or *Map.
func (m *Map) Update(key, value any, flags MapUpdateFlags) error {
	var keyRoom, valueRoom number
	k, err := m.key(key, &keyRoom)
	if err != nil {
		return err
	}
	v, err := m.value(value, &valueRoom)
	if err != nil {
		return err
	}
	return elementError(abi.CallMapUpdate(m.handle, k, v, uint64(flags)))
}

func (m *Map) value(value any, room *number) (unsafe.Pointer, error) {
	if !m.Type().hasPerCPUValue() {
		return marshal(subject{"the value of map ", m.name}, value, int(m.info.ValueSize), room)
	}
	size, cpus := int(m.info.ValueSize), int(m.info.ValueBytes)/stride(int(m.info.ValueSize))
	values, err := m.perCPU(value, cpus)
	if err != nil || size == stride(size) {
		return host.Pointer(values), err
	}
	buffer := make([]byte, m.info.ValueBytes)
	spread(buffer, values, size)
	return host.Pointer(buffer), nil
}

// Delete deletes an element: ErrKeyNotExist where there is none.
func (m *Map) Delete(key any) error {
	var room number
	k, err := m.key(key, &room)
	if err != nil {
		return err
	}
	return elementError(abi.CallMapDelete(m.handle, k, 0))
}

// NextKey gives the key after one, or the first for nil: ErrKeyNotExist at the end. A key that is there no more is followed
// by the first again: Iterate minds that.
func (m *Map) NextKey(key, nextKeyOut any) error {
	var room number
	var k unsafe.Pointer
	if key != nil {
		var err error
		if k, err = m.key(key, &room); err != nil {
			return err
		}
	}
	place, finish, err := unmarshalTo(subject{"the key of map ", m.name}, nextKeyOut, int(m.info.KeySize))
	if err != nil {
		return err
	}
	if err := elementError(abi.CallMapNextKey(m.handle, k, place)); err != nil || finish == nil {
		return err
	}
	return finish()
}

// NextKeyBytes is NextKey in bytes: nil at the end.
func (m *Map) NextKeyBytes(key any) ([]byte, error) {
	next := make([]byte, m.info.KeySize)
	err := m.NextKey(key, next)
	if err == error(noSuchKey) {
		return nil, nil
	}
	return next, err
}

// MapIterator walks over the elements of a map.
type MapIterator struct {
	m             *Map
	current, next []byte
	started       bool
	err           error
	seen          uint32
}

// Iterate walks over all elements. Those that come or go meanwhile may be seen or not; where keys go faster than they are
// read, it ends with ErrIterationAborted.
//
//	entries := m.Iterate()
//	for entries.Next(&key, &value) { … }
//	err := entries.Err()
func (m *Map) Iterate() *MapIterator {
	return &MapIterator{m: m, current: make([]byte, m.info.KeySize), next: make([]byte, m.info.KeySize)}
}

// Next reads the next element; false at the end, or where Err says why.
func (it *MapIterator) Next(keyOut, valueOut any) bool {
	for it.err == nil && it.seen <= it.m.info.MaxEntries {
		var from unsafe.Pointer
		if it.started {
			from = host.Pointer(it.current)
		}
		result := abi.CallMapNextKey(it.m.handle, from, host.Pointer(it.next))
		if result < 0 {
			if result != -host.LinuxNoEntry {
				it.err = elementError(result)
			}
			return false
		}
		it.seen++
		it.started = true
		it.current, it.next = it.next, it.current
		err := it.m.lookupAt(host.Pointer(it.current), valueOut, 0, false)
		if err == error(noSuchKey) {
			continue // gone since
		}
		if it.err = err; err == nil {
			it.err = it.copyKey(keyOut)
		}
		return it.err == nil
	}
	if it.err == nil {
		it.err = ErrIterationAborted
	}
	return false
}

func (it *MapIterator) copyKey(keyOut any) error {
	place, finish, err := unmarshalTo(subject{"the key of map ", it.m.name}, keyOut, len(it.current))
	if err != nil {
		return err
	}
	copy(unsafe.Slice((*byte)(place), len(it.current)), it.current)
	if finish != nil {
		return finish()
	}
	return nil
}

// Err is why the iteration ended before the end of the map; nil else.
func (it *MapIterator) Err() error { return it.err }
