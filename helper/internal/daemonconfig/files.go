package daemonconfig

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

const maxSecretFile = 4 << 10

// ReadFile is for configs in other formats.
func ReadFile(path string, limit int64) ([]byte, os.FileInfo, error) { return readFile(path, limit) }

// readFile reads a regular file of at most limit bytes, and its mode from the same descriptor. It does not
// hang on a pipe.
func readFile(path string, limit int64) ([]byte, os.FileInfo, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, nil, fmt.Errorf("%s is not a regular file", path)
	}
	data, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err != nil {
		return nil, nil, err
	}
	if int64(len(data)) > limit {
		return nil, nil, fmt.Errorf("%s is larger than %d bytes", path, limit)
	}
	return data, info, nil
}

// OpenToAll tells of a config that everybody can change, or put another in the place of: whoever can, opens the doors and
// chooses what is run.
func OpenToAll(path string, mode os.FileMode) (problem Problem, open bool) {
	if mode&0o002 != 0 {
		return Problem{path, 1, fmt.Sprintf("everybody on this machine can write to this file (mode %04o), and with it open every door; expected that only its owner and group can: chmod o-w %s",
			mode.Perm(), path)}, true
	}
	dir := filepath.Dir(path)
	info, err := os.Stat(dir)
	if err != nil || info.Mode()&0o002 == 0 || info.Mode()&os.ModeSticky != 0 {
		return Problem{}, false
	}
	return Problem{path, 1, fmt.Sprintf("everybody on this machine can replace this file, because its directory is open to all (mode %04o); expected that only its owner and group can: chmod o-w %s",
		info.Mode().Perm(), dir)}, true
}

// File is one that the daemon has to read: the config, or a secret beside it.
type File struct {
	Path string
	Info os.FileInfo
}

// readSecretFile reads a secret that nobody but owner and group can touch; relative names are relative to the
// config's directory.
func (l *loader) readSecretFile(name string) (string, error) {
	text, err := l.readPrivateFile(name, maxSecretFile)
	return strings.TrimSpace(text), err
}

func (l *loader) readPrivateFile(name string, limit int64) (string, error) {
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(l.file), path)
	}
	data, info, err := readFile(path, limit)
	if err != nil {
		return "", fmt.Errorf("cannot be read: %w", err)
	}
	l.files = append(l.files, File{path, info})
	if info.Mode()&0o006 != 0 {
		return "", fmt.Errorf("everybody on this machine can read or write %s (mode %04o); expected no access for others: chmod o-rwx %s",
			path, info.Mode().Perm(), path)
	}
	return string(data), nil
}
