module controller

go 1.21
