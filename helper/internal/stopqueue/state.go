package stopqueue

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

const (
	fileName     = "stop-commands.json"
	fileVersion  = 1
	maxStateFile = 64 << 20
)

// owedStop is a stop command that must still be run.
type owedStop struct {
	Door    string        `json:"door"`
	Source  string        `json:"source"`
	Command string        `json:"command"`
	Due     time.Time     `json:"due"`
	After   time.Duration `json:"after"` // nanoseconds
	phase   Phase
}

type document struct {
	Version int        `json:"version"`
	Stops   []owedStop `json:"stops"`
}

// stateFile is written whole, beside the old one, and put in its place.
type stateFile struct {
	path string
	mu   sync.Mutex
}

// preparedPath makes the directory and refuses one that others can write to: what is in the file is run.
func preparedPath(dir string) (string, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("state directory: %w", err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return "", fmt.Errorf("state directory: %w", err)
	}
	return filepath.Join(dir, fileName), trusted(dir, info)
}

func trusted(path string, info os.FileInfo) error {
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok || int(owner.Uid) != os.Geteuid() {
		return fmt.Errorf("%s belongs to somebody else; expected it to belong to the daemon's user, because commands are run from it", path)
	}
	if info.Mode()&0o022 != 0 {
		return fmt.Errorf("others can write to %s (mode %04o); expected only its owner to, because commands are run from it: chmod go-w %s",
			path, info.Mode().Perm(), path)
	}
	return nil
}

func (f *stateFile) read() ([]owedStop, error) {
	file, err := os.OpenFile(f.path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("stop commands: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("stop commands: %w", err)
	}
	if err := trusted(f.path, info); err != nil {
		return nil, err
	}
	var d document
	data, err := io.ReadAll(io.LimitReader(file, maxStateFile))
	if err == nil {
		err = json.Unmarshal(data, &d)
	}
	if err == nil && d.Version != fileVersion {
		err = fmt.Errorf("version %d; expected %d", d.Version, fileVersion)
	}
	if err != nil {
		return nil, fmt.Errorf("%s holds the stop commands that are owed and cannot be read: %w; run by hand what closes the doors, then remove it", f.path, err)
	}
	return d.Stops, nil
}

// save writes what is owed now; of several that wait here, each writes the newest state.
func (q *Queue) save() {
	q.file.mu.Lock()
	defer q.file.mu.Unlock()
	q.mu.Lock()
	d := document{Version: fileVersion, Stops: make([]owedStop, 0, len(q.owed))}
	for _, stop := range q.owed {
		d.Stops = append(d.Stops, *stop)
	}
	q.mu.Unlock()
	if err := q.file.write(d); err != nil {
		q.o.Report(Report{Phase: Saved, Done: true, Err: fmt.Errorf("stop commands: %w", err)})
	}
}

func (f *stateFile) write(d document) error {
	data, err := json.Marshal(d)
	if err != nil {
		return err
	}
	temporary := f.path + ".new"
	file, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	err = errors.Join(err, file.Close())
	if err == nil {
		err = os.Rename(temporary, f.path)
	}
	if err != nil {
		os.Remove(temporary)
	}
	return err
}
