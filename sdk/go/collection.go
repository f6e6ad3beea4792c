package ebpf

import (
	"strings"
	"unsafe"

	"wasm-bpf/ebpf/internal/abi"
	"wasm-bpf/ebpf/internal/host"
)

// LogLevel is how much the verifier is to tell.
type LogLevel uint32

const (
	LogLevelBranch      LogLevel = 1
	LogLevelInstruction LogLevel = 2
	LogLevelStats       LogLevel = 4
)

// CollectionOptions say how a collection is loaded.
type CollectionOptions struct {
	Maps     MapOptions
	Programs ProgramOptions
	// MapReplacements are taken in the place of maps of these names. They are closed by whom they belong to, after the
	// collection.
	MapReplacements map[string]*Map
	// TokenPath is a BPF file system of the host that gives tokens; the host takes its own by itself.
	TokenPath string
	// KernelConfig are more lines of kernel configuration, as "CONFIG_HZ=100".
	KernelConfig string
}

// MapOptions are of all maps.
type MapOptions struct {
	// PinPath is the folder for maps that are to be pinned by name.
	PinPath string
}

// ProgramOptions are of all programs.
type ProgramOptions struct {
	LogLevel LogLevel
	// KernelTypesPath is a file of the host with a kernel's BTF, for one that has none.
	KernelTypesPath string
}

// Collection is what was loaded.
type Collection struct {
	Programs  map[string]*Program
	Maps      map[string]*Map
	Variables map[string]*Variable

	skipped map[string]bool // programs that are there and not loaded
}

// LoadCollection loads a BPF object from a file of the guest's.
func LoadCollection(file string) (*Collection, error) {
	spec, err := LoadCollectionSpec(file)
	if err != nil {
		return nil, err
	}
	return NewCollection(spec)
}

// NewCollection creates the maps and loads the programs. Close it.
func NewCollection(spec *CollectionSpec) (*Collection, error) {
	return NewCollectionWithOptions(spec, CollectionOptions{})
}

// NewCollectionWithOptions is NewCollection with options. A program that the verifier refuses is a VerifierError.
func NewCollectionWithOptions(spec *CollectionSpec, opts CollectionOptions) (*Collection, error) {
	return spec.load(opts, nil)
}

// load loads the programs for which `wanted` is true; nil: all.
func (cs *CollectionSpec) load(opts CollectionOptions, wanted func(name string) bool) (*Collection, error) {
	o := cs.opened
	cs.opened = nil
	needsOwn := opts.Maps.PinPath != "" || opts.Programs != (ProgramOptions{}) || opts.TokenPath != "" || opts.KernelConfig != ""
	if o == nil || needsOwn {
		if o != nil {
			o.close()
		}
		var err error
		if o, err = cs.open(opts); err != nil {
			return nil, err
		}
	}
	o.hold()
	loading := loading{spec: cs, object: o, opts: opts, collection: &Collection{map[string]*Program{}, map[string]*Map{}, map[string]*Variable{}, map[string]bool{}}}
	err := loading.run(wanted)
	if err != nil {
		loading.collection.Close()
	}
	if released := o.release(); err == nil {
		err = released
	}
	if err != nil {
		return nil, err
	}
	return loading.collection, nil
}

// loading is one load on its way.
type loading struct {
	spec       *CollectionSpec
	object     *object
	opts       CollectionOptions
	collection *Collection
	memories   []*Memory
}

func (l *loading) run(wanted func(string) bool) error {
	if err := l.setMaps(); err != nil {
		return err
	}
	if err := l.setPrograms(wanted); err != nil {
		return err
	}
	if result := abi.CallObjectLoad(l.object.handle); result < 0 {
		return l.explain(host.Failed(result))
	}
	for _, memory := range l.memories {
		if err := memory.start(); err != nil {
			return err
		}
	}
	return l.collect()
}

func (l *loading) setMaps() error {
	for _, name := range l.spec.names.maps {
		handle := l.object.findMap(name)
		if handle < 0 {
			return host.Failed(int32(handle))
		}
		ms := l.spec.Maps[name]
		if replacement := l.opts.MapReplacements[name]; replacement != nil {
			if err := replace(handle, replacement); err != nil {
				return err
			}
		} else if ms == nil {
			return invalid("map " + name + " was taken out of the spec: programs may use it")
		} else if err := ms.apply(handle); err != nil {
			return err
		}
		m, err := newMap(handle, l.object)
		if err != nil {
			return err
		}
		m.name = name
		l.collection.Maps[name] = m
		if ms != nil && ms.contents != nil {
			if m.memory, err = bindVariables(m, ms.contents); err != nil {
				return err
			}
			l.memories = append(l.memories, m.memory)
		}
	}
	return nil
}

// replace has programs take another map: ErrMapIncompatible for one of another shape.
func replace(handle abi.Handle, by *Map) error {
	result := abi.CallMapReuse(handle, by.handle)
	if result != -host.LinuxInvalid {
		return host.Check(result)
	}
	err := host.Failed(result)
	err.Also = ErrMapIncompatible
	return err
}

// apply tells the host what was changed.
func (ms *MapSpec) apply(handle abi.Handle) error {
	was, is := ms.before, ms.shape()
	fields := []struct {
		field   uint32
		was, is uint64
	}{
		{abi.MapType, uint64(was.typ), uint64(is.typ)},
		{abi.MapKeySize, uint64(was.keySize), uint64(is.keySize)},
		{abi.MapValueSize, uint64(was.valueSize), uint64(is.valueSize)},
		{abi.MapMaxEntries, uint64(was.maxEntries), uint64(is.maxEntries)},
		{abi.MapFlags, uint64(was.flags), uint64(is.flags)},
		{abi.MapNumaNode, uint64(was.numaNode), uint64(is.numaNode)},
		{abi.MapInterface, uint64(was.ifindex), uint64(is.ifindex)},
		{abi.MapExtra, was.mapExtra, is.mapExtra},
	}
	for _, each := range fields {
		if each.was == each.is {
			continue
		}
		if err := host.Check(abi.CallMapSet(handle, each.field, each.is)); err != nil {
			return err
		}
	}
	if was.pinPath != is.pinPath {
		path, size := host.Bytes(is.pinPath)
		if err := host.Check(abi.CallMapSetPinPath(handle, path, size)); err != nil {
			return err
		}
	}
	if ms.InnerMap == nil {
		return nil
	}
	inner, err := NewMap(ms.InnerMap)
	if err != nil {
		return err
	}
	defer inner.Close()
	return host.Check(abi.CallMapSetInner(handle, inner.handle))
}

func (l *loading) setPrograms(wanted func(string) bool) error {
	for name, was := range l.spec.names.programs {
		handle := l.object.findProgram(name)
		if handle < 0 {
			return host.Failed(int32(handle))
		}
		is := l.spec.Programs[name]
		if is == nil || (wanted != nil && !wanted(name)) {
			if err := host.Check(abi.CallProgramSet(handle, abi.ProgramAutoload, 0)); err != nil {
				return err
			}
			continue
		}
		if err := is.apply(handle, was); err != nil {
			return err
		}
	}
	return nil
}

func (ps *ProgramSpec) apply(handle abi.Handle, was ProgramSpec) error {
	number := func(b bool) uint64 {
		if b {
			return 1
		}
		return 0
	}
	fields := []struct {
		field   uint32
		was, is uint64
	}{
		{abi.ProgramAutoload, number(was.Autoload), number(ps.Autoload)},
		{abi.ProgramType, uint64(was.Type), uint64(ps.Type)},
		{abi.ProgramExpectedAttachType, uint64(was.AttachType), uint64(ps.AttachType)},
		{abi.ProgramFlags, uint64(was.Flags), uint64(ps.Flags)},
		{abi.ProgramInterface, uint64(was.Ifindex), uint64(ps.Ifindex)},
	}
	for _, each := range fields {
		if each.was == each.is {
			continue
		}
		if err := host.Check(abi.CallProgramSet(handle, each.field, each.is)); err != nil {
			return err
		}
	}
	if ps.AttachTo == was.AttachTo && ps.AttachTarget == nil {
		return nil
	}
	var target abi.Handle
	if ps.AttachTarget != nil {
		target = ps.AttachTarget.handle
	}
	name, size := host.Bytes(ps.AttachTo)
	return host.Check(abi.CallProgramSetAttachTarget(handle, target, name, size))
}

// collect makes the programs and variables of what is loaded.
func (l *loading) collect() error {
	for _, m := range l.collection.Maps {
		if err := m.readInfo(); err != nil { // of some the kernel's number of CPUs makes the size
			return err
		}
	}
	for name := range l.spec.Programs {
		handle := l.object.findProgram(name)
		if handle < 0 {
			return host.Failed(int32(handle))
		}
		program, err := newProgram(handle, l.object)
		if err != nil {
			return err
		}
		if !program.loaded {
			program.Close()
			l.collection.skipped[name] = true
			continue
		}
		l.collection.Programs[name] = program
	}
	for name, variable := range l.spec.Variables {
		if m := l.collection.Maps[variable.section]; m != nil && m.memory != nil {
			l.collection.Variables[name] = &Variable{variable.placedVariable, m.memory}
		}
	}
	return nil
}

// explain adds the verifier's log to the error of a load, where there is one: the last, as programs are loaded in the object's
// order until one is refused. Those before it have logs too where a LogLevel is set.
func (l *loading) explain(cause error) error {
	var refused abi.Handle
	var last string
	for handle := abi.Handle(0); ; {
		if handle = abi.CallObjectNextProgram(l.object.handle, handle); handle <= 0 {
			break
		}
		log := host.Text(func(text unsafe.Pointer, size uint32) int32 { return abi.CallProgramLog(handle, text, size) })
		if log = strings.TrimRight(log, "\n"); log != "" {
			refused, last = handle, log
		}
	}
	if last == "" {
		return cause
	}
	var info abi.ProgramInfo
	if err := host.Check(abi.CallProgramInfo(refused, unsafe.Pointer(&info), uint32(unsafe.Sizeof(info)))); err != nil {
		return cause
	}
	return &VerifierError{Cause: cause, Log: strings.Split(last, "\n"), Program: host.Terminated(info.Name[:])}
}

// Close gives all maps and programs up. Links stay.
func (coll *Collection) Close() {
	for _, program := range coll.Programs {
		program.Close()
	}
	for _, m := range coll.Maps {
		m.Close()
	}
}

// DetachMap takes a map out, so that Close leaves it open. Nil where there is none.
func (coll *Collection) DetachMap(name string) *Map {
	m := coll.Maps[name]
	delete(coll.Maps, name)
	return m
}

// DetachProgram is the same for a program.
func (coll *Collection) DetachProgram(name string) *Program {
	program := coll.Programs[name]
	delete(coll.Programs, name)
	return program
}

// Sync brings both sides of global variables up to date where the host has no windows (wasm-bpf run --no-windows): readers
// and Program.Run do it by themselves. Where there are windows, which is the rule, it does nothing.
func Sync() error {
	if host.Sync == nil {
		return nil
	}
	return host.Sync()
}
