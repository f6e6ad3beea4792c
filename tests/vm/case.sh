# case.sh NAME: runs one case in a folder of its own. The case passes where its script succeeds, leaves no guest behind,
# and the kernel holds the same programs, links, maps, probes and queues as before.
set -eu
name=$1
deadline_seconds=30

fail() {
    echo "FAILED: $*"
    for file in output errors; do
        [ ! -s $file ] || { echo "the guest's $file, last lines:"; tail -12 $file; }
    done
    [ -z "${guest:-}" ] || kill -KILL "$guest" 2>/dev/null || true
    exit 1
}

uptime_seconds() { cut -d. -f1 /proc/uptime; }

# within COMMAND…: runs it again and again until it succeeds, or fails after the deadline.
within() {
    end=$(($(uptime_seconds) + deadline_seconds))
    until "$@"; do
        [ "$(uptime_seconds)" -lt $end ] || return 1
        sleep 0.2
    done
}

# start GUEST [ARG…]: starts a guest, by its name in /guests, in the background; by $runner, a command, where it is set.
start() {
    [ -e "/guests/$1.wasm" ] || fail "there is no guest $1.wasm: build it, or name its folder to tests/vm/run"
    module=/guests/$1.wasm
    shift
    ${runner:-} wasm-bpf "$module" "$@" >output 2>errors &
    guest=$!
}

running() { kill -0 "$guest" 2>/dev/null; }
matches() { grep -Eq -- "$1" output; }

# sees PATTERN [TRIGGER…]: triggers the event until the guest prints a line with the pattern.
sees() {
    pattern=$1
    shift
    seen_or_ended() {
        [ $# = 0 ] || "$@" >/dev/null 2>&1 || true
        matches "$pattern" || ! running
    }
    within seen_or_ended "$@" || fail "no line with '$pattern' within $deadline_seconds s"
    matches "$pattern" || fail "the guest ended without a line with '$pattern'"
}

# ends CODE: waits for the guest's end. stops [CODE]: ends it by SIGTERM, which a tool may handle.
ends() {
    gone() { ! running; }
    within gone || fail "the guest did not end within $deadline_seconds s"
    code=0
    wait "$guest" || code=$?
    [ "$code" = "$1" ] || fail "exit code $code instead of $1"
    guest=
}
stops() {
    running || fail "the guest ended by itself"
    kill -TERM "$guest"
    ends ${1:-143}
}

kernel_state() {
    bpf_objects
    cat /sys/kernel/tracing/kprobe_events /sys/kernel/tracing/uprobe_events
    cat /sys/kernel/debug/kprobes/list
    tc qdisc show
}
state_is_as_before() { kernel_state >state_after && cmp -s state_before state_after; }

kernel_state >state_before
. "/vm/cases/$name.sh"
[ -z "${guest:-}" ] || fail "the case did not wait for its guest"
# The kernel frees programs and maps only after a grace period.
within state_is_as_before || fail "left behind in the kernel: $(diff state_before state_after)"
