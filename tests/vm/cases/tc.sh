# tc filters on lo, counted in global variables that the guest reads in place. The guest takes them off at its end.
start tc lo 1 4
sees '^received +[1-9][0-9]* packets +[1-9][0-9]* bytes, sent +[1-9][0-9]* packets +[1-9]' ping -c 1 -W 1 127.0.0.1
ends 0

# A guest that is ended cannot: the host must.
start tc lo 1
sees '^received +[1-9][0-9]* packets ' ping -c 1 -W 1 127.0.0.1
stops
