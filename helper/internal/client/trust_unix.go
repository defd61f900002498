//go:build unix

package client

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// trustSocket looks at the socket and its folder without following links, and says why they cannot be trusted. A socket
// that is not there is ErrNotRunning.
func trustSocket(socket string, uid int) error {
	for _, check := range []struct {
		path string
		want fs.FileMode
		noun string
	}{{filepath.Dir(socket), fs.ModeDir, "folder"}, {socket, fs.ModeSocket, "socket"}} {
		info, err := os.Lstat(check.path)
		if errors.Is(err, fs.ErrNotExist) {
			return ErrNotRunning
		}
		if err != nil {
			return Internal("check who owns it, or name another home in SALLYPORT_HOME", "the control socket cannot be looked at: %s", err)
		}
		if reason := distrust(info, check.want, check.noun, uid); reason != "" {
			return Internal("name another home in SALLYPORT_HOME, or remove it if nobody needs it", "%s %s", check.path, reason)
		}
	}
	return nil
}

func distrust(info fs.FileInfo, want fs.FileMode, noun string, uid int) string {
	if info.Mode()&fs.ModeSymlink != 0 {
		return "is a symbolic link in place of the control " + noun
	}
	if info.Mode().Type() != want {
		return "is not a " + noun
	}
	if owner, ok := ownerOf(info); !ok || owner != uid {
		return "belongs to another user, so what is behind it cannot be trusted"
	}
	if want == fs.ModeDir && info.Mode().Perm()&0o077 != 0 {
		return fmt.Sprintf("may be entered by others (mode %04o, expected 0700)", info.Mode().Perm())
	}
	return ""
}

func ownerOf(info fs.FileInfo) (int, bool) {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return int(stat.Uid), true
}

// readKey gives the key file's content, nil when there is none. On these systems the socket's own protection is enough,
// so it is there only when somebody wants the proof as well.
func readKey(file string, uid int) ([]byte, error) {
	f, err := os.OpenFile(file, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if owner, ok := ownerOf(info); !ok || owner != uid || !info.Mode().IsRegular() || info.Mode().Perm()&0o077 != 0 {
		return nil, errors.New("is not a regular file that only its user may read")
	}
	return readSmall(f)
}
