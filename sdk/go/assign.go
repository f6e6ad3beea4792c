package ebpf

import (
	"reflect"
	"unsafe"
)

// A field of a struct that Assign and LoadAndAssign fill: its tag `ebpf:"name"` names it.
type assignedField struct {
	value reflect.Value
	name  string
	path  string
}

// assignedFields finds the fields of a struct, in structs inside it too.
func assignedFields(to any) ([]assignedField, error) {
	v := reflect.ValueOf(to)
	if v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.Struct {
		return nil, invalid("give a pointer to a struct, not " + typeName(v))
	}
	return structFields(v.Elem(), v.Elem().Type().Name())
}

func structFields(v reflect.Value, path string) ([]assignedField, error) {
	var fields []assignedField
	for i := range v.NumField() {
		field, value := v.Type().Field(i), v.Field(i)
		name := field.Tag.Get("ebpf")
		if name == "" {
			inner := value
			if inner.Kind() == reflect.Pointer && inner.Type().Elem().Kind() == reflect.Struct && field.Anonymous {
				if inner.IsNil() {
					return nil, invalid(path + "." + field.Name + " is nil: make it before")
				}
				inner = inner.Elem()
			}
			if inner.Kind() != reflect.Struct {
				continue
			}
			more, err := structFields(inner, path+"."+field.Name)
			if err != nil {
				return nil, err
			}
			fields = append(fields, more...)
			continue
		}
		if value.Kind() != reflect.Pointer {
			return nil, invalid(path + "." + field.Name + " is no pointer")
		}
		fields = append(fields, assignedField{value, name, path + "." + field.Name})
	}
	return fields, nil
}

// set fills the field, even where its name begins with a small letter: the struct's owner asked for it.
func (f assignedField) set(pointer unsafe.Pointer) {
	*(*unsafe.Pointer)(f.value.Addr().UnsafePointer()) = pointer
}

func (f assignedField) missing(what string) error {
	return invalid(f.path + ": there is no " + what + " " + f.name)
}

// Assign gives the maps, programs and variables to the fields of a struct, or of structs in it, that have a tag:
//
//	struct {
//		Events *ebpf.MapSpec      `ebpf:"events"`
//		OnExec *ebpf.ProgramSpec  `ebpf:"on_exec"`
//		Limit  *ebpf.VariableSpec `ebpf:"limit"`
//	}
func (cs *CollectionSpec) Assign(to any) error {
	fields, err := assignedFields(to)
	if err != nil {
		return err
	}
	for _, field := range fields {
		switch field.value.Type() {
		case reflect.TypeFor[*MapSpec]():
			if cs.Maps[field.name] == nil {
				return field.missing("map")
			}
			field.set(unsafe.Pointer(cs.Maps[field.name]))
		case reflect.TypeFor[*ProgramSpec]():
			if cs.Programs[field.name] == nil {
				return field.missing("program")
			}
			field.set(unsafe.Pointer(cs.Programs[field.name]))
		case reflect.TypeFor[*VariableSpec]():
			if cs.Variables[field.name] == nil {
				return field.missing("variable")
			}
			field.set(unsafe.Pointer(cs.Variables[field.name]))
		default:
			return invalid(field.path + " is a " + field.value.Type().String())
		}
	}
	return nil
}

// LoadAndAssign loads what the fields of a struct name, and gives it to them; other programs are not loaded. A field is a
// *Map, a *Program, a *Variable, or a pointer to the type of a variable, which then points to the variable itself:
//
//	var objects struct {
//		Events *ebpf.Map     `ebpf:"events"`
//		OnExec *ebpf.Program `ebpf:"on_exec"`
//		Count  *uint64       `ebpf:"count"`
//	}
//
// A program whose section begins with "?" is not loaded, and its field stays nil, unless ProgramSpec.Autoload was set.
// Close the maps and programs: with the last of them the variables become ordinary memory.
func (cs *CollectionSpec) LoadAndAssign(to any, opts *CollectionOptions) error {
	fields, err := assignedFields(to)
	if err != nil {
		return err
	}
	programs := map[string]bool{}
	for _, field := range fields {
		if field.value.Type() == reflect.TypeFor[*Program]() {
			if cs.Programs[field.name] == nil {
				return field.missing("program")
			}
			programs[field.name] = true
		}
	}
	if opts == nil {
		opts = &CollectionOptions{}
	}
	coll, err := cs.load(*opts, func(name string) bool { return programs[name] })
	if err != nil {
		return err
	}
	defer coll.Close()
	return coll.assign(fields)
}

// Assign gives the maps, programs and variables of the collection to the fields of a struct: see LoadAndAssign. They are the
// struct's to close then.
func (coll *Collection) Assign(to any) error {
	fields, err := assignedFields(to)
	if err != nil {
		return err
	}
	return coll.assign(fields)
}

func (coll *Collection) assign(fields []assignedField) error {
	for _, field := range fields {
		var pointer unsafe.Pointer
		var err error
		switch field.value.Type() {
		case reflect.TypeFor[*Map]():
			if pointer = unsafe.Pointer(coll.Maps[field.name]); pointer == nil {
				return field.missing("map, or no other one,")
			}
		case reflect.TypeFor[*Program]():
			if pointer = unsafe.Pointer(coll.Programs[field.name]); pointer == nil && !coll.skipped[field.name] {
				return field.missing("program that is loaded")
			}
		case reflect.TypeFor[*Variable]():
			if pointer = unsafe.Pointer(coll.Variables[field.name]); pointer == nil {
				return field.missing("variable")
			}
		default:
			variable := coll.Variables[field.name]
			if variable == nil {
				return field.missing("variable")
			}
			if pointer, err = variable.pointer(field.value.Type().Elem()); err != nil {
				return err
			}
		}
		field.set(pointer)
	}
	// What was assigned is not the collection's any more.
	for _, field := range fields {
		switch field.value.Type() {
		case reflect.TypeFor[*Map]():
			coll.DetachMap(field.name)
		case reflect.TypeFor[*Program]():
			coll.DetachProgram(field.name)
		}
	}
	return nil
}
