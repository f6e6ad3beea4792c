# tp_btf programs (CO-RE on task_struct) and a map that is read and emptied by calls: one histogram of one second.
start runqlat 1 1
ends 0
matches '^ +microseconds : count +distribution$' || fail 'no histogram'
matches ' -> .* : [1-9][0-9]* +\|\*+ *\|$' || fail 'an empty histogram'

start runqlat -m -P 1 1
ends 0
matches '^process [0-9]+ \(.+\)$' || fail 'no histogram of a process'
matches '^ +milliseconds : count +distribution$' || fail 'no histogram in milliseconds'
