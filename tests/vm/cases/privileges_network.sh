# Examples as a user with CAP_NET_ADMIN, CAP_PERFMON and CAP_BPF alone (privileges.sh): of the network, and with the rights
# to tracefs or CAP_NET_RAW (13) those that docs/policy.md says need them.
echo 2 >/proc/sys/kernel/perf_event_paranoid
runner='as_user 12,38,39'
export HOME=$PWD/home
mkdir home
chown 65534:65534 home
for each in runqlat sockops tc; do . "/vm/cases/$each.sh"; done
start xdp -d icmp lo 1
sees '^[a-zA-Z]'
stops

mount -o remount,gid=65534,mode=750 /sys/kernel/tracing
for each in bootstrap execve opensnoop; do
    start $each
    sees '^(TIME|PID)'
    if [ $each = bootstrap ]; then stops 0; else stops; fi
done
mount -o remount,gid=0,mode=700 /sys/kernel/tracing
runner='as_user 12,13,38,39'
start sockfilter -i lo
sees '^[A-Z]'
stops
