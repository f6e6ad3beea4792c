# A system call's tracepoint: the arguments are read from the caller's memory.
start execve
sees '^[0-9]+ +[^ ]+ +/bin/echo one two three$' /bin/echo one two three
stops
