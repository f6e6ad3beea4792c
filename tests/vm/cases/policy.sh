# What only machines with kprobes, fentry and BPF LSM show of the policy: attachments that are denied, and allowed.
echo 2 >/proc/sys/kernel/perf_event_paranoid
# attaches CODE RULE OPTION…: the policy guest attaches $program with the options.
attaches() {
    expected=$1 rule=$2 code=0
    shift 2
    wasm-bpf run "$@" /guests/policy.wasm attach $program >output 2>errors || code=$?
    [ $code = "$expected" ] || fail "exit code $code instead of $expected: $program with $*"
    [ "$expected" = 0 ] || grep -q "denied by the policy: $rule: .*; allow it with --allow $rule=" errors ||
        fail "the denial does not name $rule"
}
allowed_and_denied() {
    program=$1 rule=$2 place=$3
    attaches 122 $rule --deny $rule=$place
    attaches 122 $rule --deny $rule --allow $rule=another_place
    attaches 0 $rule --deny $rule --allow $rule=$place
    attaches 0 $rule
}
allowed_and_denied on_kprobe attach.kernel_functions do_nanosleep
allowed_and_denied on_fentry attach.kernel_functions do_unlinkat
allowed_and_denied on_lsm attach.lsm_hooks file_open
