# A kernel without BTF: what the module carries of it stands in for it by itself, and an error says what it carries.
guest_with() {
    name=$1
    shift
    wasm-bpf gen min-btf "/guests/$name.wasm" --into "$name.wasm" "$@"
}
runs() {
    wasm-bpf run "$@" >output 2>errors &
    guest=$!
}
refused() {
    runs "$1"
    ends 1
    grep -Fq -- "$2" errors || fail "no '$2'"
    [ "$(wc -l <errors)" -le 2 ] || fail 'more than one message'
}

release=$(uname -r)
cp /sys/kernel/btf/vmlinux "$release.btf"
cp "$release.btf" other.btf
guest_with bootstrap --btf "$release.btf" --btf other.btf::5.4.0-91-generic
guest_with fentry --btf "$release.btf"
wasm-bpf gen min-btf /guests/bootstrap.wasm --into others.wasm --btf other.btf::5.4.0-91-generic --btf other.btf::5.10.0-8-amd64
[ $(($(wc -c <bootstrap.wasm) - $(wc -c </guests/bootstrap.wasm))) -lt 4096 ] || fail 'it carries too much'

mount -t tmpfs none /sys/kernel/btf
trap 'umount /sys/kernel/btf' EXIT
none='this kernel has no BTF (/sys/kernel/btf/vmlinux)'
refused /guests/bootstrap.wasm "$none, and the module carries none: name its BTF file by --btf FILE"
refused others.wasm "carries that of 5.4.0-91-generic (x86_64), 5.10.0-8-amd64 (x86_64) only, not of $release (x86_64)"
refused fentry.wasm "$none: a BTF file, which it was given, is enough for CO-RE relocations, but not for programs"

for command in 'bootstrap.wasm' '--btf other.btf others.wasm'; do
    runs $command
    sees '^..:..:.. EXEC +sh +[0-9]+ +[0-9]+ +/bin/sh$' /bin/sh -c 'exit 7'
    sees '^..:..:.. EXIT +sh +[0-9]+ +[0-9]+ +\[7\] \([0-9]+ ms\)$' /bin/sh -c 'exit 7'
    stops 0
done

wasm-bpf check bootstrap.wasm >output || fail 'check says that it does not run'
matches 'in the BTF that the module carries' || fail 'check does not say by what'
! wasm-bpf check others.wasm >output || fail 'check says that it runs'
matches '5.10.0-8-amd64' || fail 'check does not say what it carries'
! wasm-bpf check fentry.wasm >output || fail 'check says that fentry runs'
matches "no BTF of the kernel's own" || fail 'check does not say what fentry needs'
