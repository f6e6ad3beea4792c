package ebpf

import (
	"wasm-bpf/ebpf/internal/abi"
	"wasm-bpf/ebpf/internal/host"
)

// PossibleCPU is the number of CPUs that the machine may have: of the values of a per-CPU map's element.
func PossibleCPU() (int, error) {
	cpus := abi.CallPossibleCpus()
	if cpus < 0 {
		return 0, host.Failed(cpus)
	}
	return int(cpus), nil
}

// MustPossibleCPU is PossibleCPU, and panics where it fails.
func MustPossibleCPU() int {
	cpus, err := PossibleCPU()
	if err != nil {
		panic(err)
	}
	return cpus
}
