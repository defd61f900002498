package sshconfig

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// largest is far above any configuration written by people or their tools.
const largest = 4 << 20

// content is a file as it was found. Bytes is nil, and not only empty, when there is none.
type content struct {
	path  string // links followed
	bytes []byte
	mode  fs.FileMode
	owner owner
}

// readFollowed reads the file at path, or what the symbolic link there leads to.
func readFollowed(path string) (content, error) {
	target, err := filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Lstat(path); err == nil {
			return content{}, fmt.Errorf("%s is a symbolic link that leads nowhere", path)
		}
		return content{path: path, mode: 0o600}, nil
	}
	if err != nil {
		return content{}, err
	}
	return readOwn(target)
}

// readOwn is readFollowed for a path that may not be a link.
func readOwn(path string) (content, error) {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return content{path: path, mode: 0o600}, nil
	}
	if err != nil {
		return content{}, err
	}
	if !info.Mode().IsRegular() {
		return content{}, fmt.Errorf("%s is not a regular file", path)
	}
	if info.Size() > largest {
		return content{}, fmt.Errorf("%s is longer than %d MiB", path, largest>>20)
	}
	file, err := os.Open(path)
	if err != nil {
		return content{}, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, largest+1))
	if err != nil {
		return content{}, err
	}
	if text == nil {
		text = []byte{}
	}
	return content{path: path, bytes: text, mode: modeOf(info), owner: ownerOf(info)}, nil
}
