// Package layout says which of Go's types lie in memory as BPF has them, and turns values into bytes and back.
package layout

import (
	"errors"
	"reflect"
	"strconv"
	"sync"
)

var known sync.Map // reflect.Type: error or nil, of those that were looked at

// Check gives nil for a type that BPF can share: of fixed size, without pointers, and without padding that Go puts in by
// itself, whose bytes nobody sets.
func Check(t reflect.Type) error {
	if result, ok := known.Load(t); ok {
		err, _ := result.(error)
		return err
	}
	err := check(t)
	known.Store(t, err)
	return err
}

func check(t reflect.Type) error {
	switch t.Kind() {
	case reflect.Bool, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Float32, reflect.Float64:
		return nil
	case reflect.Int, reflect.Uint, reflect.Uintptr:
		return errors.New(t.String() + " has no fixed size: use one as " + t.Kind().String() + "32")
	case reflect.Array:
		return Check(t.Elem())
	case reflect.Struct:
		return checkStruct(t)
	}
	return errors.New(t.String() + " cannot be shared with BPF")
}

func checkStruct(t reflect.Type) error {
	var end uintptr
	for i := range t.NumField() {
		field := t.Field(i)
		if err := Check(field.Type); err != nil {
			return errors.New(t.String() + "." + field.Name + ": " + err.Error())
		}
		if field.Offset != end {
			return padded(t, "before "+field.Name, field.Offset-end)
		}
		end = field.Offset + field.Type.Size()
	}
	if end != t.Size() {
		return padded(t, "at its end", t.Size()-end)
	}
	return nil
}

func padded(t reflect.Type, where string, bytes uintptr) error {
	return errors.New(t.String() + " has padding " + where + ": put a field _ [" +
		strconv.FormatUint(uint64(bytes), 10) + "]byte there")
}
