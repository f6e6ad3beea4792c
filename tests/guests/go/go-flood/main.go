// go-flood reads ten million records, and says how much memory Go took after one million and after ten.
package main

import (
	"fmt"
	"os"
	"runtime"
	"time"
	"unsafe"

	"wasm-bpf/ebpf"
	"wasm-bpf/ebpf/ringbuf"
)

const (
	recordsARun = 4096
	early       = 1_000_000 / recordsARun
	runs        = 10_000_000/recordsARun + 1
)

// The ways to read a record.
var ways = map[string]func(reader *ringbuf.Reader) ([]byte, error){
	"next": func(reader *ringbuf.Reader) ([]byte, error) {
		record, err := reader.Next()
		return record.RawSample, err
	},
	"read": func(reader *ringbuf.Reader) ([]byte, error) {
		record, err := reader.Read()
		return record.RawSample, err
	},
}

func main() {
	way := ways[os.Args[1]]
	if err := run(way); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func run(way func(*ringbuf.Reader) ([]byte, error)) error {
	var objects goFloodObjects
	if err := loadGoFloodObjects(&objects, nil); err != nil {
		return err
	}
	defer objects.Close()
	reader, err := ringbuf.NewReader(objects.Records)
	if err != nil {
		return err
	}
	defer reader.Close()

	var taken time.Duration
	for i := range runs {
		if result, err := objects.Fill.Run(&ebpf.RunOptions{}); err != nil || result != 0 {
			return fmt.Errorf("fill: %d, %v", result, err)
		}
		began := time.Now()
		for j := range recordsARun {
			sample, err := way(reader)
			if err != nil {
				return err
			}
			if record := (*goFloodRecord)(unsafe.Pointer(&sample[0])); record.Number != uint64(i*recordsARun+j) {
				return fmt.Errorf("record %d instead of %d", record.Number, i*recordsARun+j)
			}
		}
		taken += time.Since(began)
		if i+1 == early || i+1 == runs {
			var memory runtime.MemStats
			runtime.ReadMemStats(&memory)
			fmt.Printf("%d records, %d bytes, %d ns a record\n", (i+1)*recordsARun, memory.Sys,
				int(taken)/((i+1)*recordsARun))
		}
	}
	return nil
}
