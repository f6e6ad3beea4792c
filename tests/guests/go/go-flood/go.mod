module go-flood

go 1.24
