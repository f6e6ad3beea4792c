#!/bin/sh
# Builds the tool and sees it find a process of this script's own that computes. Needs root.
set -eu
cd "$(dirname "$0")"
wasm_bpf=${WASM_BPF:-wasm-bpf}
busy=
trap 'kill "$busy" 2>/dev/null || true' EXIT

"$wasm_bpf" build .
(while :; do :; done) &
busy=$!
output=$("$wasm_bpf" newtool.wasm 2)
echo "$output" | grep -q "^$busy " || { echo "FAILED: no line about process $busy:"; echo "$output"; exit 1; }
echo PASSED
