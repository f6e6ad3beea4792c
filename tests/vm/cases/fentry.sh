# fentry and fexit: a file removed, its path read through CO-RE, and an attempt that fails (ENOENT).
remove_file() { touch present; rm present; }
start fentry
sees '^[0-9]+ +rm +call +present$' remove_file
sees '^[0-9]+ +rm +return 0$' remove_file
sees '^[0-9]+ +unlink +return -2$' unlink missing
stops
