# Attaching to the network and operations on links: all of it where the kernel has tcx (6.6), netkit (6.7) and netfilter
# (6.4); else what it has, and errors that name the rest.
cgroup=/sys/fs/cgroup/network
mkdir $cgroup
says() { grep -q "$1" errors || fail "no error says: $1"; }

case $(uname -r) in
6.1.*)
    start network $cgroup no-tcx
    ends 0
    says 'this kernel has no tcx (it came with Linux 6.6)'
    says 'this kernel has no netkit.* (it came with Linux 6.7)'
    start network_newer 0 none
    ends 0
    says 'this kernel has no BPF_PROG_TYPE_NETFILTER (it came with Linux 6.4)'
    ;;
*)
    start network $cgroup
    sees '^attached'
    # A UDP packet to port 7777, and another one until the guest has seen it.
    packet() { timeout 2 tftp -g -r none 127.0.0.1 7777 2>/dev/null || ! running; }
    within packet
    ends 0
    interface=$(netkit_pair netkit0) || fail "no netkit interface"
    start network_newer "$interface" netfilter
    ends 0
    ip link del netkit0
    ;;
esac
within rmdir $cgroup 2>/dev/null || fail "something is left in $cgroup"
