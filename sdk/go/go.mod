module wasm-bpf/ebpf

go 1.24
