package testnet

import (
	"os"
	"syscall"
)

// WriteProgram writes a file that is to be run. Meanwhile no other test may fork: its child would hold the file open for
// writing for a moment, and what is open for writing cannot be run (execve(2), ETXTBSY).
func WriteProgram(path string, data []byte) error {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	return os.WriteFile(path, data, 0o755)
}
