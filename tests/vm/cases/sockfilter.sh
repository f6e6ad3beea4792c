# A socket filter on a packet socket that the host opened on lo.
start sockfilter -i lo
sees '^out icmp +127\.0\.0\.1:0 -> 127\.0\.0\.1:0, 98 bytes$' ping -c 1 -W 1 127.0.0.1
sees '^in +icmp +127\.0\.0\.1:0 -> 127\.0\.0\.1:0, 98 bytes$' ping -c 1 -W 1 127.0.0.1
sees '^out tcp +127\.0\.0\.1:[0-9]+ -> 127\.0\.0\.1:9, [0-9]+ bytes$' nc -w 1 127.0.0.1 9
stops
