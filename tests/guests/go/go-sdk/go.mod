module go-sdk

go 1.24
