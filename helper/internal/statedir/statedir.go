// Package statedir keeps what the daemon must know after a restart or a reboot, besides the replay record: the
// lock that keeps two daemons apart, the mark that says "open until resumed", and the gate that was last good.
// Files are replaced in one step, so a crash or a full disk leaves the old one. Nothing here is secret.
package statedir

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"
)

const (
	lockName  = "lock"
	panicName = "panic"
	gateName  = "gate.json"
)

// ErrLocked means that a daemon works with the directory.
var ErrLocked = errors.New("another sallyportd is running")

// Lock makes sure that one process works with a state directory, which is made when it is missing. Closing the file
// lets go.
func Lock(dir string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("state directory: %w", err)
	}
	file, err := openLock(dir)
	if err != nil {
		return nil, fmt.Errorf("state directory: %w", err)
	}
	if err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		file.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, fmt.Errorf("%w with the state directory %s", ErrLocked, dir)
		}
		return nil, fmt.Errorf("lock the state directory: %w", err)
	}
	return file, nil
}

// openLock gives away only a file that it made itself: whatever else has that name may be somebody else's.
func openLock(dir string) (*os.File, error) {
	path := filepath.Join(dir, lockName)
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return os.OpenFile(path, os.O_RDWR|unix.O_NOFOLLOW, 0o600)
	}
	if err != nil {
		return nil, err
	}
	if err := giveAway(dir, file); err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// SetPanic writes or removes the mark that the gate stays open until resumed.
func SetPanic(dir string, on bool) error {
	path := filepath.Join(dir, panicName)
	if !on {
		err := os.Remove(path)
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("state directory: %w", err)
		}
		return syncDir(dir)
	}
	return replace(dir, panicName, []byte("open until resumed\n"))
}

// Panicking tells whether the gate is to stay open.
func Panicking(dir string) bool {
	_, err := os.Lstat(filepath.Join(dir, panicName))
	return err == nil
}

// replace writes a file beside the old one and puts it in its place.
func replace(dir, name string, data []byte) error {
	file, err := os.CreateTemp(dir, name+".*")
	if err != nil {
		return fmt.Errorf("state directory: %w", err)
	}
	_, err = file.Write(data)
	if err == nil {
		err = giveAway(dir, file)
	}
	if err == nil {
		err = file.Sync()
	}
	err = errors.Join(err, file.Close())
	if err == nil {
		err = os.Rename(file.Name(), filepath.Join(dir, name))
	}
	if err != nil {
		os.Remove(file.Name())
		return fmt.Errorf("state directory: %w", err)
	}
	return syncDir(dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("state directory: %w", err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("state directory: %w", err)
	}
	return nil
}

// giveAway hands a file that root made to the owner of the directory, who must be able to replace it.
func giveAway(dir string, file *os.File) error {
	if os.Geteuid() != 0 {
		return nil
	}
	info, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("state directory: %w", err)
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok || owner.Uid == 0 {
		return nil
	}
	if err := file.Chown(int(owner.Uid), int(owner.Gid)); err != nil {
		return fmt.Errorf("state directory: %w", err)
	}
	return nil
}

// HandOver gives files that root made in somebody else's state directory to its owner: a daemon that root tries by
// hand must not lock out the one that runs as its own user. It does nothing in all other cases.
func HandOver(dir string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("state directory: %w", err)
	}
	for _, entry := range entries {
		if entry.Type().IsRegular() {
			err = errors.Join(err, handOver(dir, filepath.Join(dir, entry.Name())))
		}
	}
	return err
}

func handOver(dir, path string) error {
	file, err := os.OpenFile(path, os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if errors.Is(err, os.ErrNotExist) {
		return nil // replaced just now
	}
	if err != nil {
		return fmt.Errorf("state directory: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("state directory: %w", err)
	}
	// A second name would mean that it is a file from elsewhere, which somebody wants to be given.
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || stat.Uid != 0 || stat.Nlink != 1 || !info.Mode().IsRegular() {
		return nil
	}
	return giveAway(dir, file)
}
