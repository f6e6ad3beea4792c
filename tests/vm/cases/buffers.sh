# Ring, perf and user ring buffers, with windows and with copies; of perf buffers those of the CPUs that are online.
passes() {
    wasm-bpf run "$@" >output 2>errors || fail "wasm-bpf run $*: exit code $?"
}

# At Debian's 3 perf events take CAP_SYS_ADMIN, which the command gives up.
echo 2 >/proc/sys/kernel/perf_event_paranoid
echo 0 >/sys/devices/system/cpu/cpu1/online || fail 'CPU 1 does not go offline'
for options in '' --no-windows; do
    passes $options /guests/rings.wasm
    passes $options /guests/perf_buffers.wasm
    passes $options /guests/user_rings.wasm
done
echo 1 >/sys/devices/system/cpu/cpu1/online
