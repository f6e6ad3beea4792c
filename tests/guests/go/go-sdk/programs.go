package main

import (
	"encoding/binary"
	"errors"
	"strings"

	"wasm-bpf/ebpf"
	"wasm-bpf/ebpf/link"
)

func runFill(objects *goSdkObjects) {
	result, err := objects.Fill.Run(&ebpf.RunOptions{})
	must(err)
	equal(result, 3)
}

func checkVariables(windows bool) {
	spec, err := loadGoSdk()
	must(err)
	must(spec.Variables["limit"].Set(uint32(42)))
	var objects goSdkObjects
	must(spec.LoadAndAssign(&objects, nil))
	equal(*objects.Limit, 42)
	equal(*objects.State, goSdkStateIDLE)
	*objects.Counter = 100
	runFill(&objects)
	equal(*objects.Counter, 103)
	equal(*objects.State, goSdkStateBUSY)
	equal(objects.Last.A, 42)
	equal(objects.Last.B, 103)
	must(objects.Close())
	// Ordinary memory now: with windows the kernel's is gone from it.
	if windows {
		equal(*objects.Counter, 0)
	}

	coll, err := ebpf.NewCollection(spec)
	must(err)
	defer coll.Close()
	equal(errors.Is(coll.Variables["limit"].Set(uint32(1)), ebpf.ErrReadOnly), true)
	must(coll.Variables["counter"].Set(uint64(9)))
	counter, err := ebpf.VariablePointer[uint64](coll.Variables["counter"])
	must(err)
	equal(*counter, 9)
	_, err = ebpf.VariablePointer[*uint64](coll.Variables["counter"])
	equal(err != nil && strings.Contains(err.Error(), "cannot be shared with BPF"), true)
}

func checkMemory(windows bool) {
	objects := load()
	defer objects.Close()
	memory, err := objects.Array.Memory()
	if !windows {
		equal(errors.Is(err, ebpf.ErrNotSupported), true)
		return
	}
	must(err)
	equal(memory.Size(), 64)
	_, err = memory.WriteAt(binary.LittleEndian.AppendUint64(nil, 0x1234), 8)
	must(err)
	var value uint64
	must(objects.Array.Lookup(uint32(1), &value))
	equal(value, 0x1234)
	must(objects.Array.Put(uint32(7), uint64(5)))
	equal(memory.Bytes()[56], 5)
	_, err = objects.Hash.Memory()
	equal(errors.Is(err, ebpf.ErrNotSupported), true)
}

func checkPrograms() {
	objects := load()
	defer objects.Close()
	packet := make([]byte, 64)
	result, out, err := objects.Jump.Test(packet)
	must(err)
	equal(result, 1) // XDP_DROP: there is no program to jump to
	equal(len(out), len(packet))
	must(objects.Programs.Put(uint32(0), objects.PutOut))
	result, _, err = objects.Jump.Test(packet)
	must(err)
	equal(result, 2)
	_, duration, err := objects.Jump.Benchmark(packet, 100, nil)
	must(err)
	equal(duration > 0, true)

	info, err := objects.Jump.Info()
	must(err)
	equal(info.Name, "jump")
	equal(info.Type, ebpf.XDP)
	equal(info.ID != 0, true)
	equal(objects.Jump.String() != "", true)
}

func checkContexts() {
	objects := load()
	defer objects.Close()
	// A syscall program's is written where it is.
	argument := goSdkArgument{Given: 21}
	_, err := objects.Twice.Run(&ebpf.RunOptions{Context: &argument})
	must(err)
	equal(argument.Doubled, 42)

	type packetContext struct { // the beginning of struct __sk_buff, of 192 bytes
		Length, Type, Mark uint32
		_                  [180]byte
	}
	var out packetContext
	opts := &ebpf.RunOptions{Data: make([]byte, 64), Context: packetContext{Mark: 5}, ContextOut: &out}
	result, err := objects.Filter.Run(opts)
	must(err)
	equal(result, 0xffffffff)
	equal(out.Mark, 10)

	opts.ContextOut = out
	_, err = objects.Filter.Run(opts)
	equal(err != nil && strings.Contains(err.Error(), "the context: give a pointer to where it goes"), true)
	opts.ContextOut = (*packetContext)(nil)
	_, err = objects.Filter.Run(opts)
	equal(err != nil && err.Error() == "the context is a nil pointer", true)
}

func checkLinks() {
	objects := load()
	defer objects.Close()
	raw, err := link.AttachRawTracepoint(link.RawTracepointOptions{Name: "sys_enter", Program: objects.OnCall})
	must(err)
	info, err := raw.Info()
	must(err)
	equal(info.Type, link.RawTracepointType)
	equal(info.Target, "sys_enter")
	must(raw.Close())
	must(raw.Close())

	lo, err := link.InterfaceByName("lo")
	must(err)
	_, err = link.InterfaceByName("no-such-if")
	equal(err != nil, true)
	xdp, err := link.AttachXDP(link.XDPOptions{Program: objects.Jump, Interface: lo, Flags: link.XDPGenericMode})
	must(err)
	must(xdp.Update(objects.PutOut))
	info, err = xdp.Info()
	must(err)
	equal(info.Interface, lo)
	must(xdp.Detach())
	must(xdp.Close())

	_, err = link.Tracepoint("no", "such", objects.OnCall, nil)
	equal(err != nil, true)
	by, err := link.Attach(objects.OnCall)
	must(err)
	must(by.Close())
	_, err = link.Attach(nil)
	equal(err != nil, true)
}
