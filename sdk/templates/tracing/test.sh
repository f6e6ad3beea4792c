#!/bin/sh
# Builds the tool and sees it report a program that this script starts. Needs root.
set -eu
cd "$(dirname "$0")"
wasm_bpf=${WASM_BPF:-wasm-bpf}
output=$(mktemp)
trap 'rm -f "$output"; kill "$tool" 2>/dev/null || true' EXIT
tool=

"$wasm_bpf" build .
"$wasm_bpf" newtool.wasm -n 100000 >"$output" &
tool=$!
# It is attached once it has printed the table's head; the command is started until its line is there,
# for a minute at most: a large module is compiled at the tool's first start.
end=$(($(date +%s) + 60))
until grep -q '/true$' "$output"; do
    kill -0 "$tool" 2>/dev/null || { echo 'FAILED: the tool ended'; exit 1; }
    [ "$(date +%s)" -lt "$end" ] || { echo 'FAILED: no line about /bin/true:'; cat "$output"; exit 1; }
    env true
done
echo PASSED
