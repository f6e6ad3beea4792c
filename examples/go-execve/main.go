// go-execve prints every call of execve() with its arguments: who called, and the command line.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"strings"
	"syscall"
	"unsafe"

	"wasm-bpf/ebpf/link"
	"wasm-bpf/ebpf/ringbuf"
	"wasm-bpf/ebpf/signal"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("go-execve: ")
	uid := flag.Int("u", -1, "calls of this `user` alone (default: everybody's)")
	limit := flag.Int("n", 0, "end after so many `calls` (default: never)")
	flag.Usage = func() {
		fmt.Fprintf(flag.CommandLine.Output(), "Usage: go-execve [-u UID] [-n CALLS]\nPrints every execve(); Ctrl-C ends it.\n")
		flag.PrintDefaults()
	}
	flag.Parse()
	if err := run(*uid, *limit); err != nil {
		log.Fatal(err)
	}
}

func run(uid, limit int) error {
	spec, err := loadGoExecve()
	if err != nil {
		return err
	}
	if err := spec.Variables["only_uid"].Set(uint32(uid)); err != nil {
		return err
	}
	var objects goExecveObjects
	if err := spec.LoadAndAssign(&objects, nil); err != nil {
		return err
	}
	defer objects.Close()

	reader, err := ringbuf.NewReader(objects.Events)
	if err != nil {
		return err
	}
	defer reader.Close()
	attached, err := link.Tracepoint("syscalls", "sys_enter_execve", objects.EnterExecve, nil)
	if err != nil {
		return err
	}
	defer attached.Close()

	// Ctrl-C ends the loop below.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, func() { reader.Close() })

	fmt.Printf("%-7s %-16s %s\n", "PID", "CALLER", "COMMAND LINE")
	calls := 0
	for record, err := range reader.Records() {
		if err != nil {
			return err
		}
		printEvent((*goExecveEvent)(unsafe.Pointer(&record.RawSample[0])))
		if calls++; calls == limit {
			break
		}
	}
	// The program's own counter, read where it is.
	fmt.Printf("%d calls; %d without room\n", calls, *objects.Dropped)
	return nil
}

func printEvent(event *goExecveEvent) {
	caller, _, _ := bytes.Cut(event.Comm[:], []byte{0})
	arguments := strings.Split(strings.TrimSuffix(string(event.CommandLine[:event.CommandBytes]), "\x00"), "\x00")
	more := ""
	if event.MoreArguments {
		more = " ..."
	}
	fmt.Printf("%-7d %-16s %s%s\n", event.Pid, caller, strings.Join(arguments, " "), more)
}
