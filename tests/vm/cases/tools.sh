# The tools of examples/tools. Those that need kprobes, fentry or LSM run here alone: as native programs and as guests at
# once, and both must print the same of one workload. The others load, attach and see an event.

# pair NAME [ARG…]: starts both. Ctrl-C ends them as it does everywhere: they print their last lines and end well.
pair() {
    name=$1
    shift
    "/guests/$name.native" "$@" >native_output 2>native_errors &
    native=$!
    start "$name" "$@"
}
native_sees() {
    within grep -Eq -- "$1" native_output || fail "the native program printed no line with '$1': $(cat native_errors)"
}
interrupt_both() {
    kill -INT "$native" "$guest"
    ends 0
    code=0
    wait "$native" || code=$?
    [ $code = 0 ] || fail "the native program ended with $code: $(cat native_errors)"
}
interrupted() {
    kill -INT "$guest"
    ends 0
}

# The sum of column $2 in file $1, its header left out.
sum() { awk -v column="$2" '!/[A-Z]/ { sum += $column } END { print sum + 0 }' "$1"; }
rename_files() {
    for number in 1 2 3 4 5; do mkdir folder$number; mv folder$number other$number; done
    for number in 1 2 3; do rmdir other$number; done
    rm -r other4
}
for way in '' -k; do
    rm -rf folder* other*
    pair vfscount $way 1
    sees MKDIR
    native_sees MKDIR
    rename_files
    # Columns: OPEN READ WRITE FSYNC UNLINK RENAME MKDIR RMDIR
    seen() { [ "$(sum "$1" 6)" -ge 5 ] && [ "$(sum "$1" 8)" -ge 4 ]; }
    # Others rename files, too: the host, those of its cache, before its guest is attached.
    within seen output || fail 'the guest did not count what was done'
    within seen native_output || fail 'the native program did not count what was done'
    interrupt_both
    for column in 7 8; do
        [ "$(sum output $column)" = "$(sum native_output $column)" ] || fail "column $column differs: $(cat native_output)"
    done
done

watched() { touch watched; rm watched; }
pair lsmwatch -e delete -e exec -c rm
sees RESULT
native_sees RESULT
watched
sees ' rm +delete +allowed watched$'
native_sees ' rm +delete +allowed watched$'
interrupt_both
cmp output native_output || fail "they differ: $(cat native_output)"

start lsmwatch -d delete -c rm
sees RESULT
touch kept
! rm -f kept 2>/dev/null || fail 'a file was deleted in spite of the denial'
sees ' rm +delete +denied +kept$'
interrupted
rm kept || fail 'the denial outlived the guest'

start execwatch -n one
sees ARGUMENTS
sees ' 0 .*echo one two$' /bin/echo one two
interrupted

for name in syscount syslat biolat; do
    start $name
    sees 'Ctrl-C'
    touch file
    interrupted
done
start sigwatch -s USR1
sees RESULT
signal() { sleep 5 & kill -USR1 $!; }
sees 'SIGUSR1' signal
interrupted

start mountwatch
sees NAMESPACE
sees 'umount."/no/such"' umount /no/such
interrupted

start tcpconn
sees RECEIVED
interrupted

start_with_proc() {
    module=$1
    shift
    wasm-bpf run --dir /proc:ro --keep-capability CAP_SYS_PTRACE "/guests/$module.wasm" "$@" >output 2>errors &
    guest=$!
}
start_with_proc taskstacks -p 1
ends 0
matches '^    kernel .*(wait|sigsuspend)' || fail 'no stack of the first process'

dd if=/dev/zero of=/dev/null bs=64k 2>/dev/null &
busy=$!
start_with_proc cpuprofile -p $busy -F 99 1
ends 0
kill $busy
matches '^    kernel (vfs_read|read_zero|clear_user.*|rep_stos.*)\+0x' || fail 'no stack of the busy process'

start_with_proc offcpu -m 1000
sees 'Ctrl-C'
sleep 0.2
interrupted
matches '^    kernel .*nanosleep' || fail 'no stack of the sleeping process'
