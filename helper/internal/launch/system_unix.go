//go:build unix

package launch

import (
	"errors"
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// noFollow keeps a link that was planted in place of the log from being written to.
const noFollow = syscall.O_NOFOLLOW

// detach gives the process a session of its own: closing the terminal or Ctrl-C there is none of its business.
func detach(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
}

// tryLock takes the file for this process until it is closed, when nobody has it. Files are not inherited by what is
// started (Go opens them close-on-exec), so the lock ends with this process at the latest.
func tryLock(f *os.File) (bool, error) {
	err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return false, nil
	}
	return err == nil, err
}
