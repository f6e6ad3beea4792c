module go-probes

go 1.24
