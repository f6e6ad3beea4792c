# Components by the whole of wasm-bpf:bpf, and how they end.
# At Debian's 3 perf events take CAP_SYS_ADMIN, which the command gives up.
echo 2 >/proc/sys/kernel/perf_event_paranoid
start elements
ends 0

start events wait
sees '^ready$' /bin/true
stops 0
matches '^asked to stop$' || fail 'it was not asked'

start hostile forge
ends 134
