// go-tcp prints how long the TCP connections take that this machine opens, and at its end their distribution.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"log"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"wasm-bpf/ebpf"
	"wasm-bpf/ebpf/link"
	"wasm-bpf/ebpf/ringbuf"
	"wasm-bpf/ebpf/signal"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("go-tcp: ")
	least := flag.Duration("m", 0, "print connections that took at least this `time`, as 10ms")
	limit := flag.Int("n", 0, "end after so many printed `connections` (default: never)")
	flag.Usage = func() {
		fmt.Fprintf(flag.CommandLine.Output(), "Usage: go-tcp [-m TIME] [-n CONNECTIONS]\nPrints how long TCP connections take; Ctrl-C ends it.\n")
		flag.PrintDefaults()
	}
	flag.Parse()
	if err := run(*least, *limit); err != nil {
		log.Fatal(err)
	}
}

func run(least time.Duration, limit int) error {
	spec, err := loadGoTcp()
	if err != nil {
		return err
	}
	if err := spec.Variables["least_ns"].Set(uint64(least)); err != nil {
		return err
	}
	var objects goTcpObjects
	if err := spec.LoadAndAssign(&objects, nil); err != nil {
		return err
	}
	defer objects.Close()

	reader, err := ringbuf.NewReader(objects.Events)
	if err != nil {
		return err
	}
	defer reader.Close()
	attached, err := link.Tracepoint("sock", "inet_sock_set_state", objects.SetState, nil)
	if err != nil {
		return err
	}
	defer attached.Close()

	// Ctrl-C ends the loop below.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, func() { reader.Close() })

	fmt.Printf("%-7s %-16s %-24s %-24s %s\n", "PID", "COMM", "FROM", "TO", "TIME")
	printed := 0
	for record, err := range reader.Records() {
		if err != nil {
			return err
		}
		printConnection((*goTcpEvent)(unsafe.Pointer(&record.RawSample[0])))
		if printed++; printed == limit {
			break
		}
	}
	return printDistribution(objects.Latencies)
}

func printConnection(event *goTcpEvent) {
	comm, _, _ := bytes.Cut(event.Comm[:], []byte{0})
	fmt.Printf("%-7d %-16s %-24s %-24s %v\n", event.Pid, comm, address(event.Local, event.LocalPort, event.IsIpv6),
		address(event.Remote, event.RemotePort, event.IsIpv6), time.Duration(event.LatencyNs).Round(time.Microsecond))
}

func address(bytes [16]byte, port uint16, isIPv6 bool) netip.AddrPort {
	if isIPv6 {
		return netip.AddrPortFrom(netip.AddrFrom16(bytes).Unmap(), port)
	}
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte(bytes[:4])), port)
}

// printDistribution adds up what each CPU counted.
func printDistribution(latencies *ebpf.Map) error {
	var slot uint32
	var counters []uint64
	var sums []uint64
	for slots := latencies.Iterate(); ; {
		if !slots.Next(&slot, &counters) {
			if err := slots.Err(); err != nil {
				return err
			}
			break
		}
		sum := uint64(0)
		for _, counter := range counters {
			sum += counter
		}
		sums = append(sums, sum)
	}
	first, last, most := len(sums), 0, uint64(1)
	for i, sum := range sums {
		if sum > 0 {
			first, last, most = min(first, i), i, max(most, sum)
		}
	}
	fmt.Printf("\n%21s : count    distribution\n", "microseconds")
	for i := first; i <= last && i < len(sums); i++ {
		low := uint64(1) << i
		if i == 0 {
			low = 0
		}
		fmt.Printf("%9d -> %-9d : %-8d |%-40s|\n", low, uint64(2)<<i-1, sums[i], strings.Repeat("*", int(sums[i]*40/most)))
	}
	return nil
}
