# Two tracepoints a system call, joined by a hash map: a file opened, and one that is missing.
echo text >present
start opensnoop
sees '^[0-9]+ +0 +cat +[0-9]+ +0 +0[0-7]+ present$' cat present
sees '^[0-9]+ +0 +cat +-1 +2 +0[0-7]+ missing$' cat missing
stops

# Of one process alone: this shell.
start opensnoop -p $$
open_here() { cat missing; : <present; }
sees '^[0-9]+ +0 +sh +[0-9]+ +0 +0[0-7]+ present$' open_here
! matches missing || fail "another process's file was reported"
stops
