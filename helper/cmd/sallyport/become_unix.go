//go:build unix

package main

import (
	"os"
	"syscall"

	"sallyport/helper/internal/client"
)

// become replaces this program (execve(2)).
func become(path string, argv []string) error {
	err := syscall.Exec(path, argv, os.Environ())
	return client.Internal("", "could not start %s: %s", path, err)
}
