// go-sdk checks the packages of the SDK against the kernel. It ends with 0, or says what was wrong.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

var failed bool

func fail(format string, arguments ...any) {
	failed = true
	_, file, line, _ := runtime.Caller(2)
	fmt.Printf("%s:%d: %s\n", filepath.Base(file), line, fmt.Sprintf(format, arguments...))
}

// equal compares what is with what should be.
func equal[T comparable](is, want T) {
	if is != want {
		fail("%v, not %v", is, want)
	}
}

// must ends the guest where there is an error.
func must(err error) {
	if err != nil {
		fail("%v", err)
		os.Exit(1)
	}
}

func main() {
	if os.Args[1] == "metrics" {
		serveMetrics()
	}
	windows, cgroup, pins := os.Args[1] != "copies", os.Args[2], os.Args[3]
	checkSpecs()
	checkMaps()
	checkPerCPU()
	checkBatches()
	checkInnerMaps()
	checkReplacements()
	checkPins(pins)
	checkErrors()
	checkVariables(windows)
	checkMemory(windows)
	checkPrograms()
	checkContexts()
	checkRing()
	checkRingWaits()
	checkTurns()
	checkPerf()
	checkPerfWakeups()
	checkPerfTurns()
	checkClosedMaps()
	checkLinks()
	checkNetworkLinks(cgroup)
	checkTracingLinks(os.Args[4], os.Args[5])
	checkGoroutines()
	if failed {
		os.Exit(1)
	}
	fmt.Println("passed")
}
