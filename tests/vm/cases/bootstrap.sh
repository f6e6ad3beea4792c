# Tracepoints: a program's start with its path, and its end with its exit code and duration.
start bootstrap
sees '^..:..:.. EXEC +sh +[0-9]+ +[0-9]+ +/bin/sh$' /bin/sh -c 'exit 7'
sees '^..:..:.. EXIT +sh +[0-9]+ +[0-9]+ +\[7\] \([0-9]+ ms\)$' /bin/sh -c 'exit 7'
stops 0

# A value in .rodata set before load: only ends of processes that lived for 300 ms.
start bootstrap -d 300
sees '^..:..:.. EXIT +sleep ' /bin/sleep 0.4
! matches EXEC || fail 'a start was reported in spite of -d'
stops 0

# The guest ends by itself, with its own exit code.
start bootstrap -n 3
sees '^TIME'
within sh -c '/bin/true; [ $(wc -l <output) -ge 4 ]' || fail 'no three events'
ends 0
