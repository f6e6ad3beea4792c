package main

import (
	"errors"
	"os"
	"time"
	"unsafe"

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

	// Records of a goroutine's while this one waits, and the end by another.
	go func() {
		runFill(objects)
		time.Sleep(time.Millisecond)
		reader.Close()
	}()
	count := 0
	for _, err := range reader.Records() {
		must(err)
		count++
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
	// More than there is room for.
	for range 1000 {
		_, _, err := objects.PutOut.Test(packet)
		must(err)
	}
	lost := uint64(0)
	reader.SetDeadline(time.Now().Add(50 * time.Millisecond))
	for err = nil; err == nil; {
		var record perf.Record
		if record, err = reader.Next(); err == nil {
			lost += record.LostSamples
		}
		if _, _, err := objects.PutOut.Test(packet); lost > 0 {
			must(err)
			break
		}
	}
	equal(lost > 0, true)
	must(reader.Close())
	_, err = reader.Read()
	equal(errors.Is(err, perf.ErrClosed), true)
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
