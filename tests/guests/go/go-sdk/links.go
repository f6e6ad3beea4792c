package main

import (
	"errors"
	"io"
	"strconv"
	"strings"
	"syscall"
	"time"

	"wasm-bpf/ebpf"
	"wasm-bpf/ebpf/link"
)

// attached checks that a link is of its type, and closes it.
func attached(l link.Link, err error) func(want link.Type) {
	return func(want link.Type) {
		must(err)
		info, err := l.Info()
		must(err)
		equal(info.Type, want)
		equal(info.ID != 0, true)
		must(l.Close())
	}
}

func checkNetworkLinks(cgroup string) {
	objects := load()
	defer objects.Close()
	lo, err := link.InterfaceByName("lo")
	must(err)
	tcx := link.TCXOptions{Interface: lo, Program: objects.OnPacket, Attach: ebpf.AttachTCXIngress}
	first, err := link.AttachTCX(tcx)
	must(err)
	spec, err := loadGoSdk()
	must(err)
	var other struct {
		OnPacket *ebpf.Program `ebpf:"on_packet"`
	}
	must(spec.LoadAndAssign(&other, nil))
	defer other.OnPacket.Close()
	tcx.Program, tcx.Anchor = other.OnPacket, link.BeforeLink(first)
	attached(link.AttachTCX(tcx))(link.TCXType)
	tcx.Anchor = link.Tail()
	attached(link.AttachTCX(tcx))(link.TCXType)
	must(first.Close())

	filter, err := link.AttachTC(link.TCOptions{Interface: lo, Program: objects.Filter, Direction: link.TCEgress})
	must(err)
	_, err = filter.Info() // it is no link of the kernel's
	equal(errors.Is(err, ebpf.ErrNotSupported), true)
	must(filter.Close())

	attached(link.AttachCgroup(link.CgroupOptions{Path: cgroup, Program: objects.OnEgress}))(link.CgroupType)
	_, err = link.AttachCgroup(link.CgroupOptions{Path: cgroup + "/none", Program: objects.OnEgress})
	equal(errors.Is(err, syscall.ENOENT), true)

	socket, err := link.AttachSocketFilter(lo, objects.OnSocket)
	must(err)
	must(socket.Close())
}

// until waits for what a program does.
func until(what string, holds func() bool) {
	for deadline := time.Now().Add(20 * time.Second); !holds(); {
		if time.Now().After(deadline) {
			fail("%s: not within 20 s", what)
			return
		}
		time.Sleep(time.Millisecond)
		must(ebpf.Sync())
	}
}

// checkTracingLinks probes a function of a program at an offset in its file.
func checkTracingLinks(program, offset string) {
	objects := load()
	defer objects.Close()
	tracing, err := link.AttachTracing(link.TracingOptions{Program: objects.OnSwitch})
	must(err)
	until("a task is switched", func() bool { return *objects.Switches > 0 })
	must(tracing.Close())
	_, err = link.AttachTracing(link.TracingOptions{Program: objects.OnSwitch, AttachType: ebpf.AttachTraceFEntry})
	equal(err != nil && strings.Contains(err.Error(), "was loaded for TraceRawTp, not TraceFEntry"), true)

	for cpu := range ebpf.MustPossibleCPU() {
		sampling, err := link.AttachPerfEvent(link.PerfEventOptions{Program: objects.OnSample, Type: link.PerfTypeSoftware,
			Config: link.PerfCountCPUClock, Frequency: 999, CPU: cpu})
		if errors.Is(err, syscall.ENODEV) {
			continue
		}
		must(err)
		defer sampling.Close()
	}
	until("a CPU is sampled", func() bool { return *objects.Samples > 0 })

	walk, err := link.AttachIter(link.IterOptions{Program: objects.Walk})
	must(err)
	for range 2 {
		stream, err := walk.Open()
		must(err)
		text, err := io.ReadAll(stream)
		must(err)
		equal(strings.HasPrefix(string(text), "tasktask"), true)
		must(stream.Close())
	}
	must(walk.Close())

	executable, err := link.OpenExecutable(program)
	must(err)
	address, err := strconv.ParseUint(offset, 10, 64)
	must(err)
	function, err := executable.Uprobe("", objects.OnFunction, &link.UprobeOptions{Address: address})
	must(err)
	must(function.Close())
	_, err = executable.Uprobe("no_such_function", objects.OnFunction, nil)
	equal(err != nil && strings.Contains(err.Error(), "no_such_function"), true)
	_, err = link.OpenExecutable("")
	equal(err != nil, true)
}
