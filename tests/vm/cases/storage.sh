# Elements of storage maps by handles of what the guest holds, with programs that count in them; of cgroups they came with
# Linux 6.2.
if [ "$(uname -r | cut -d. -f1,2)" != 6.1 ]; then
    cgroup=/sys/fs/cgroup/storage
    file=$(pwd)/watched
    mkdir $cgroup
    echo x >$file
    (
        sh -c 'echo $PPID' >$cgroup/cgroup.procs
        while :; do cat $file >/dev/null; done
    ) &
    busy=$!
    runner="in_cgroup $cgroup"
    in_cgroup() {
        shift 2
        exec sh -c 'echo $$ >"$0/cgroup.procs"; exec "$@"' $cgroup wasm-bpf run --allow files=$file "$@"
    }
    start storage $cgroup $busy $file
    ends 0
    kill -KILL $busy
    wait $busy || true
    runner=
    within rmdir $cgroup 2>/dev/null || fail "something is left in $cgroup"
fi
