// newtool: prints how many packets come in at an interface, by their IP protocol.
package main

import (
	"fmt"
	"log"
	"os"
	"strconv"
	"sync/atomic"
	"time"

	"wasm-bpf/ebpf/link"
)

const usage = `Usage: newtool INTERFACE [INTERVAL [COUNT]]
Counts the packets that come in at INTERFACE by protocol; prints every INTERVAL
seconds (1), COUNT times (for ever; Ctrl-C ends it).
`

var names = map[int]string{1: "icmp", 6: "tcp", 17: "udp", 58: "icmp6"}

func main() {
	log.SetFlags(0)
	log.SetPrefix("newtool: ")
	interval, count := 1, 0 // 0: for ever
	for i, value := range []*int{&interval, &count} {
		if len(os.Args) > i+2 {
			*value, _ = strconv.Atoi(os.Args[i+2])
		}
	}
	if len(os.Args) < 2 || len(os.Args) > 4 || interval < 1 {
		fmt.Fprint(os.Stderr, usage)
		os.Exit(1)
	}
	if err := run(os.Args[1], time.Duration(interval)*time.Second, count); err != nil {
		log.Fatal(err)
	}
}

func run(name string, interval time.Duration, count int) error {
	index, err := link.InterfaceByName(name)
	if err != nil {
		return err
	}
	var objects newToolObjects
	if err := loadNewToolObjects(&objects, nil); err != nil {
		return err
	}
	defer objects.Close()
	attached, err := link.AttachXDP(link.XDPOptions{Program: objects.CountPacket, Interface: index})
	if err != nil {
		return err
	}
	defer attached.Close()

	fmt.Printf("Packets in at %s, in all\n\n", name)
	for i := 0; count == 0 || i < count; i++ {
		time.Sleep(interval)
		printTraffic(objects.Traffic[:])
	}
	return nil
}

// printTraffic reads the program's own variable, where it is.
func printTraffic(traffic []newToolTraffic) {
	for protocol := range traffic {
		packets := atomic.LoadUint64(&traffic[protocol].Packets)
		if packets == 0 {
			continue
		}
		name := names[protocol]
		if name == "" {
			name = strconv.Itoa(protocol)
		}
		fmt.Printf("%-8s %12d packets %15d bytes\n", name, packets, atomic.LoadUint64(&traffic[protocol].Bytes))
	}
	fmt.Println()
}
