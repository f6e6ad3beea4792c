# The Go guest of an LSM program, as lsm.sh has it in C: denies while it runs, and ends by a signal with its last line.
deadline_seconds=220 # its module is compiled first
echo text >secret
echo text >other
start go-lsm secret
sees '^[0-9]+ +0 +cat +denied +secret$' cat secret
! cat secret 2>/dev/null || fail 'the file was opened in spite of the denial'
cat other >/dev/null || fail 'another file cannot be opened'
stops 0
matches '^no longer guarded$' || fail 'the guest did not print its last line'
within cat secret >/dev/null || fail 'the denial outlived the guest'
