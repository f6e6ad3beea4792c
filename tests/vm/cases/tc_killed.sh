# tc filters of a host that was killed: the kernel keeps them where they are legacy ones, and the next start removes them.
mkdir -p /run
start tc lo 1
sees '^received +[1-9][0-9]* packets ' ping -c 1 -W 1 127.0.0.1
kill -KILL "$guest"
ends 137
bpf_objects | grep -q count_ingress || fail 'no legacy filter is left, and this case shows nothing'

start execve
filters_gone() { ! bpf_objects | grep -q count_ingress; }
within filters_gone || fail "the filter is still there"
grep -q 'removed a traffic control filter' errors || fail 'nothing says so'
stops
