# A case of tests/vm/run: $tool as a native program, then as a guest, under the same workload; what both did goes to `report`.

# A C library that finds no time zone looks for it at every call of localtime(): opensnoop would see nothing but itself.
# The time zone is UTC (RFC 8536: a header, one type, its name).
mkdir -p /etc
zeros() { head -c "$1" /dev/zero; }
{ printf TZif; zeros 32; printf '\000\000\000\001\000\000\000\004'; zeros 6; printf 'UTC\000'; } >/etc/localtime

workload() {
    for _ in 1 2 3 4 5; do
        true; ls / >ls; touch file; mv file moved; cat moved; rm moved; cat file; sh -c 'exit 3'
        mkdir -p mounted; mount -t tmpfs tmp mounted; umount mounted; sync
        nc -l -p 2345 >/dev/null & nc -w 1 127.0.0.1 2345 <ls
        nc -w 1 127.0.0.1 9
        sleep 60 & kill -USR1 $!
        sleep 0.2
    done >/dev/null 2>&1
}

gone() { ! kill -0 $observed 2>/dev/null; }

# How many links, perf events and programs it holds is the same again: a second later where it is attached; four where it
# has programs alone, which some attach otherwise.
is_attached() {
    held=$(ls -l /proc/$observed/fd 2>/dev/null | grep -cE 'bpf_link|perf_event')
    loaded=$(ls -l /proc/$observed/fd 2>/dev/null | grep -c bpf-prog)
    [ "$held.$loaded" = "$before" ] && same=$((same + 1)) || same=0
    before=$held.$loaded
    ! gone || return 0
    [ $held = 0 ] || [ $same -lt 1 ] || return 0
    [ $loaded = 0 ] || [ $same -lt 4 ] || return 0
    sleep 0.8
    false
}

# observe LABEL COMMAND…
observe() {
    label=$1 before= same=0
    shift
    echo >/sys/kernel/tracing/trace
    default_signals "$@" >"$label" 2>&1 &
    observed=$!
    within is_attached || true
    workload || true
    ! gone || echo "$label ended" >>../report
    deadline_seconds=10
    for number in INT TERM KILL; do
        kill -$number $observed 2>/dev/null || break
        within gone && break
    done
    deadline_seconds=30
    code=0
    wait $observed || code=$?
    echo "$label code $code" >>../report
    { cat "$label"; echo; } | sed "s/^/$label output /" >>../report
    sed -n "s/.*bpf_trace_printk:/$label trace /p" /sys/kernel/tracing/trace | head -200 >>../report
}

# Under one name, so that they call themselves the same.
for kind in native wasm; do
    mkdir -p $kind
    cp "/guests/$tool.$kind" "$kind/$tool"
done
cd native
eval "observe native ./$tool $arguments"
# What it leaves is not the guest's: libbpf's bpf_tc_hook_destroy() of one direction leaves the queueing discipline. Anything else is
# told, with + for what is more than before, since it is not looked for after the guest.
native_left() {
    grep -v clsact ../state_before >../state_wanted || true
    kernel_state | grep -v clsact | diff -U 0 ../state_wanted - | sed -n '3,$s/^[+-]/native left &/p'
}
native_is_gone() { [ -z "$(native_left)" ]; }
within native_is_gone || native_left >>../report
kernel_state >../state_before
cd ../wasm
eval "observe guest wasm-bpf run $run_options ./$tool $arguments"
cd ..
