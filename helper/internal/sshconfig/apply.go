package sshconfig

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrChanged means that a file is no longer what the plan was made from; nothing has been done.
var ErrChanged = errors.New("changed while this was being decided; nothing was done, try again")

// Apply does what the plan says: all of it, or on an error nothing.
func Apply(plan Plan) (err error) {
	if !plan.Changed() {
		return nil
	}
	if plan.makeFolder {
		err = os.Mkdir(plan.folder, 0o700)
		if errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("%s %w", plan.folder, ErrChanged)
		}
		if err != nil {
			return err
		}
		defer func() {
			if err != nil {
				_ = os.Remove(plan.folder)
			}
		}()
	}
	unlock, err := lockFolder(plan.folder)
	if err != nil {
		return err
	}
	defer unlock()
	for _, change := range plan.Changes {
		found, err := readOwn(change.Path)
		if err != nil {
			return err
		}
		if (found.bytes == nil) != (change.Before == nil) || !bytes.Equal(found.bytes, change.Before) {
			return fmt.Errorf("%s %w", change.Path, ErrChanged)
		}
	}
	for i, change := range plan.Changes {
		if err := change.do(); err != nil {
			return errors.Join(err, undo(plan.Changes[:i]))
		}
	}
	if plan.dropFolder {
		_ = os.Remove(plan.folder) // whoever has put something there since keeps it
	}
	return nil
}

func undo(done []Change) error {
	var failed error
	for i := len(done) - 1; i >= 0; i-- {
		c := done[i]
		back := Change{Path: c.Path, Before: c.After, After: c.Before, wasMode: c.mode, mode: c.wasMode, owner: c.owner}
		if err := back.do(); err != nil {
			failed = errors.Join(failed, fmt.Errorf("and it could not be taken back: %w", err))
		}
	}
	return failed
}

func (c Change) do() error {
	switch c.Action() {
	case "keep":
		return nil
	case "remove":
		return os.Remove(c.Path)
	}
	return replace(c)
}

// replace writes a new file beside the old one and puts it in its place, so that ssh never reads half of one.
func replace(c Change) (err error) {
	file, err := os.CreateTemp(filepath.Dir(c.Path), ".sallyport-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = file.Close()
			_ = os.Remove(file.Name())
		}
	}()
	if _, err := file.Write(c.After); err != nil {
		return err
	}
	if err := c.owner.keep(file); err != nil {
		return fmt.Errorf("%s belongs to another user, and that cannot be kept: %w", c.Path, err)
	}
	if err := file.Chmod(c.mode); err != nil { // after the owner: chown(2) may clear bits
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	return os.Rename(file.Name(), c.Path)
}
