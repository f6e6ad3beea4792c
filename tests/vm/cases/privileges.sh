# What the command keeps of root's capabilities, and the examples that run as another user with CAP_NET_ADMIN (12),
# CAP_PERFMON (38) and CAP_BPF (39) alone; those of the network are in privileges_network.sh.
echo 2 >/proc/sys/kernel/perf_event_paranoid
new_kernel() { [ "$(uname -r | cut -d. -f1,2)" != 6.1 ]; }
keeps() {
    grep -q "^CapEff:.0*$1\$" "/proc/$guest/status" || fail "not the capabilities $1: $(grep Cap "/proc/$guest/status")"
}

# Of root's: these, CAP_SYSLOG and CAP_NET_RAW, and for uprobes of kernels before 6.6 CAP_SYS_ADMIN.
for each in kprobe fentry; do
    start $each
    sees '^PID'
    if new_kernel; then keeps c400003000; else keeps c400203000; fi
    stops
done

runner='as_user 12,38,39'
export HOME=$PWD/home
mkdir home
chown 65534:65534 home
start kprobe
sees '^PID'
keeps c000001000
stops
for each in fentry kprobe lsm; do . "/vm/cases/$each.sh"; done
! new_kernel || . /vm/cases/uprobe.sh
