# Every kind of attachment that traces, with its options; what Debian's 6.1 lacks is named by the guests' errors.
new_kernel() { [ "$(uname -r | cut -d. -f1,2)" != 6.1 ]; }
sleep_and_open() { usleep 1000; cat /proc/uptime; }

if new_kernel; then start kernel_probes; else start kernel_probes single; fi
sees '^attached$'
sees '^done$' sleep_and_open
ends 0
if new_kernel; then start tracepoints; else start tracepoints no-raw-cookies; fi
ends 0
start freplace
ends 0
start perf_events
ends 0
start attach_errors
ends 0
