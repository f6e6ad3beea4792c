package main

import (
	"errors"
	"os"
	"time"
	"unsafe"

	"wasm-bpf/ebpf"
	"wasm-bpf/ebpf/perf"
	"wasm-bpf/ebpf/ringbuf"
)

func recordOf(sample []byte) *goSdkRecord {
	equal(len(sample), int(unsafe.Sizeof(goSdkRecord{})))
	return (*goSdkRecord)(unsafe.Pointer(&sample[0]))
}

func checkRing() {
	objects := load()
	defer objects.Close()
	reader, err := ringbuf.NewReader(objects.Ring)
	must(err)
	defer reader.Close()
	equal(reader.BufferSize(), 4096)
	equal(reader.AvailableBytes(), 0)
	runFill(objects)
	equal(reader.AvailableBytes(), 3*(8+24))

	first, err := reader.Next()
	must(err)
	record := recordOf(first.RawSample)
	equal(record.Number, 5)
	equal(record.Words()[1], 2)
	equal(record.Flag(), 1)
	equal(record.Small(), -3)
	equal(record.Big(), 0xabcdef)
	equal(record.Point.Y, 9)
	equal(first.Remaining, 2*(8+24))

	// A copy stays what it was; the one between was discarded.
	second, err := reader.Read()
	must(err)
	equal(recordOf(second.RawSample).Number, 7)
	equal(second.Remaining, 0)
	// Round the ring, many times.
	number := uint64(8)
	for range 500 {
		runFill(objects)
		for i := range 2 {
			must(reader.ReadInto(&second))
			equal(recordOf(second.RawSample).Number, number+uint64(2*i))
		}
		number += 3
	}
	_, err = ringbuf.NewReader(objects.Hash)
	equal(err != nil && err.Error() == "map hash is a Hash, not a RingBuf", true)
}

func checkRingWaits() {
	objects := load()
	defer objects.Close()
	reader, err := ringbuf.NewReader(objects.Ring)
	must(err)
	const patience = 30 * time.Millisecond
	began := time.Now()
	reader.SetDeadline(began.Add(patience))
	_, err = reader.Read()
	equal(errors.Is(err, os.ErrDeadlineExceeded), true)
	equal(time.Since(began) >= patience, true)
	reader.SetDeadline(time.Time{})

	runFill(objects)
	must(reader.Flush())
	for range 2 {
		_, err = reader.Read()
		must(err)
	}
	_, err = reader.Read()
	equal(errors.Is(err, ringbuf.ErrFlushed), true)

	// The same while this one waits: what is there comes before the end of the wait.
	ends := map[error]func(){
		ringbuf.ErrFlushed:     func() { must(reader.Flush()) },
		os.ErrDeadlineExceeded: func() { reader.SetDeadline(time.Now()) },
	}
	for end, act := range ends {
		go func() {
			runFill(objects)
			act()
		}()
		for range 2 {
			_, err = reader.Read()
			must(err)
		}
		_, err = reader.Read()
		equal(err, end)
		reader.SetDeadline(time.Time{})
	}

	// Records of a goroutine's while this one waits, and the end by it once they are read.
	read := make(chan struct{}, 2)
	go func() {
		runFill(objects)
		<-read
		<-read
		reader.Close()
	}()
	count := 0
	for _, err := range reader.Records() {
		must(err)
		count++
		read <- struct{}{}
	}
	equal(count, 2)
	_, err = reader.Read()
	equal(errors.Is(err, os.ErrClosed), true)
	must(reader.Close())
}

func checkPerf() {
	objects := load()
	defer objects.Close()
	reader, err := perf.NewReader(objects.Perf, 4096)
	must(err)
	packet := make([]byte, 64)
	number := *objects.Counter
	// Over the rings' ends, where records are broken.
	for range 700 {
		_, _, err := objects.PutOut.Test(packet)
		must(err)
		record, err := reader.Read()
		must(err)
		equal(record.LostSamples, 0)
		equal(*(*uint64)(unsafe.Pointer(&record.RawSample[0])), number)
		number++
	}
	// More than there is room for: each is read, or said to be lost by the next that has room on its CPU.
	put, read, lost := uint64(0), uint64(0), uint64(0)
	putOut := func() {
		_, _, err := objects.PutOut.Test(packet)
		must(err)
		put++
	}
	for range 1000 {
		putOut()
	}
	reader.SetDeadline(time.Now()) // what is there, and no waits
	until("each record is read or lost", func() bool {
		putOut()
		for {
			record, err := reader.Next()
			if err != nil {
				equal(err, os.ErrDeadlineExceeded)
				return read+lost == put
			}
			if record.LostSamples == 0 {
				read++
			}
			lost += record.LostSamples
		}
	})
	equal(lost > 0, true)
	must(reader.Close())
	_, err = reader.Read()
	equal(errors.Is(err, perf.ErrClosed), true)
}

// checkPerfWakeups reads what wakes nobody, by a flush.
func checkPerfWakeups() {
	objects := load()
	defer objects.Close()
	reader, err := perf.NewReaderWithOptions(objects.Perf, 4096, perf.ReaderOptions{WakeupEvents: 50})
	must(err)
	defer reader.Close()
	go func() {
		for range 3 {
			_, _, err := objects.PutOut.Test(make([]byte, 64))
			must(err)
		}
		must(reader.Flush())
	}()
	for range 3 {
		_, err = reader.Next()
		must(err)
	}
	_, err = reader.Next()
	equal(err, perf.ErrFlushed)
}

// checkPerfTurns sees a CPU's record though another's come faster than they are read.
func checkPerfTurns() {
	if ebpf.MustPossibleCPU() < 2 {
		return
	}
	objects := load()
	defer objects.Close()
	reader, err := perf.NewReader(objects.Perf, 4096)
	must(err)
	defer reader.Close()
	putOut := func(cpu uint32) {
		const runOnCPU = 1 // BPF_F_TEST_RUN_ON_CPU
		_, err := objects.PutOutThere.Run(&ebpf.RunOptions{Flags: runOnCPU, CPU: cpu})
		must(err)
	}
	putOut(1)
	seen := false
	for range 10 {
		putOut(0)
		putOut(0)
		record, err := reader.Next()
		must(err)
		seen = seen || record.CPU == 1
	}
	equal(seen, true)
}

// checkTurns has another goroutine close the reader in the midst of records: the one that reads gets none that is gone.
func checkTurns() {
	objects := load()
	defer objects.Close()
	reader, err := ringbuf.NewReader(objects.Ring)
	must(err)
	go reader.Close()
	for number := *objects.Counter; ; number += 3 {
		runFill(objects)
		for i := range uint64(2) {
			record, err := reader.Next()
			if errors.Is(err, ringbuf.ErrClosed) {
				return
			}
			must(err)
			if recordOf(record.RawSample).Number != number+2*i {
				fail("record %d, not %d", recordOf(record.RawSample).Number, number+2*i)
				return
			}
		}
	}
}

// checkClosedMaps closes the maps under their readers, which have read a part.
func checkClosedMaps() {
	objects := load()
	ring, err := ringbuf.NewReader(objects.Ring)
	must(err)
	defer ring.Close()
	events, err := perf.NewReader(objects.Perf, 4096)
	must(err)
	defer events.Close()
	runFill(objects)
	for range 4 {
		_, _, err = objects.PutOut.Test(make([]byte, 64))
		must(err)
	}
	_, err = ring.Next()
	must(err)
	_, err = events.Next()
	must(err)
	must(objects.Close())
	ring.SetDeadline(time.Now())
	events.SetDeadline(time.Now())
	next := map[string]func() error{
		"ring": func() error { _, err := ring.Next(); return err },
		"perf": func() error { _, err := events.Next(); return err },
	}
	for what, next := range next {
		records := 0
		for records <= 4 && next() == nil {
			records++
		}
		if records > 4 {
			fail("%s: records without end", what)
		}
	}
	equal(ring.AvailableBytes(), 0)
}

// checkGoroutines sees others run while one waits for records that do not come.
func checkGoroutines() {
	objects := load()
	defer objects.Close()
	reader, err := ringbuf.NewReader(objects.Ring)
	must(err)
	defer reader.Close()
	ticks := 0
	go func() {
		for ticks < 5 {
			time.Sleep(time.Millisecond)
			ticks++
		}
		reader.Flush()
	}()
	_, err = reader.Read()
	equal(errors.Is(err, ringbuf.ErrFlushed), true)
	equal(ticks, 5)
}
