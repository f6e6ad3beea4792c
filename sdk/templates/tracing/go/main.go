// newtool: prints every program that is started.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"syscall"
	"unsafe"

	"wasm-bpf/ebpf/link"
	"wasm-bpf/ebpf/ringbuf"
	"wasm-bpf/ebpf/signal"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("newtool: ")
	uid := flag.Int("u", -1, "of this `user` alone")
	limit := flag.Int("n", 0, "end after so many `events` (default: never)")
	flag.Parse()
	if err := run(*uid, *limit); err != nil {
		log.Fatal(err)
	}
}

func run(uid, limit int) error {
	spec, err := loadNewTool()
	if err != nil {
		return err
	}
	if err := spec.Variables["only_uid"].Set(uint32(uid)); err != nil {
		return err
	}
	var objects newToolObjects
	if err := spec.LoadAndAssign(&objects, nil); err != nil {
		return err
	}
	defer objects.Close()

	reader, err := ringbuf.NewReader(objects.Events)
	if err != nil {
		return err
	}
	defer reader.Close()
	attached, err := link.Tracepoint("sched", "sched_process_exec", objects.OnExec, nil)
	if err != nil {
		return err
	}
	defer attached.Close()

	// Ctrl-C ends the loop below.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, func() { reader.Close() })

	fmt.Printf("%-7s %-6s %-16s %s\n", "PID", "UID", "COMM", "FILE")
	events := 0
	for record, err := range reader.Records() {
		if err != nil {
			return err
		}
		event := (*newToolEvent)(unsafe.Pointer(&record.RawSample[0]))
		fmt.Printf("%-7d %-6d %-16s %s\n", event.Pid, event.Uid, text(event.Comm[:]), text(event.Filename[:]))
		if events++; events == limit {
			break
		}
	}
	return nil
}

func text(terminated []byte) []byte {
	before, _, _ := bytes.Cut(terminated, []byte{0})
	return before
}
