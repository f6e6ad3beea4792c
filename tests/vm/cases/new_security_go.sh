# As new_security.sh, in Go: by itself, as its module is compiled first.
deadline_seconds=220
languages=go
. /vm/cases/new_security.sh
