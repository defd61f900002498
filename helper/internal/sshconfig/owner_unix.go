//go:build unix

package sshconfig

import (
	"io/fs"
	"os"
	"syscall"
)

// owner is who a file belongs to; the zero one stands for whoever makes it.
type owner struct {
	known    bool
	uid, gid int
}

func ownerOf(info fs.FileInfo) owner {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return owner{}
	}
	return owner{known: true, uid: int(stat.Uid), gid: int(stat.Gid)}
}

func modeOf(info fs.FileInfo) fs.FileMode { return info.Mode().Perm() }

// keep gives a new file this owner, if it has another by itself.
func (o owner) keep(file *os.File) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if !o.known || ownerOf(info) == o {
		return nil
	}
	return file.Chown(o.uid, o.gid)
}

// lockFolder keeps a second install or remove waiting. The lock is the folder's own and leaves no file behind (flock(2)).
func lockFolder(path string) (unlock func(), err error) {
	folder, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(folder.Fd()), syscall.LOCK_EX); err != nil {
		_ = folder.Close()
		return nil, err
	}
	return func() { _ = folder.Close() }, nil
}
