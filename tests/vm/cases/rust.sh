# Guests in Rust: a tool, and the crate with windows and with copies.
start rust-bootstrap
sees '^..:..:.. EXEC +sh +[0-9]+ +[0-9]+ +/bin/sh$' /bin/sh -c 'exit 7'
sees '^..:..:.. EXIT +sh +[0-9]+ +[0-9]+ +\[7\] \([0-9]+ ms\)$' /bin/sh -c 'exit 7'
stops 0

# At Debian's 3 perf events take CAP_SYS_ADMIN, which the command gives up.
echo 2 >/proc/sys/kernel/perf_event_paranoid
for options in '--env WINDOWS=yes' '--no-windows --env WINDOWS=no'; do
    wasm-bpf run $options --dir /proc /guests/sdk.wasm >output 2>errors || fail "wasm-bpf run $options sdk.wasm: exit code $?"
done
