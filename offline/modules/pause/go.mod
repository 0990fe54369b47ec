module audifi.io/offline/pause

go 1.26
