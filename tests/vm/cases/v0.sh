# A module of version 0, in C: an exec trace over its ring buffer.
start exec_c
sees '^ready$'
sees '^exec [0-9]+ true /bin/true$' /bin/true
stops
