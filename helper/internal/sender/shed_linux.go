package sender

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Shed gives up every capability of every thread, for good. It refuses a set-user-ID copy: dropping capabilities would
// not undo another user's identity. It works in a program without cgo only (syscall.AllThreadsSyscall).
func (s *Sockets) Shed() *Fault {
	if os.Getuid() != os.Geteuid() || os.Getgid() != os.Getegid() {
		return &Fault{Code: CodeInternal, Message: "this copy is set-user-ID or set-group-ID; it takes a file capability instead", Hint: capabilityHint()}
	}
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var none [2]unix.CapUserData
	if _, _, errno := syscall.AllThreadsSyscall(unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1, 0); errno != 0 {
		return faultf(CodeInternal, "could not rule out new privileges: %s", shedReason(errno))
	}
	if _, _, errno := syscall.AllThreadsSyscall(unix.SYS_CAPSET, uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&none[0])), 0); errno != 0 {
		return faultf(CodeInternal, "could not drop capabilities: %s", shedReason(errno))
	}
	return nil
}

func shedReason(errno syscall.Errno) string {
	if errno == syscall.ENOTSUP {
		return "built with cgo; build with CGO_ENABLED=0"
	}
	return errno.Error()
}

// capabilityHint is the command that lets members of the group sallyport, and nobody else, run this file with the one
// capability it needs.
func capabilityHint() string {
	path, err := os.Executable()
	if err != nil {
		path = "sallyport-send"
	}
	// The path is written once: callers show the hint in little room.
	return "f=" + shellQuote(path) + `; sudo groupadd -f sallyport && sudo usermod -aG sallyport "$USER"` +
		` && sudo chown root:sallyport "$f" && sudo chmod 0750 "$f" && sudo setcap cap_net_raw+ep "$f"  # then log in again`
}

// pingHint lets every user send echo requests, which needs no capability at all (icmp(7)).
const pingHint = `sudo sysctl -w net.ipv4.ping_group_range="0 2147483647"`

func shellQuote(path string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-+", r)
	}
	if strings.IndexFunc(path, func(r rune) bool { return !plain(r) }) < 0 {
		return path
	}
	return fmt.Sprintf("'%s'", strings.ReplaceAll(path, "'", `'\''`))
}
