module exec_go

go 1.24
