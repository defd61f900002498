// Package configdir changes the files in the directory of sallyportd.toml: the config itself in one step, and secrets
// beside it, which are made new and never written over. One process works at a time. Nothing outside of the directory is
// touched, whatever a link or a name in the config says, and after an error everything is as it was.
package configdir

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"sallyport/helper/internal/daemonconfig"
)

const (
	secretMode = 0o640
	// patience is for how long another process may take with the directory.
	patience, lookAgain = 5 * time.Second, 50 * time.Millisecond
	maxConfig           = 4 << 20
	// maxNames bounds the tries to find a name for a secret that no file has.
	maxNames = 100
)

// Dir is a config's directory while this process alone may change it.
type Dir struct {
	path string // without links
	name string // of the config
	lock *os.File
}

// Open waits for its turn. A config that is a link to elsewhere is refused.
func Open(config string) (*Dir, error) {
	real, err := filepath.EvalSymlinks(config)
	if err != nil {
		return nil, fmt.Errorf("read the config: %w", err)
	}
	path, err := filepath.EvalSymlinks(filepath.Dir(config))
	if err == nil {
		path, err = filepath.Abs(path)
	}
	if err == nil {
		real, err = filepath.Abs(real)
	}
	if err != nil {
		return nil, fmt.Errorf("read the config: %w", err)
	}
	if filepath.Dir(real) != path {
		return nil, fmt.Errorf("%s is a link to %s, outside of its directory, where the secrets beside it would not be found; give the file itself: --config %s",
			config, real, real)
	}
	lock, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("config directory: %w", err)
	}
	if err := wait(lock); err != nil {
		lock.Close()
		return nil, fmt.Errorf("config directory: %w", err)
	}
	return &Dir{path, filepath.Base(real), lock}, nil
}

func wait(lock *os.File) error {
	for end := time.Now().Add(patience); ; time.Sleep(lookAgain) {
		err := unix.Flock(int(lock.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if !errors.Is(err, unix.EWOULDBLOCK) && !errors.Is(err, unix.EINTR) {
			return err
		}
		if time.Now().After(end) {
			return fmt.Errorf("another command is changing %s; try again when it is done", lock.Name())
		}
	}
}

// Close lets others work.
func (d *Dir) Close() { d.lock.Close() }

// Path names a file of the directory.
func (d *Dir) Path(name string) string { return filepath.Join(d.path, name) }

// Config is the path of the config.
func (d *Dir) Config() string { return d.Path(d.name) }

// Read gives the config as it is now.
func (d *Dir) Read() ([]byte, os.FileInfo, error) {
	data, info, err := daemonconfig.ReadFile(d.Config(), maxConfig)
	if err != nil {
		err = fmt.Errorf("read the config: %w", err)
	}
	return data, info, err
}

// AddSecret writes a new file that the daemon can read and others cannot, named after user and door, and gives its
// name. The text gets a line break.
func (d *Dir) AddSecret(user, door, text string) (name string, err error) {
	owner, err := d.owner()
	if err != nil {
		return "", err
	}
	for n := 1; n <= maxNames; n++ {
		name = user + "-" + door + ".key"
		if n > 1 {
			name = fmt.Sprintf("%s-%s-%d.key", user, door, n)
		}
		var file *os.File
		file, err = os.OpenFile(d.Path(name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, os.ErrExist) {
			continue
		}
		if err != nil {
			break
		}
		if err = fill(file, []byte(text+"\n"), secretMode, owner); err == nil {
			err = d.sync()
		}
		if err != nil {
			os.Remove(file.Name())
			break
		}
		return name, nil
	}
	return "", fmt.Errorf("write the secret: %w", err)
}

// Drop takes a secret back that AddSecret has written.
func (d *Dir) Drop(name string) error { return os.Remove(d.Path(name)) }

// RemoveSecret removes a file that the config named. One that lies elsewhere, or is no file, stays: the error says why.
func (d *Dir) RemoveSecret(named string) (path string, err error) {
	path = named
	if !filepath.IsAbs(path) {
		path = d.Path(named)
	}
	path = filepath.Clean(path)
	dir, err := filepath.EvalSymlinks(filepath.Dir(path))
	if err != nil {
		return path, err
	}
	info, err := os.Lstat(path)
	switch {
	case err != nil:
		return path, err
	case dir != d.path:
		return path, errors.New("it is not in the config's directory")
	case !info.Mode().IsRegular():
		return path, errors.New("it is not a regular file")
	}
	return path, os.Remove(path)
}

// Replace puts another text in the config's place, for the same owner, group and others. A crash leaves one or the other.
func (d *Dir) Replace(data []byte) error {
	info, err := os.Lstat(d.Config())
	if err != nil {
		return fmt.Errorf("replace the config: %w", err)
	}
	next := d.Path("." + d.name + ".new")
	if err := os.Remove(next); err != nil && !errors.Is(err, os.ErrNotExist) { // of a process that was killed
		return fmt.Errorf("replace the config: %w", err)
	}
	file, err := os.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("replace the config: %w", err)
	}
	err = fill(file, data, info.Mode().Perm(), ownerOf(info))
	if err == nil {
		err = os.Rename(next, d.Config())
	}
	if err != nil {
		os.Remove(next)
		return fmt.Errorf("replace the config: %w", err)
	}
	_ = d.sync() // it is done; only a crash right now could still undo it
	return nil
}

type owner struct{ user, group int }

func ownerOf(info os.FileInfo) owner {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return owner{-1, -1} // as it comes
	}
	return owner{int(stat.Uid), int(stat.Gid)}
}

// owner is whose secrets are: the config's owner, and the group that the directory lets in, or else the config's.
func (d *Dir) owner() (owner, error) {
	config, err := os.Lstat(d.Config())
	if err != nil {
		return owner{}, fmt.Errorf("config directory: %w", err)
	}
	dir, err := d.lock.Stat()
	if err != nil {
		return owner{}, fmt.Errorf("config directory: %w", err)
	}
	o := ownerOf(config)
	if group := ownerOf(dir).group; group > 0 {
		o.group = group
	}
	return o, nil
}

// fill writes a new file whole, on the disk, and closes it.
func fill(file *os.File, data []byte, mode os.FileMode, to owner) error {
	_, err := file.Write(data)
	if err == nil {
		err = file.Chown(to.user, to.group)
	}
	if err == nil {
		err = file.Chmod(mode)
	}
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

func (d *Dir) sync() error { return d.lock.Sync() }
