# kprobes of every kind, fentry and fexit, by a guest in Go: each sees a file deleted.
deadline_seconds=200 # its module is compiled first
start go-probes
sees '^attached$'
remove() { touch file; rm file; }
sees '^fexit seen$' remove
ends 0
# Debian's 6.1 is built without multi-kprobes.
case $(uname -r) in
6.1.*) matches '^kprobe.multi is not there: ' || fail 'the guest did not say that there are no multi-kprobes' ;;
*) matches '^kprobe.multi seen$' || fail 'the multi-kprobe saw nothing' ;;
esac
