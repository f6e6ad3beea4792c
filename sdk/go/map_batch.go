package ebpf

import (
	"reflect"
	"strconv"
	"unsafe"

	"wasm-bpf/ebpf/internal/abi"
	"wasm-bpf/ebpf/internal/host"
	"wasm-bpf/ebpf/internal/layout"
)

// BatchOptions are the kernel's flags: of each element, and of the batch.
type BatchOptions struct {
	ElemFlags uint64
	Flags     uint64
}

func (o *BatchOptions) flags() (elem, flags uint64) {
	if o == nil {
		return 0, 0
	}
	return o.ElemFlags, o.Flags
}

// MapBatchCursor is how far batches have read a map: the zero value is its beginning.
type MapBatchCursor struct {
	m       *Map
	place   []byte
	started bool
}

// BatchLookup reads many elements in one system call: as many as the slices have room for, from the cursor on; of per-CPU
// maps a value for each possible CPU. It gives their number, and ErrKeyNotExist with the last.
func (m *Map) BatchLookup(cursor *MapBatchCursor, keysOut, valuesOut any, opts *BatchOptions) (int, error) {
	return m.batchRead(cursor, keysOut, valuesOut, opts, abi.CallMapLookupBatch)
}

// BatchLookupAndDelete is BatchLookup, and deletes the elements.
func (m *Map) BatchLookupAndDelete(cursor *MapBatchCursor, keysOut, valuesOut any, opts *BatchOptions) (int, error) {
	return m.batchRead(cursor, keysOut, valuesOut, opts, abi.CallMapLookupAndDeleteBatch)
}

type batchRead func(m abi.Handle, in, out, keys, values, count unsafe.Pointer, elemFlags, flags uint64) int32

func (m *Map) batchRead(cursor *MapBatchCursor, keysOut, valuesOut any, opts *BatchOptions, call batchRead) (int, error) {
	if cursor.m != m {
		if cursor.m != nil {
			return 0, invalid("the cursor is of another map")
		}
		*cursor = MapBatchCursor{m: m, place: make([]byte, max(m.info.KeySize, 4))}
	}
	keys, count, err := m.batchKeys(keysOut)
	if err != nil {
		return 0, err
	}
	values, buffer, err := m.batchValues(valuesOut, count)
	if err != nil {
		return 0, err
	}
	var in unsafe.Pointer
	if cursor.started {
		in = host.Pointer(cursor.place)
	}
	number := uint32(count)
	elem, flags := opts.flags()
	result := call(m.handle, in, host.Pointer(cursor.place), host.Pointer(keys), host.Pointer(buffer),
		unsafe.Pointer(&number), elem, flags)
	if result < 0 && result != -host.LinuxNoEntry {
		return 0, elementError(result)
	}
	cursor.started = true
	if m.Type().hasPerCPUValue() && len(buffer) != len(values) {
		gather(values, buffer, int(m.info.ValueSize))
	}
	return int(number), elementError(result)
}

// BatchUpdate writes many elements in one system call, and gives how many were.
func (m *Map) BatchUpdate(keys, values any, opts *BatchOptions) (int, error) {
	k, count, err := m.batchKeys(keys)
	if err != nil {
		return 0, err
	}
	v, buffer, err := m.batchValues(values, count)
	if err != nil {
		return 0, err
	}
	if len(buffer) != len(v) {
		spread(buffer, v, int(m.info.ValueSize))
	}
	number := uint32(count)
	elem, flags := opts.flags()
	result := abi.CallMapUpdateBatch(m.handle, host.Pointer(k), host.Pointer(buffer), unsafe.Pointer(&number), elem, flags)
	return int(number), elementError(result)
}

// BatchDelete deletes many elements in one system call, and gives how many were.
func (m *Map) BatchDelete(keys any, opts *BatchOptions) (int, error) {
	k, count, err := m.batchKeys(keys)
	if err != nil {
		return 0, err
	}
	number := uint32(count)
	elem, flags := opts.flags()
	result := abi.CallMapDeleteBatch(m.handle, host.Pointer(k), unsafe.Pointer(&number), elem, flags)
	return int(number), elementError(result)
}

// batchKeys gives the memory of a slice of keys, and their number.
func (m *Map) batchKeys(keys any) ([]byte, int, error) {
	return m.batchSlice(subject{"the keys of map ", m.name}, keys, int(m.info.KeySize))
}

// batchValues gives the memory of a slice of values, and what the kernel reads or writes: the same, but where values of
// per-CPU maps lie wider there.
func (m *Map) batchValues(values any, keys int) (own, buffer []byte, err error) {
	what, size := subject{"the values of map ", m.name}, int(m.info.ValueSize)
	own, count, err := m.batchSlice(what, values, size)
	if err != nil {
		return nil, nil, err
	}
	each := 1
	if m.Type().hasPerCPUValue() {
		each = int(m.info.ValueBytes) / stride(size)
	}
	if count != keys*each {
		return nil, nil, invalid(what.String() + ": " + strconv.Itoa(count) + " for " + strconv.Itoa(keys) + " keys")
	}
	// Also where there is one CPU the kernel moves multiples of 8 bytes.
	if !m.Type().hasPerCPUValue() || size == stride(size) {
		return own, own, nil
	}
	return own, make([]byte, count*stride(size)), nil
}

func (m *Map) batchSlice(what subject, slice any, size int) ([]byte, int, error) {
	v := reflect.ValueOf(slice)
	if v.Kind() != reflect.Slice {
		return nil, 0, invalid(what.String() + ": give a slice, not " + typeName(v))
	}
	if err := layout.Check(v.Type().Elem()); err != nil {
		return nil, 0, invalid(what.String() + ": " + err.Error())
	}
	if is := int(v.Type().Elem().Size()); is != size {
		return nil, 0, wrongSize(what, is, size)
	}
	return bytesOf(v), v.Len(), nil
}
