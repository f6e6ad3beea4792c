# BPF tokens (Linux 6.9): a user without a capability of the machine's, with a BPF file system that gives some.
folder=$PWD/tokens
mkdir "$folder" home
chown 65534:65534 home
export HOME=$PWD/home  # for compiled modules
any=delegate_cmds=any,delegate_maps=any,delegate_progs=any,delegate_attachs=any
echo 2 >/proc/sys/kernel/perf_event_paranoid
# delegates OPTIONS EXIT_CODE ARG…: `wasm-bpf run ARG…` with that file system. says TEXT: on standard error.
delegates() {
    options=$1 expected=$2 code=0
    shift 2
    WASM_BPF_RUN=$PWD delegated "$folder" "$options" wasm-bpf run "$@" >output 2>errors || code=$?
    [ "$code" = "$expected" ] || fail "exit code $code instead of $expected: $options, wasm-bpf run $*"
}
says() { grep -Fq -- "$1" errors || fail "no error says: $1"; }
guest_file=/guests/delegated.wasm

delegates none 121 $guest_file
says 'this process lacks CAP_BPF and CAP_'
says 'name a BPF file system that gives tokens by --token PATH'

if [ "$(uname -r | cut -d. -f1,2)" = 6.1 ]; then
    delegates none 125 --token /sys/fs/bpf $guest_file
    says "--token: BPF token of \"/sys/fs/bpf\": this kernel has no BPF token (it came with Linux 6.9)"
else
    delegates "$any" 0 --token "$folder" $guest_file
    grep -q '^done$' output || fail 'the guest did not come to its end'
    LIBBPF_BPF_TOKEN_PATH=$folder delegates "$any" 0 $guest_file
    # What a guest names itself is the policy's to allow.
    delegates "$any" 122 $guest_file "$folder"
    says 'denied by the policy: files: '
    delegates "$any" 0 --allow "files=$folder" $guest_file "$folder"
    # Larger guests: every kind of map, and an arena.
    for each in map_kinds arena; do
        delegates "$any" 0 --token "$folder" /guests/$each.wasm
    done

    delegates "$any" 121 --token "$folder" $guest_file kprobe
    says 'attaching so takes CAP_PERFMON outside of this process'
    delegates none 121 --token "$folder" $guest_file
    says "--token: BPF token of \"$folder\": it gives no token: it is to be mounted with delegate_cmds"
    delegates delegate_cmds=any,delegate_maps=any 121 --token "$folder" $guest_file
    says 'the BPF token does not allow '
    delegates delegate_cmds=any,delegate_maps=array,delegate_progs=any,delegate_attachs=any 121 --token "$folder" $guest_file
    says 'the BPF token does not allow this'
    delegates "$any" 121 --token /sys/fs/bpf $guest_file
    says 'it was made in another user namespace'
    delegates "$any" 125 --token /tmp $guest_file
    says 'BPF token of "/tmp": this is no BPF file system (mount -t bpf)'
    code=0
    wasm-bpf run --token /sys/fs/bpf $guest_file >output 2>errors || code=$?
    [ $code = 125 ] || fail "exit code $code instead of 125: a token in the initial user namespace"
    says 'BPF tokens are for processes in a user namespace of their own'
fi
