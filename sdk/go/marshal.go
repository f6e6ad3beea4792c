package ebpf

import (
	"encoding"
	"reflect"
	"strconv"
	"unsafe"

	"wasm-bpf/ebpf/internal/host"
	"wasm-bpf/ebpf/internal/layout"
)

// number has room for a value that was given as it is, and not by a pointer.
type number [8]byte

// subject is what an error is about. Its words are put together where there is an error, and not for each element.
type subject struct{ what, name string }

func (s subject) String() string { return s.what + s.name }

func wrongSize(what subject, is, want int) error {
	return invalid(what.String() + " has " + strconv.Itoa(is) + " bytes, not " + strconv.Itoa(want))
}

// marshal gives the bytes of a key or value: by a pointer to what it was given, or in `room` for a number.
func marshal(what subject, value any, size int, room *number) (unsafe.Pointer, error) {
	var is int
	switch v := value.(type) {
	case uint32:
		*(*uint32)(unsafe.Pointer(room)), is = v, 4
	case int32:
		*(*int32)(unsafe.Pointer(room)), is = v, 4
	case uint64:
		*(*uint64)(unsafe.Pointer(room)), is = v, 8
	case int64:
		*(*int64)(unsafe.Pointer(room)), is = v, 8
	case uint16:
		*(*uint16)(unsafe.Pointer(room)), is = v, 2
	case uint8:
		room[0], is = v, 1
	case *uint32:
		return sized(what, unsafe.Pointer(v), 4, size)
	case *uint64:
		return sized(what, unsafe.Pointer(v), 8, size)
	case []byte:
		return sized(what, host.Pointer(v), len(v), size)
	case string:
		return sized(what, unsafe.Pointer(unsafe.StringData(v)), len(v), size)
	case *Map:
		*(*int32)(unsafe.Pointer(room)), is = int32(v.FD()), 4
	case *Program:
		*(*int32)(unsafe.Pointer(room)), is = int32(v.FD()), 4
	case encoding.BinaryMarshaler:
		data, err := v.MarshalBinary()
		if err != nil {
			return nil, err
		}
		return sized(what, host.Pointer(data), len(data), size)
	default:
		return marshalReflect(what, value, size)
	}
	return sized(what, unsafe.Pointer(room), is, size)
}

func sized(what subject, pointer unsafe.Pointer, is, want int) (unsafe.Pointer, error) {
	if is != want {
		return nil, wrongSize(what, is, want)
	}
	if pointer == nil && want > 0 {
		return nil, nilPointer(what)
	}
	return pointer, nil
}

func nilPointer(what subject) error { return invalid(what.String() + " is a nil pointer") }

func marshalReflect(what subject, value any, size int) (unsafe.Pointer, error) {
	v := reflect.ValueOf(value)
	if !v.IsValid() {
		return nil, invalid(what.String() + " is nil")
	}
	return pointed(what, pointerTo(v), size)
}

// pointerTo gives a pointer as it is, and one to a copy of anything else.
func pointerTo(v reflect.Value) reflect.Value {
	if v.Kind() == reflect.Pointer {
		return v
	}
	kept := reflect.New(v.Type())
	kept.Elem().Set(v)
	return kept
}

// pointed checks what a pointer points to: of a type that BPF can share, and so large.
func pointed(what subject, v reflect.Value, size int) (unsafe.Pointer, error) {
	if v.IsNil() {
		return nil, nilPointer(what)
	}
	if err := layout.Check(v.Type().Elem()); err != nil {
		return nil, invalid(what.String() + ": " + err.Error())
	}
	return sized(what, v.UnsafePointer(), int(v.Type().Elem().Size()), size)
}

// unmarshalTo gives where a call may write a key or value for `out`: to what it points to. Where there is no such place
// `finish` is to be called after it.
func unmarshalTo(what subject, out any, size int) (place unsafe.Pointer, finish func() error, err error) {
	switch o := out.(type) {
	case *uint32:
		place, err = sized(what, unsafe.Pointer(o), 4, size)
	case *uint64:
		place, err = sized(what, unsafe.Pointer(o), 8, size)
	case []byte:
		place, err = sized(what, host.Pointer(o), len(o), size)
	case *[]byte:
		if len(*o) != size {
			*o = make([]byte, size)
		}
		place = host.Pointer(*o)
	case encoding.BinaryUnmarshaler:
		data := make([]byte, size)
		return host.Pointer(data), func() error { return o.UnmarshalBinary(data) }, nil
	default:
		v := reflect.ValueOf(out)
		if v.Kind() != reflect.Pointer {
			return nil, nil, notAPlace(what, v)
		}
		place, err = pointed(what, v, size)
	}
	return place, nil, err
}

func notAPlace(what subject, v reflect.Value) error {
	return invalid(what.String() + ": give a pointer to where it goes, not " + typeName(v))
}

func typeName(v reflect.Value) string {
	if !v.IsValid() {
		return "nil"
	}
	return v.Type().String()
}

// A value of a per-CPU map takes a multiple of 8 bytes.
func stride(size int) int { return (size + 7) &^ 7 }

// elements gives a slice's own: by a slice, or by a pointer to one that gets `count` elements where it has not so many.
func elements(what subject, value any, count int) (reflect.Value, error) {
	v := reflect.ValueOf(value)
	if v.Kind() == reflect.Pointer && v.Elem().Kind() == reflect.Slice {
		v = v.Elem()
		if v.Len() != count && v.CanSet() {
			v.Set(reflect.MakeSlice(v.Type(), count, count))
		}
	}
	if v.Kind() != reflect.Slice {
		return v, invalid(what.String() + ": give a slice, not " + typeName(v))
	}
	if v.Len() != count {
		return v, invalid(what.String() + ": the slice has " + strconv.Itoa(v.Len()) + " elements, not " + strconv.Itoa(count))
	}
	if err := layout.Check(v.Type().Elem()); err != nil {
		return v, invalid(what.String() + ": " + err.Error())
	}
	return v, nil
}

// bytesOf is the memory of a slice's elements.
func bytesOf(slice reflect.Value) []byte {
	return unsafe.Slice((*byte)(slice.UnsafePointer()), slice.Len()*int(slice.Type().Elem().Size()))
}

// spread copies elements of `size` bytes to places of `stride(size)`, gather the other way.
func spread(to, from []byte, size int) {
	for step := stride(size); len(from) >= size && len(to) >= size; to, from = to[min(step, len(to)):], from[size:] {
		copy(to[:size], from)
	}
}

func gather(to, from []byte, size int) {
	for step := stride(size); len(to) >= size && len(from) >= size; to, from = to[size:], from[min(step, len(from)):] {
		copy(to, from[:size])
	}
}

// anyBytes is the memory of a value that a pointer points to, or of a copy of one that is no pointer.
func anyBytes(what subject, value any) ([]byte, error) {
	v := pointerTo(reflect.ValueOf(value))
	size := int(v.Type().Elem().Size())
	place, err := pointed(what, v, size)
	if err != nil {
		return nil, err
	}
	return unsafe.Slice((*byte)(place), size), nil
}
