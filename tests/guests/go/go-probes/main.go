// go-probes attaches probes of every kind to the deletion of files, and ends once each has seen one.
package main

import (
	"errors"
	"os"
	"sync/atomic"
	"time"

	"wasm-bpf/ebpf"
	"wasm-bpf/ebpf/link"
)

func check(what string, err error) {
	if err != nil {
		println(what + ": " + err.Error())
		os.Exit(1)
	}
}

type attachment struct {
	what   string
	count  *uint64
	attach func() (link.Link, error)
}

func main() {
	var o goProbesObjects
	check("load", loadGoProbesObjects(&o, nil))
	var there []attachment
	attachments := []attachment{
		{"kprobe", o.EntryCount, func() (link.Link, error) { return link.Kprobe("do_unlinkat", o.Entry, nil) }},
		{"kretprobe", o.LeaveCount, func() (link.Link, error) { return link.Kretprobe("do_unlinkat", o.Leave, nil) }},
		{"kprobe.multi", o.ManyCount, func() (link.Link, error) {
			return link.KprobeMulti(o.Many, link.KprobeMultiOptions{Symbols: []string{"do_unlinkat", "vfs_unlink"}, Cookies: []uint64{1, 2}})
		}},
		{"ksyscall", o.CallCount, func() (link.Link, error) { return link.Ksyscall("unlink", o.Call, nil) }},
		{"fentry", o.TracedCount, func() (link.Link, error) {
			return link.AttachTracing(link.TracingOptions{Program: o.Traced, AttachType: ebpf.AttachTraceFEntry})
		}},
		{"fexit", o.TracedEndCount, func() (link.Link, error) { return link.AttachTracing(link.TracingOptions{Program: o.TracedEnd}) }},
	}
	for _, each := range attachments {
		attached, err := each.attach()
		if each.what == "kprobe.multi" && errors.Is(err, ebpf.ErrNotSupported) {
			os.Stdout.WriteString(each.what + " is not there: " + err.Error() + "\n")
			continue
		}
		check(each.what, err)
		defer attached.Close()
		there = append(there, each)
	}
	os.Stdout.WriteString("attached\n")
	for _, each := range there {
		for atomic.LoadUint64(each.count) == 0 {
			time.Sleep(10 * time.Millisecond)
		}
		os.Stdout.WriteString(each.what + " seen\n")
	}
}
