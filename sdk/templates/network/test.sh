#!/bin/bash
# Builds the tool and sees it count packets on the loopback interface of a network namespace of its own. Needs root.
set -eu
cd "$(dirname "$0")"
wasm_bpf=${WASM_BPF:-wasm-bpf}
if [ "${1:-}" != inside ]; then
    "$wasm_bpf" build .
    exec unshare --net -- "./$(basename "$0")" inside
fi

ip link set lo up
output=$(mktemp)
trap 'rm -f "$output"; kill "$tool" 2>/dev/null || true' EXIT
"$wasm_bpf" newtool.wasm lo 1 20 >"$output" &
tool=$!
# Packets to a port that nobody listens at, until the tool has counted some.
until grep -Eq '^udp +[1-9][0-9]* packets' "$output"; do
    kill -0 "$tool" 2>/dev/null || { echo 'FAILED: no line about udp:'; cat "$output"; exit 1; }
    echo packet >/dev/udp/127.0.0.1/7 || true
done 2>/dev/null
echo PASSED
