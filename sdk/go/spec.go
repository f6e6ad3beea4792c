package ebpf

import (
	"io"
	"maps"
	"math"
	"os"
	"runtime"
	"strconv"
	"strings"
	"unsafe"

	"wasm-bpf/ebpf/internal/abi"
	"wasm-bpf/ebpf/internal/host"
)

// CollectionSpec is what a BPF object holds, before it is loaded. What is changed here is what is loaded then; a program that
// is taken out of Programs is not loaded. One that is never loaded keeps its object at the host until the guest ends.
type CollectionSpec struct {
	// Name is the object's, which the kernel shows in the names of maps of global variables.
	Name string
	// Maps by their names; those of global variables by their sections': ".bss", ".rodata", ".data.x".
	Maps     map[string]*MapSpec
	Programs map[string]*ProgramSpec
	// Variables are global variables: set before load, they are what programs start with.
	Variables map[string]*VariableSpec

	elf    []byte
	opened *object // for the first collection
	names  specNames
}

// What was there when the object was opened.
type specNames struct {
	maps     []string
	programs map[string]ProgramSpec
}

// MapSpec is a map before it is made.
type MapSpec struct {
	Name       string
	Type       MapType
	KeySize    uint32
	ValueSize  uint32
	MaxEntries uint32
	Flags      uint32
	MapExtra   uint64
	NumaNode   uint32
	Ifindex    uint32
	// InnerMap is an example of the maps in a map of maps.
	InnerMap *MapSpec
	// PinPath is where the map is pinned at load, or taken from where it is pinned already.
	PinPath string

	before   specShape
	contents *contents // of global variables
}

// What of a MapSpec the host is told of where it was changed.
type specShape struct {
	typ                            MapType
	keySize, valueSize, maxEntries uint32
	flags, numaNode, ifindex       uint32
	mapExtra                       uint64
	pinPath                        string
}

func (ms *MapSpec) shape() specShape {
	return specShape{ms.Type, ms.KeySize, ms.ValueSize, ms.MaxEntries, ms.Flags, ms.NumaNode, ms.Ifindex, ms.MapExtra, ms.PinPath}
}

// Copy makes another of the same.
func (ms *MapSpec) Copy() *MapSpec {
	copied := *ms
	copied.contents = ms.contents.copy()
	return &copied
}

// ProgramSpec is a program before it is loaded.
type ProgramSpec struct {
	Name        string
	Type        ProgramType
	AttachType  AttachType
	SectionName string
	// AttachTo is the kernel's function for fentry, fexit, fmod_ret and lsm, or a function of AttachTarget.
	AttachTo     string
	AttachTarget *Program
	Flags        uint32
	Ifindex      uint32
	// Autoload says whether the program is loaded: not where its section begins with "?".
	Autoload bool
}

// Copy makes another of the same.
func (ps *ProgramSpec) Copy() *ProgramSpec {
	copied := *ps
	return &copied
}

// LoadCollectionSpec reads a BPF object from a file of the guest's.
func LoadCollectionSpec(file string) (*CollectionSpec, error) {
	elf, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return LoadCollectionSpecFromBytes(nameOf(file), elf)
}

func nameOf(file string) string {
	name := file[strings.LastIndexByte(file, '/')+1:]
	name, _, _ = strings.Cut(name, ".")
	return name
}

// LoadCollectionSpecFromReader reads a BPF object, as //go:embed has it.
func LoadCollectionSpecFromReader(rd io.ReaderAt) (*CollectionSpec, error) {
	elf, err := io.ReadAll(io.NewSectionReader(rd, 0, math.MaxInt64))
	if err != nil {
		return nil, err
	}
	return LoadCollectionSpecFromBytes("", elf)
}

// LoadCollectionSpecFromBytes is the same for bytes that are there, which must not change until the object is loaded.
func LoadCollectionSpecFromBytes(name string, elf []byte) (*CollectionSpec, error) {
	spec := &CollectionSpec{Name: name, elf: elf, Maps: map[string]*MapSpec{}, Programs: map[string]*ProgramSpec{},
		Variables: map[string]*VariableSpec{}}
	var err error
	if spec.opened, err = spec.open(CollectionOptions{}); err != nil {
		return nil, err
	}
	if err = spec.describe(); err != nil {
		spec.opened.close()
		return nil, err
	}
	return spec, nil
}

func (cs *CollectionSpec) open(opts CollectionOptions) (*object, error) {
	var options abi.ObjectOptions
	options.Size = uint32(unsafe.Sizeof(options))
	texts := []struct {
		text string
		at   *abi.Ptr
		size *uint32
	}{
		{cs.Name, &options.Name, &options.NameSize},
		{opts.Maps.PinPath, &options.PinRoot, &options.PinRootSize},
		{opts.Programs.KernelTypesPath, &options.BtfPath, &options.BtfPathSize},
		{opts.TokenPath, &options.TokenPath, &options.TokenPathSize},
		{opts.KernelConfig, &options.Kconfig, &options.KconfigSize},
	}
	for _, each := range texts {
		if each.text != "" {
			address, size := host.TextAddress(each.text)
			*each.at, *each.size = abi.Ptr(address), size
		}
	}
	options.KernelLogLevel = uint32(opts.Programs.LogLevel)
	opened, err := openObject(cs.elf, &options)
	runtime.KeepAlive(texts)
	return opened, err
}

func (cs *CollectionSpec) describe() error {
	variables := findVariables(cs.opened.btf())
	sections := map[abi.Handle]string{}
	for _, variable := range variables {
		if handle := cs.opened.findMap(variable.section); handle > 0 {
			sections[handle] = variable.section
		}
	}
	for handle := abi.Handle(0); ; {
		if handle = abi.CallObjectNextMap(cs.opened.handle, handle); handle <= 0 {
			break
		}
		if err := cs.describeMap(handle, sections[handle]); err != nil {
			return err
		}
	}
	cs.names.programs = map[string]ProgramSpec{}
	for handle := abi.Handle(0); ; {
		if handle = abi.CallObjectNextProgram(cs.opened.handle, handle); handle <= 0 {
			break
		}
		if err := cs.describeProgram(handle); err != nil {
			return err
		}
	}
	for _, variable := range variables {
		if ms := cs.Maps[variable.section]; ms != nil && ms.contents != nil {
			cs.Variables[variable.name] = &VariableSpec{variable, ms}
		}
	}
	return nil
}

func (cs *CollectionSpec) describeMap(handle abi.Handle, section string) error {
	var info abi.MapInfo
	if err := host.Check(abi.CallMapInfo(handle, unsafe.Pointer(&info), uint32(unsafe.Sizeof(info)))); err != nil {
		return err
	}
	ms := &MapSpec{Name: host.Terminated(info.Name[:]), Type: MapType(info.Type), KeySize: info.KeySize, ValueSize: info.ValueSize,
		MaxEntries: info.MaxEntries, Flags: info.MapFlags, MapExtra: info.MapExtra, NumaNode: info.NumaNode,
		Ifindex: info.InterfaceIndex}
	ms.PinPath = host.Text(func(text unsafe.Pointer, size uint32) int32 { return abi.CallMapPinPath(handle, text, size) })
	ms.before = ms.shape()
	// Not so the texts of the compiler's (.rodata.str1.1), which no variable lies in.
	if info.GlobalData != 0 && section != "" {
		initial := make([]byte, info.DataBytes)
		if err := host.Check(abi.CallMapInitialValue(handle, host.Pointer(initial), info.DataBytes)); err != nil {
			return err
		}
		ms.contents = &contents{data: initial}
	}
	if section != "" {
		ms.Name = section
	}
	cs.Maps[ms.Name] = ms
	cs.names.maps = append(cs.names.maps, ms.Name)
	return nil
}

func (cs *CollectionSpec) describeProgram(handle abi.Handle) error {
	var info abi.ProgramInfo
	if err := host.Check(abi.CallProgramInfo(handle, unsafe.Pointer(&info), uint32(unsafe.Sizeof(info)))); err != nil {
		return err
	}
	ps := &ProgramSpec{Name: host.Terminated(info.Name[:]), Type: ProgramType(info.Type),
		AttachType: AttachType(info.ExpectedAttachType), SectionName: host.Terminated(info.Section[:]), Flags: info.Flags,
		Autoload: info.Autoload != 0}
	_, ps.AttachTo, _ = strings.Cut(ps.SectionName, "/")
	cs.Programs[ps.Name] = ps
	cs.names.programs[ps.Name] = *ps
	return nil
}

// Copy makes another of the same, which is loaded by itself.
func (cs *CollectionSpec) Copy() *CollectionSpec {
	copied := *cs
	copied.opened = nil
	copied.Maps = make(map[string]*MapSpec, len(cs.Maps))
	for name, ms := range cs.Maps {
		copied.Maps[name] = ms.Copy()
	}
	copied.Programs = make(map[string]*ProgramSpec, len(cs.Programs))
	for name, ps := range cs.Programs {
		copied.Programs[name] = ps.Copy()
	}
	copied.Variables = maps.Clone(cs.Variables)
	for name, variable := range cs.Variables {
		copied.Variables[name] = &VariableSpec{variable.placedVariable, copied.Maps[variable.section]}
	}
	return &copied
}

// Of global variables, before load.
type contents struct {
	data    []byte
	changed bool
}

func (c *contents) copy() *contents {
	if c == nil {
		return nil
	}
	return &contents{append([]byte(nil), c.data...), c.changed}
}

// VariableSpec is a global variable before load.
type VariableSpec struct {
	placedVariable
	in *MapSpec
}

// Set sets what programs start with.
func (s *VariableSpec) Set(in any) error {
	var room number
	value, err := marshal(subject{"variable ", s.name}, in, int(s.size), &room)
	if err != nil {
		return err
	}
	copy(s.bytes(), unsafe.Slice((*byte)(value), s.size))
	s.in.contents.changed = true
	return nil
}

// Get reads it.
func (s *VariableSpec) Get(out any) error {
	place, finish, err := unmarshalTo(subject{"variable ", s.name}, out, int(s.size))
	if err != nil {
		return err
	}
	copy(unsafe.Slice((*byte)(place), s.size), s.bytes())
	if finish != nil {
		return finish()
	}
	return nil
}

func (s *VariableSpec) bytes() []byte { return s.in.contents.data[s.offset : s.offset+s.size] }

// Size is its size in bytes.
func (s *VariableSpec) Size() uint64 { return uint64(s.size) }

// Offset is where it lies in its section.
func (s *VariableSpec) Offset() uint64 { return uint64(s.offset) }

// MapName is the section.
func (s *VariableSpec) MapName() string { return s.section }

// Constant says whether programs see it as a constant, which cannot be changed after load.
func (s *VariableSpec) Constant() bool { return isConstant(s.section) }

func (s *VariableSpec) String() string {
	return s.name + " (" + s.section + ", " + strconv.FormatUint(s.Size(), 10) + " bytes)"
}

func isConstant(section string) bool {
	return section == ".rodata" || strings.HasPrefix(section, ".rodata.") || section == ".kconfig"
}
