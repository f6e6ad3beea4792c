module newtool

go 1.24
