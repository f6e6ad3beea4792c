// newtool: prints which processes used the CPUs, by samples.
package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"log"
	"os"
	"slices"
	"strconv"
	"syscall"
	"time"

	"wasm-bpf/ebpf"
	"wasm-bpf/ebpf/link"
)

const (
	samplesPerSecond = 49 // not in step with what is done a hundred times a second
	shown            = 20
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("newtool: ")
	seconds := 5
	if len(os.Args) > 1 {
		seconds, _ = strconv.Atoi(os.Args[1])
	}
	if len(os.Args) > 2 || seconds < 1 {
		fmt.Fprint(os.Stderr, "Usage: newtool [SECONDS]\nPrints which processes used the CPUs within SECONDS (5).\n")
		os.Exit(1)
	}
	if err := run(time.Duration(seconds) * time.Second); err != nil {
		log.Fatal(err)
	}
}

func run(duration time.Duration) error {
	var objects newToolObjects
	if err := loadNewToolObjects(&objects, nil); err != nil {
		return err
	}
	defer objects.Close()
	for cpu := range ebpf.MustPossibleCPU() {
		attached, err := link.AttachPerfEvent(link.PerfEventOptions{Program: objects.Sample, Type: link.PerfTypeSoftware,
			Config: link.PerfCountCPUClock, Frequency: samplesPerSecond, CPU: cpu})
		if errors.Is(err, syscall.ENODEV) {
			continue // the CPU is offline
		}
		if err != nil {
			return err
		}
		defer attached.Close()
	}
	time.Sleep(duration)
	return printSamples(objects.Samples)
}

func printSamples(samples *ebpf.Map) error {
	type row struct {
		task  newToolTask
		count uint64
	}
	var rows []row
	var each row
	entries := samples.Iterate()
	for entries.Next(&each.task, &each.count) {
		rows = append(rows, each)
	}
	if err := entries.Err(); err != nil {
		return err
	}
	slices.SortFunc(rows, func(a, b row) int { return cmp.Compare(b.count, a.count) })
	fmt.Printf("%-7s %-16s %s\n", "PID", "COMM", "CPU SECONDS")
	for _, row := range rows[:min(len(rows), shown)] {
		comm, _, _ := bytes.Cut(row.task.Comm[:], []byte{0})
		fmt.Printf("%-7d %-16s %.2f\n", row.task.Pid, comm, float64(row.count)/samplesPerSecond)
	}
	return nil
}
