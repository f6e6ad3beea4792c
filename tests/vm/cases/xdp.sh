# XDP on lo: packets counted in a per-CPU map, those of one protocol dropped while the guest runs.
start xdp -d icmp lo 1
sees '^icmp +([0-9]+) packets +[0-9]+ bytes +\1 dropped$' ping -c 1 -W 1 127.0.0.1
! ping -c 1 -W 1 127.0.0.1 >/dev/null || fail 'a packet passed in spite of -d'
sees '^tcp +[1-9][0-9]* packets +[0-9]+ bytes +0 dropped$' nc -w 1 127.0.0.1 9
stops
within ping -c 1 -W 1 127.0.0.1 >/dev/null || fail 'the program outlived the guest'

# In the driver, on a veth pair: what the other end, which the kernel names veth0, sends (ARP).
ip link add wire type veth
ip link set wire up
ip link set veth0 up
ip addr add 10.0.0.1/24 dev veth0
start xdp wire 1
sees '^not IP +[1-9][0-9]* packets ' ping -c 1 -W 1 10.0.0.2
stops
ip link del wire
