// go-lsm denies, or only reports, the opening of files of one name, wherever they lie, as long as it runs.
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

	"wasm-bpf/ebpf"
	"wasm-bpf/ebpf/link"
	"wasm-bpf/ebpf/ringbuf"
	"wasm-bpf/ebpf/signal"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("go-lsm: ")
	onlyReport := flag.Bool("r", false, "report only, deny nothing")
	flag.Usage = func() {
		fmt.Fprintf(flag.CommandLine.Output(), "Usage: go-lsm [-r] NAME\nDenies the opening of files named NAME; Ctrl-C ends it.\n")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(flag.Arg(0), *onlyReport); err != nil {
		log.Fatal(err)
	}
}

// configure sets the program's constants, which it has from load on.
func configure(spec *ebpf.CollectionSpec, name string, onlyReport bool) error {
	var variables goLsmVariableSpecs
	if err := spec.Assign(&variables); err != nil {
		return err
	}
	var guarded [64]byte
	if len(name) >= len(guarded) {
		return fmt.Errorf("%q is longer than %d bytes", name, len(guarded)-1)
	}
	copy(guarded[:], name)
	if err := variables.GuardedName.Set(guarded); err != nil {
		return err
	}
	return variables.OnlyReport.Set(onlyReport)
}

func run(name string, onlyReport bool) error {
	spec, err := loadGoLsm()
	if err != nil {
		return err
	}
	if err := configure(spec, name, onlyReport); err != nil {
		return err
	}
	var objects goLsmObjects
	if err := spec.LoadAndAssign(&objects, nil); err != nil {
		return err
	}
	defer objects.Close()

	reader, err := ringbuf.NewReader(objects.Events)
	if err != nil {
		return err
	}
	defer reader.Close()
	attached, err := link.AttachLSM(link.LSMOptions{Program: objects.GuardFile})
	if err != nil {
		return err
	}
	defer attached.Close()

	// Ctrl-C ends the loop below.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, func() { reader.Close() })

	fmt.Printf("%-7s %-6s %-16s %-8s %s\n", "PID", "UID", "COMM", "OPEN", "NAME")
	for record, err := range reader.Records() {
		if err != nil {
			return err
		}
		event := (*goLsmEvent)(unsafe.Pointer(&record.RawSample[0]))
		what := "reported"
		if event.Denied {
			what = "denied"
		}
		fmt.Printf("%-7d %-6d %-16s %-8s %s\n", event.Pid, event.Uid, text(event.Comm[:]), what, text(event.Name[:]))
	}
	fmt.Println("no longer guarded")
	return nil
}

func text(terminated []byte) []byte {
	before, _, _ := bytes.Cut(terminated, []byte{0})
	return before
}
