# kprobes of every kind, fentry and fexit, by a guest in Go: each sees a file deleted.
deadline_seconds=200 # its module is compiled first
start go-probes
sees '^attached$'
remove() { touch file; rm file; }
sees '^fexit seen$' remove
ends 0
