# A sockops program on a cgroup: the pid of the process that connects travels in the SYN and is read where it is accepted.
cgroup=/sys/fs/cgroup/sockops
mkdir $cgroup
enter="echo \$\$ >$cgroup/cgroup.procs"

start sockops $cgroup
sees '^Connections in '
sh -c "$enter; exec nc -ll -p 7000 -e /bin/true" &
server=$!
connect() { sh -c "$enter; echo \$\$ >pid; exec nc -w 1 127.0.0.1 7000" </dev/null; }
sees '^accepted  ::ffff:127\.0\.0\.1:7000 <- ::ffff:127\.0\.0\.1:[0-9]+, pid [0-9]+ in the SYN$' connect
sees "^accepted .*, pid $(cat pid) in the SYN$"
sees "^connected 127\.0\.0\.1:[0-9]+ -> 127\.0\.0\.1:7000, pid $(cat pid)$"
kill $server
wait $server || true
stops
within rmdir $cgroup 2>/dev/null || fail "something is left in $cgroup"
