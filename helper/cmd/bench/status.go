package main

import (
	"encoding/json"
	"path/filepath"

	"sallyport/helper/internal/daemon"
)

// status asks the running daemon.
func (l *lab) status(program string) (s daemon.Status) {
	raw := l.server.Run(program, "status", "--json", "--config", filepath.Join(l.folder, "sallyportd.toml"))
	l.check(json.Unmarshal([]byte(raw), &s))
	return s
}
