// newtool: denies the start of programs of one name, and prints who tried.
package main

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"os"
	"syscall"
	"unsafe"

	"wasm-bpf/ebpf/link"
	"wasm-bpf/ebpf/ringbuf"
	"wasm-bpf/ebpf/signal"
)

const usage = `Usage: newtool PROGRAM
Denies the start of every program whose file's name is PROGRAM, wherever it lies, and
prints who tried; Ctrl-C ends it.
`

func main() {
	log.SetFlags(0)
	log.SetPrefix("newtool: ")
	var name [64]byte
	if len(os.Args) != 2 || os.Args[1] == "" || len(os.Args[1]) >= len(name) {
		fmt.Fprint(os.Stderr, usage)
		os.Exit(1)
	}
	copy(name[:], os.Args[1])
	if err := run(name); err != nil {
		log.Fatal(err)
	}
}

func run(name [64]byte) error {
	spec, err := loadNewTool()
	if err != nil {
		return err
	}
	if err := spec.Variables["denied_name"].Set(name); err != nil {
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
	attached, err := link.AttachLSM(link.LSMOptions{Program: objects.CheckProgram})
	if err != nil {
		return err
	}
	defer attached.Close()

	// Ctrl-C ends the loop below.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, func() { reader.Close() })

	fmt.Printf("%-7s %-6s %-16s %s\n", "PID", "UID", "COMM", "WHAT")
	for record, err := range reader.Records() {
		if err != nil {
			return err
		}
		event := (*newToolEvent)(unsafe.Pointer(&record.RawSample[0]))
		fmt.Printf("%-7d %-6d %-16s denied: %s\n", event.Pid, event.Uid, text(event.Comm[:]), text(event.Program[:]))
	}
	return nil
}

func text(terminated []byte) []byte {
	before, _, _ := bytes.Cut(terminated, []byte{0})
	return before
}
