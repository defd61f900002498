//go:build unix

package launch

import (
	"os/exec"
	"syscall"
)

// noFollow keeps a link that was planted in place of the log from being written to.
const noFollow = syscall.O_NOFOLLOW

// detach gives the process a session of its own: closing the terminal or Ctrl-C there is none of its business.
func detach(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
}
