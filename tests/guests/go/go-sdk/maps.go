package main

import (
	"errors"
	"strings"
	"syscall"

	"wasm-bpf/ebpf"
	"wasm-bpf/ebpf/link"
)

func load() *goSdkObjects {
	var objects goSdkObjects
	must(loadGoSdkObjects(&objects, nil))
	return &objects
}

func checkSpecs() {
	spec, err := loadGoSdk()
	must(err)
	hash := spec.Maps["hash"]
	equal(hash.Type, ebpf.Hash)
	equal(hash.KeySize, 4)
	equal(hash.ValueSize, 16)
	equal(spec.Programs["fill"].Type, ebpf.Syscall)
	equal(spec.Programs["on_call"].SectionName, "raw_tracepoint/sys_enter")
	equal(spec.Programs["refused"].Autoload, false)
	equal(spec.Variables["limit"].Constant(), true)
	equal(spec.Variables["counter"].Size(), 8)
	var counter uint64
	must(spec.Variables["counter"].Get(&counter))
	equal(counter, 5)

	// What is changed is what is loaded, twice.
	hash.MaxEntries = 2
	must(spec.Variables["counter"].Set(uint64(77)))
	delete(spec.Programs, "on_call")
	for _, each := range []*ebpf.CollectionSpec{spec.Copy(), spec} {
		coll, err := ebpf.NewCollection(each)
		must(err)
		equal(coll.Maps["hash"].MaxEntries(), 2)
		info, err := coll.Maps["hash"].Info()
		must(err)
		equal(info.MaxEntries, 2)
		equal(info.Name, "hash")
		equal(coll.Programs["on_call"] == nil, true)
		equal(coll.Programs["refused"] == nil, true)
		must(coll.Variables["counter"].Get(&counter))
		equal(counter, 77)
		coll.Close()
		equal(coll.Maps["hash"].FD() < 0, true)
	}

	var wrong struct {
		None *ebpf.Map `ebpf:"none"`
	}
	err = loadGoSdkObjects(&wrong, nil)
	equal(err != nil && strings.Contains(err.Error(), "None: there is no map"), true)
	var mistyped struct {
		Counter *uint32 `ebpf:"counter"`
	}
	err = loadGoSdkObjects(&mistyped, nil)
	equal(err != nil && strings.Contains(err.Error(), "variable counter has 8 bytes, not 4"), true)
}

func checkMaps() {
	objects := load()
	defer objects.Close()
	m := objects.Hash
	var pair goSdkPair
	equal(errors.Is(m.Lookup(uint32(1), &pair), ebpf.ErrKeyNotExist), true)
	must(m.Put(uint32(1), goSdkPair{A: 1, B: 2}))
	must(m.Put(uint32(2), &goSdkPair{A: 3, B: 4}))
	must(m.Lookup(uint32(1), &pair))
	equal(pair, goSdkPair{A: 1, B: 2})
	equal(errors.Is(m.Update(uint32(1), pair, ebpf.UpdateNoExist), ebpf.ErrKeyExist), true)
	equal(errors.Is(m.Update(uint32(9), pair, ebpf.UpdateExist), ebpf.ErrKeyNotExist), true)
	raw, err := m.LookupBytes(uint32(2))
	must(err)
	equal(len(raw), 16)
	equal(raw[0], 3)
	raw, err = m.LookupBytes(uint32(99))
	equal(raw == nil && err == nil, true)

	seen := map[uint32]goSdkPair{}
	var key uint32
	entries := m.Iterate()
	for entries.Next(&key, &pair) {
		seen[key] = pair
	}
	must(entries.Err())
	equal(len(seen), 2)
	equal(seen[2], goSdkPair{A: 3, B: 4})

	must(m.NextKey(nil, &key))
	equal(key == 1 || key == 2, true)
	must(m.LookupAndDelete(uint32(1), &pair))
	must(m.Delete(uint32(2)))
	equal(errors.Is(m.Delete(uint32(2)), ebpf.ErrKeyNotExist), true)
	equal(errors.Is(m.NextKey(nil, &key), ebpf.ErrKeyNotExist), true)

	must(objects.Queue.Put(nil, uint32(6)))
	must(objects.Queue.LookupAndDelete(nil, &key))
	equal(key, 6)

	own, err := ebpf.NewMap(&ebpf.MapSpec{Name: "own", Type: ebpf.Array, KeySize: 4, ValueSize: 4, MaxEntries: 1})
	must(err)
	must(own.Put(uint32(0), uint32(3)))
	must(own.Freeze())
	equal(errors.Is(own.Put(uint32(0), uint32(4)), syscall.EPERM), true)
	must(own.Close())
	must(own.Close())
}

func checkPerCPU() {
	objects := load()
	defer objects.Close()
	values := make([]goSdkOdd, ebpf.MustPossibleCPU())
	for i := range values {
		values[i].Bytes[11] = byte(i + 1)
	}
	must(objects.PerCpu.Put(uint32(1), values))
	var out []goSdkOdd
	must(objects.PerCpu.Lookup(uint32(1), &out))
	equal(len(out), len(values))
	for i := range out {
		equal(out[i], values[i])
	}
	keys := []uint32{0}
	batch := make([]goSdkOdd, len(values))
	var cursor ebpf.MapBatchCursor
	n, err := objects.PerCpu.BatchLookup(&cursor, keys, batch, nil)
	equal(n, 1)
	equal(err == nil || errors.Is(err, ebpf.ErrKeyNotExist), true)
	equal(batch[len(batch)-1], values[len(values)-1])
}

func checkBatches() {
	objects := load()
	defer objects.Close()
	const count = 100
	keys, values := make([]uint32, count), make([]goSdkPair, count)
	for i := range keys {
		keys[i], values[i] = uint32(i), goSdkPair{A: uint32(i), B: uint64(i) * 2}
	}
	n, err := objects.Hash.BatchUpdate(keys, values, nil)
	must(err)
	equal(n, count)

	sum := 0
	var cursor ebpf.MapBatchCursor
	keysOut, valuesOut := make([]uint32, 64), make([]goSdkPair, 64)
	for err = nil; err == nil; {
		n, err = objects.Hash.BatchLookup(&cursor, keysOut, valuesOut, nil)
		for i := range n {
			equal(valuesOut[i].B, uint64(keysOut[i])*2)
		}
		sum += n
	}
	equal(errors.Is(err, ebpf.ErrKeyNotExist), true)
	equal(sum, count)
	n, err = objects.Hash.BatchDelete(keys, nil)
	must(err)
	equal(n, count)
}

func checkInnerMaps() {
	inner := &ebpf.MapSpec{Name: "inner", Type: ebpf.Array, KeySize: 4, ValueSize: 8, MaxEntries: 1}
	outer, err := ebpf.NewMap(&ebpf.MapSpec{Name: "outer", Type: ebpf.HashOfMaps, KeySize: 4, ValueSize: 4, MaxEntries: 2,
		InnerMap: inner})
	must(err)
	defer outer.Close()
	element, err := ebpf.NewMap(inner)
	must(err)
	defer element.Close()
	must(outer.Put(uint32(1), element))
	var id uint32
	must(outer.Lookup(uint32(1), &id))
	info, err := element.Info()
	must(err)
	equal(id, info.ID)
	other, err := ebpf.NewMap(&ebpf.MapSpec{Name: "other", Type: ebpf.Hash, KeySize: 4, ValueSize: 8, MaxEntries: 1})
	must(err)
	defer other.Close()
	equal(errors.Is(outer.Put(uint32(1), other), syscall.EINVAL), true)
}

func checkReplacements() {
	first := load()
	defer first.Close()
	must(first.Hash.Put(uint32(3), goSdkPair{A: 4}))
	spec, err := loadGoSdk()
	must(err)
	coll, err := ebpf.NewCollectionWithOptions(spec, ebpf.CollectionOptions{MapReplacements: map[string]*ebpf.Map{"hash": first.Hash}})
	must(err)
	var pair goSdkPair
	must(coll.Maps["hash"].Lookup(uint32(3), &pair))
	equal(pair.A, 4)
	coll.Close()
	must(first.Hash.Lookup(uint32(3), &pair))

	_, err = ebpf.NewCollectionWithOptions(spec, ebpf.CollectionOptions{MapReplacements: map[string]*ebpf.Map{"hash": first.Queue}})
	equal(errors.Is(err, ebpf.ErrMapIncompatible), true)
}

// checkPins pins a map, a program and a link in the folder.
func checkPins(folder string) {
	objects := load()
	defer objects.Close()
	equal(objects.Hash.IsPinned(), false)
	must(objects.Hash.Pin(folder + "/hash"))
	must(objects.Hash.Put(uint32(6), goSdkPair{A: 7}))
	pinned, err := ebpf.LoadPinnedMap(folder+"/hash", &ebpf.LoadPinOptions{ReadOnly: true})
	must(err)
	defer pinned.Close()
	var pair goSdkPair
	must(pinned.Lookup(uint32(6), &pair))
	equal(pair.A, 7)
	equal(errors.Is(pinned.Put(uint32(6), pair), syscall.EPERM), true)
	equal(pinned.IsPinned(), true)
	must(objects.Hash.Unpin())
	must(objects.Hash.Unpin())
	equal(objects.Hash.IsPinned(), false)
	_, err = ebpf.LoadPinnedMap(folder+"/hash", nil)
	equal(errors.Is(err, syscall.ENOENT), true)

	must(objects.OnCall.Pin(folder + "/on_call"))
	equal(objects.OnCall.IsPinned(), true)
	must(objects.OnCall.Unpin())
	attached, err := link.AttachRawTracepoint(link.RawTracepointOptions{Name: "sys_enter", Program: objects.OnCall})
	must(err)
	must(attached.Pin(folder + "/link"))
	again, err := link.LoadPinnedLink(folder+"/link", nil)
	must(err)
	must(again.Close())
	must(attached.Unpin())
	must(attached.Close())
}

func checkErrors() {
	objects := load()
	m := objects.Hash
	// The kernel's structs have no padding that nobody sets.
	type padded struct {
		A uint32
		B uint64
	}
	err := m.Put(uint32(1), padded{})
	equal(err != nil && strings.Contains(err.Error(), "has padding before B: put a field _ [4]byte there"), true)
	err = m.Put(uint64(1), goSdkPair{})
	equal(err != nil && err.Error() == "the key of map hash has 8 bytes, not 4", true)
	err = m.Put(1, goSdkPair{})
	equal(err != nil && strings.Contains(err.Error(), "int has no fixed size"), true)
	err = m.Lookup(uint32(1), goSdkPair{})
	equal(err != nil && strings.Contains(err.Error(), "give a pointer"), true)
	err = m.Delete((*uint32)(nil))
	equal(err != nil && err.Error() == "the key of map hash is a nil pointer", true)

	objects.Close()
	err = m.Put(uint32(1), goSdkPair{})
	equal(errors.Is(err, syscall.EBADF), true)
	equal(strings.Contains(err.Error(), "no map of this guest's"), true)

	_, err = ebpf.LoadCollectionSpecFromReader(strings.NewReader("no object"))
	equal(err != nil, true)
	_, err = ebpf.LoadCollectionSpec("/no/such/file")
	equal(err != nil, true) // a guest sees no file that it was not given

	// The verifier's reasons.
	spec, err := loadGoSdk()
	must(err)
	spec.Programs["refused"].Autoload = true
	// Those that were loaded before it have logs too, if the verifier is to tell more.
	for _, level := range []ebpf.LogLevel{0, ebpf.LogLevelInstruction} {
		_, err = ebpf.NewCollectionWithOptions(spec, ebpf.CollectionOptions{Programs: ebpf.ProgramOptions{LogLevel: level}})
		var refusal *ebpf.VerifierError
		if !errors.As(err, &refusal) {
			fail("no VerifierError: %v", err)
			continue
		}
		equal(refusal.Program, "refused")
		equal(strings.Contains(refusal.FullLog(), "invalid access to packet"), true)
	}
}
