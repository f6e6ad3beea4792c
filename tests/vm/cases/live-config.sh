# A global variable that the guest changes while the program runs.
start live-config -r 1 1
sees ' calls +[0-9]+ sampled, one in [1-9][0-9]+, ' /bin/ls /
stops
