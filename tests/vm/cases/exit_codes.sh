# The command's own exit codes, where they come from the kernel or the end of a guest.
status() { code=0; "$@" >output 2>errors || code=$?; }
expect() { [ "$code" = "$1" ] || fail "exit code $code instead of $1: $2"; }

[ -e /guests/bootstrap.wasm ] || fail 'there is no guest bootstrap.wasm'
status wasm-bpf /guests/bootstrap.wasm --no-such-option
expect 1 "the guest's own"

status wasm-bpf run --timeout 3 /guests/bootstrap.wasm
expect 124 'a guest that --timeout ends'
matches '^TIME' || fail 'the guest was not attached before its time was up'

echo 'not a module' >text.wasm
status wasm-bpf text.wasm
expect 123 'a file that is no module'

mkdir -p /etc
echo 'nobody:x:65534:65534::/:/bin/sh' >/etc/passwd
status start-stop-daemon -S -c nobody -x /bin/wasm-bpf -- /guests/bootstrap.wasm
expect 121 'a user without CAP_BPF'
