# What `wasm-bpf check` says of the guests is what happens to them; `wasm-bpf probe` says the same of the kernel.
check() { code=0; wasm-bpf check "/guests/$1.wasm" >output 2>errors || code=$?; }
runs() { check "$1"; [ "$code" = 0 ] || fail "check $1: exit code $code"; }
lacks() { check "$1"; [ "$code" = 1 ] && matches "$2" || fail "check $1: exit code $code, and no line with '$2'"; }

for guest in bootstrap runqlat opensnoop xdp tc sockops uprobe kprobe fentry lsm; do runs $guest; done
wasm-bpf probe >output 2>errors
for pattern in 'kprobes +yes' 'fentry, fexit +yes' 'LSM +yes' 'BTF +yes'; do matches "$pattern" || fail "probe: no $pattern"; done

case $(uname -r) in
6.1.*)
    lacks arena-list 'no BPF_MAP_TYPE_ARENA \(it came with Linux 6.9\)'
    lacks network_newer 'no attach type BPF_NETKIT_PRIMARY \(it came with Linux 6.7\)'
    lacks network_newer 'no BPF_PROG_TYPE_NETFILTER \(it came with Linux 6.4\)'
    wasm-bpf probe >output 2>errors
    matches 'not here: .*netfilter \(Linux 6.4\)' || fail 'probe does not say that netfilter is newer'
    ;;
*)
    runs arena-list
    runs network_newer
    ;;
esac
guest=
