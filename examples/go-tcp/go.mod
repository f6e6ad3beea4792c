module go-tcp

go 1.24
