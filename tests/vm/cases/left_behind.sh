# Whether a guest returns, traps or is killed, nothing is left of what it attached: the kinds that only these machines have.
echo 2 >/proc/sys/kernel/perf_event_paranoid
mkfifo input
differs() { ! state_is_as_before; }
# attached_until END CODE KIND PLACE
attached_until() {
    how=$1 expected=$2 kind=$3 place=$4
    end=$how
    [ $how != kill ] || end=exit
    wasm-bpf run /guests/left_behind.wasm $kind $end "$place" none none \
        <input >output 2>errors &
    guest=$!
    exec 4>input
    sees '^attached$'
    differs || fail "$kind: the kernel shows nothing attached, and this case shows nothing"
    if [ $how = kill ]; then kill -KILL $guest; else echo >&4; fi
    exec 4>&-
    ends $expected
    within state_is_as_before || fail "$kind, $how: left behind: $(diff state_before state_after)"
}
in_every_way() {
    attached_until exit 7 "$@"
    attached_until trap 134 "$@"
    attached_until kill 137 "$@"
}
in_every_way kprobe none
in_every_way fentry none
in_every_way lsm none
if [ "$(uname -r | cut -d. -f1,2)" != 6.1 ]; then
    cp state_before state_first
    interface=$(netkit_pair netkit0) || fail 'no netkit interface'
    kernel_state >state_before
    in_every_way netkit "$interface"
    ip link del netkit0
    cp state_first state_before
fi
