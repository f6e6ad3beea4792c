# A case of tests/vm/run: $name as a native program, then as a guest, under the same workload; what both did goes to `report`.
workload() {
    for _ in 1 2 3 4 5; do
        true; ls / >ls; touch file; mv file moved; cat moved; rm moved; cat file; sh -c 'exit 3'
        echo hello | nc -w 1 127.0.0.1 9
        sleep 0.2
    done >/dev/null 2>&1
}

observe() {
    label=$1
    shift
    echo >/sys/kernel/tracing/trace
    "$@" >"$label" 2>&1 &
    observed=$!
    holds_programs() { ls -l /proc/$observed/fd 2>/dev/null | grep -q bpf-prog || ! kill -0 $observed 2>/dev/null; }
    within holds_programs || true
    sleep 3  # loaded is not attached yet, and an emulated machine is slow
    workload || true
    kill -0 $observed 2>/dev/null || echo "$label ended" >>report
    kill -TERM $observed 2>/dev/null || true
    gone() { ! kill -0 $observed 2>/dev/null; }
    within gone || kill -KILL $observed
    code=0
    wait $observed || code=$?
    echo "$label code $code" >>report
    { cat "$label"; echo; } | sed "s/^/$label output /" >>report
    sed -n "s/.*bpf_trace_printk:/$label trace /p" /sys/kernel/tracing/trace | head -200 >>report
}

observe native "/guests/$name.native" $arguments
observe guest wasm-bpf run $run_options "/guests/$name.wasm" $arguments
