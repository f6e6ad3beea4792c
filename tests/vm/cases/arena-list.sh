# A list in an arena, which a kernel before 6.9 does not have: that must be said.
start arena-list -w true 1
if [ "$(uname -r | cut -d. -f1-2)" = 6.1 ]; then
    ends 1
    grep -q 'this kernel has no BPF_MAP_TYPE_ARENA (it came with Linux 6.9)' errors || fail 'the error does not name the feature'
else
    sees '^true +[1-9][0-9]*  asked for$' /bin/true
    sees '^sleep +[1-9][0-9]*$' /bin/sleep 0
    stops
fi
