# An LSM program that denies: files named `secret` cannot be opened while the guest runs, and can again afterwards.
echo text >secret
echo text >other
start lsm secret
sees '^[0-9]+ +0 +cat +denied +secret$' cat secret
! cat secret 2>/dev/null || fail 'the file was opened in spite of the denial'
cat other >/dev/null || fail 'another file cannot be opened'
stops
within cat secret >/dev/null || fail 'the denial outlived the guest'

start lsm -r secret
sees '^[0-9]+ +0 +cat +reported +secret$' cat secret
cat secret >/dev/null || fail 'the file was denied in spite of -r'
stops
