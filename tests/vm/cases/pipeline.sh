# Components in C, Rust and Zig, as one file: the same on this kernel.
start pipeline 1
sees '^ +[0-9]+ +[0-9]+ busybox$|^ +[0-9]+ +[0-9]+ true$' /bin/true
stops 0

start pipeline --isolation
ends 0
matches '^aggregator: wrote 7 at address [0-9]+, and read 7 there$' || fail 'the aggregator wrote nowhere'
[ "$(grep -c '^source: .* holds 42$' output)" -eq 2 ] || fail "the source's memory was touched"
