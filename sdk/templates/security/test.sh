#!/bin/sh
# Builds the tool and sees it deny a program of this script's own. Needs root, and a kernel with BPF LSM.
set -eu
cd "$(dirname "$0")"
wasm_bpf=${WASM_BPF:-wasm-bpf}
[ -n "${NO_BUILD:-}" ] || "$wasm_bpf" build .

folder=$(mktemp -d)
tool=
trap 'kill "$tool" 2>/dev/null || true; rm -rf "$folder"' EXIT
printf '#!/bin/sh\nexit 0\n' >"$folder/newtool-denied"
chmod +x "$folder/newtool-denied"
"$folder/newtool-denied" || { echo 'FAILED: it does not run without the tool'; exit 1; }

"$wasm_bpf" newtool.wasm newtool-denied >"$folder/output" &
tool=$!
# A large module is compiled at the tool's first start.
end=$(($(date +%s) + 60))
while "$folder/newtool-denied" 2>/dev/null; do
    kill -0 "$tool" 2>/dev/null || { echo 'FAILED: the tool ended'; exit 1; }
    [ "$(date +%s)" -lt "$end" ] || { echo 'FAILED: it still runs'; exit 1; }
done
until grep -q 'denied: newtool-denied$' "$folder/output"; do
    kill -0 "$tool" 2>/dev/null || { echo 'FAILED: the tool ended without a line about it'; exit 1; }
    [ "$(date +%s)" -lt "$end" ] || { echo 'FAILED: no line about it'; exit 1; }
done
kill "$tool"
wait "$tool" || true
"$folder/newtool-denied" || { echo 'FAILED: it is denied after the tool has ended'; exit 1; }
echo PASSED
