// Package ebpf loads BPF programs from a Wasm guest and works with their maps, in the manner of github.com/cilium/ebpf: the
// same names for the same things, so that what is written for that package mostly reads the same here.
//
// It is made for the standard Go compiler (GOOS=wasip1 GOARCH=wasm) and stands on what a host of wasm-bpf offers its
// guests (docs/guest_abi.md). A guest has one thread: while it waits for records all its goroutines wait, so readers wait in
// slices of 20 ms and give way between them. README.md says what differs from cilium/ebpf.
package ebpf
