module go-lsm

go 1.24
