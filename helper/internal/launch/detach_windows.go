package launch

import (
	"os/exec"
	"syscall"

	"golang.org/x/sys/windows"
)

// noFollow has no counterpart on Windows, where making a link takes a privilege.
const noFollow = 0

// detach keeps the process away from this console and its Ctrl-C.
func detach(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{
		HideWindow:    true,
		CreationFlags: windows.DETACHED_PROCESS | windows.CREATE_NEW_PROCESS_GROUP,
	}
}
