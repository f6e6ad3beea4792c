package main

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"syscall"

	"wasm-bpf/ebpf"
	"wasm-bpf/ebpf/metrics"
	"wasm-bpf/ebpf/ringbuf"
)

func refused(err error, text string) {
	equal(errors.Is(err, syscall.EINVAL), true)
	equal(err != nil && strings.Contains(err.Error(), text), true)
}

// serveMetrics prints "ready" and waits to be ended: the test reads the metrics while it waits.
func serveMetrics() {
	objects := load()
	for _, key := range []uint32{1, 2} {
		must(objects.Hash.Update(key, goSdkPair{A: key, B: uint64(key) * 10}, ebpf.UpdateAny))
		must(objects.Array.Update(key, uint64(key), ebpf.UpdateAny))
	}
	counter, err := metrics.NewCounter(metrics.Opts{Name: "go_counter", Help: "A counter."})
	must(err)
	counter.Add(41)
	counter.Inc()
	equal(counter.Value(), 42)
	gauge, err := metrics.NewGauge(metrics.Opts{
		Name: "go_delay_seconds", Unit: "seconds", Labels: map[string]string{"of": "go", "by": "it"}, Exponent: -3,
	})
	must(err)
	gauge.Set(-600)
	gauge.Add(100)
	equal(gauge.Value(), -500)
	histogram, err := metrics.NewHistogram(metrics.Opts{Name: "go_sizes"}, 1, 2.5, 10)
	must(err)
	for _, value := range []float64{0.5, 1, 2, 2.5, 11, 12, 13} {
		histogram.Observe(value)
	}
	closed, err := metrics.NewCounter(metrics.Opts{Name: "go_closed"})
	must(err)
	must(closed.Close())
	must(closed.Close())

	_, err = metrics.Publish(objects.Hash, metrics.MapOpts{
		Opts: metrics.Opts{Name: "go_seen"}, Kind: metrics.KindCounter, Place: metrics.InEachElement, Offset: 8,
		ElementLabels: []metrics.Label{
			{Name: "key", Format: metrics.IPv4}, {Name: "a", Format: metrics.Unsigned, InValue: true, Size: 4},
		},
	})
	must(err)
	_, err = metrics.Publish(objects.Hash, metrics.MapOpts{
		Opts: metrics.Opts{Name: "go_last"}, Kind: metrics.KindGauge, Key: uint32(2), Number: metrics.Uint32,
	})
	must(err)
	_, err = metrics.Publish(objects.Array, metrics.MapOpts{
		Opts: metrics.Opts{Name: "go_slots"}, Kind: metrics.KindHistogram, Place: metrics.InSlots, Slots: 4, Bounds: []float64{1, 2, 4},
	})
	must(err)
	_, err = metrics.NewCounter(metrics.Opts{Name: "no name"})
	refused(err, "\"no name\"")
	_, err = metrics.NewCounter(metrics.Opts{Name: "x", Labels: map[string]string{"a": "b\x00c"}})
	refused(err, "a label with a zero byte")
	_, err = metrics.Publish(objects.Array, metrics.MapOpts{
		Opts: metrics.Opts{Name: "x"}, Kind: metrics.KindHistogram, Place: metrics.InSlots, Slots: 4, Bounds: []float64{1},
	})
	refused(err, "a bound for each slot but the last")
	_, err = metrics.Publish(objects.Hash, metrics.MapOpts{Opts: metrics.Opts{Name: "x"}, Kind: metrics.KindGauge, Key: "text"})
	refused(err, "the key is not of fixed size")

	// What is published stays where it is, whatever the guest lets go of.
	counter, gauge, histogram = nil, nil, nil
	runtime.GC()
	for range 1000 {
		_ = make([]float64, 4)
	}
	reader, err := ringbuf.NewReader(objects.Ring)
	must(err)
	if !failed {
		fmt.Println("ready")
	}
	for {
		_, err = reader.Next()
		must(err)
	}
}
