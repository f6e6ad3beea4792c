# libbpf's BTF functions, low-level calls and struct_ops, on a kernel with modules that have BTF where there are some.
passes() {
    wasm-bpf run "$@" >output 2>errors || fail "wasm-bpf run $*: exit code $?"
}

module=-
for file in /sys/kernel/btf/*; do
    [ "${file##*/}" = vmlinux ] || module=${file##*/}
done
mkdir -p made
passes --dir .::/made /guests/btf_api.wasm "$module" - /made
passes --allow 'pins=/sys/fs/bpf/**' /guests/libbpf_calls.wasm /sys/fs/bpf/libbpf_calls
passes --dir /proc/sys/net/ipv4::/ipv4:ro /guests/struct_ops.wasm /ipv4
rmdir /sys/fs/bpf/libbpf_calls 2>/dev/null || true
