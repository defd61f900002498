package sshconfig

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Change is one file to be written or, where After is nil, deleted. Before is nil where there is none.
type Change struct {
	Path          string
	Before, After []byte
	wasMode, mode fs.FileMode
	owner         owner
}

// Action names a change: create, change, remove or keep.
func (c Change) Action() string {
	switch {
	case c.Before == nil && c.After == nil, c.Before != nil && bytes.Equal(c.Before, c.After) && c.wasMode == c.mode && c.After != nil:
		return "keep"
	case c.Before == nil:
		return "create"
	case c.After == nil:
		return "remove"
	}
	return "change"
}

// Diff shows the change in the unified form; the lines are those of the files, whatever they hold.
func (c Change) Diff() string {
	text := diff(c.Path, c.Before, c.After)
	if c.Before != nil && c.After != nil && c.wasMode != c.mode {
		text += fmt.Sprintf("mode %04o, will be %04o\n", c.wasMode, c.mode)
	}
	return text
}

// Plan is what Apply will do, in its order, and what a person should know before.
type Plan struct {
	Changes []Change
	Notes   []string
	Text    string // our own file as Install would have it
	Config  Change // the one of Changes that is about ~/.ssh/config, or where that leads
	Backup  string // path of the copy of config that is kept; empty when there is none

	folder                 string
	makeFolder, dropFolder bool
}

// Changed says whether there is anything to do.
func (p Plan) Changed() bool {
	for _, change := range p.Changes {
		if change.Action() != "keep" {
			return true
		}
	}
	return false
}

// PlanInstall looks at the ssh folder of home and says what has to change so that ssh reads blocks.
func PlanInstall(home string, blocks Blocks) (Plan, error) {
	at, err := look(home)
	if err != nil {
		return Plan{}, err
	}
	r := at.record
	config := change(at.config, at.config.bytes)
	backup := change(at.backup, at.backup.bytes)
	if at.own.bytes == nil {
		r.madeFolder = !at.folderThere
	}
	if !includes(at.config.bytes, at.own.path) {
		r.addedLine = true
		r.madeConfig = r.madeConfig || at.config.bytes == nil
		config.After = withInclude(at.config.bytes)
		if at.config.bytes != nil {
			if at.backup.bytes != nil && !r.madeBackup && !bytes.Equal(at.backup.bytes, at.config.bytes) {
				return Plan{}, fmt.Errorf("%s is there already, and sallyport did not make it; move it away", at.backup.path)
			}
			r.madeBackup = r.madeBackup || at.backup.bytes == nil
			backup.After, backup.mode, backup.owner = at.config.bytes, at.config.mode, at.config.owner
		}
	}
	own := change(at.own, []byte(r.head()+blocks.Text))
	own.mode = 0o600
	plan := Plan{
		Changes: []Change{own, backup, config}, // config last: it brings the others into force
		Text:    string(own.After),
		Config:  config,
		Notes:   conflicts(config.Path, config.After, blocks.Aliases),
		folder:  at.folder, makeFolder: !at.folderThere,
	}
	if backup.After != nil {
		plan.Backup = backup.Path
	}
	return plan, nil
}

// PlanRemove says what has to change so that nothing of ours is left.
func PlanRemove(home string) (Plan, error) {
	at, err := look(home)
	if err != nil {
		return Plan{}, err
	}
	plan := Plan{folder: at.folder}
	config, backup, own := change(at.config, at.config.bytes), change(at.backup, at.backup.bytes), change(at.own, nil)
	text, found := withoutInclude(at.config.bytes)
	switch {
	case at.record.addedLine && found:
		config.After = text
		if len(text) == 0 && at.record.madeConfig {
			config.After = nil
		}
	case found:
		plan.Notes = append(plan.Notes, fmt.Sprintf("%s has %q, which sallyport has no record of adding; it is left there",
			at.config.path, includeLine))
	case at.record.addedLine:
		plan.Notes = append(plan.Notes, fmt.Sprintf("the line %q is no longer in %s", includeLine, at.config.path))
	}
	if at.record.madeBackup {
		backup.After = nil
	}
	plan.Config = config
	plan.Changes = []Change{config, backup, own} // own last: it holds the record of the others
	plan.dropFolder = at.record.madeFolder
	return plan, nil
}

// place is the ssh folder as it was found.
type place struct {
	folder              string
	folderThere         bool
	own, config, backup content
	record              record
}

func look(home string) (place, error) {
	at := place{folder: filepath.Join(home, ".ssh")}
	info, err := os.Stat(at.folder)
	switch {
	case err == nil && !info.IsDir():
		return at, fmt.Errorf("%s is not a folder", at.folder)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return at, err
	}
	at.folderThere = err == nil
	if at.own, err = readOwn(filepath.Join(at.folder, fileName)); err != nil {
		return at, err
	}
	if at.config, err = readFollowed(filepath.Join(at.folder, "config")); err != nil {
		return at, err
	}
	if at.backup, err = readOwn(filepath.Join(at.folder, "config.sallyport-backup")); err != nil {
		return at, err
	}
	if at.own.bytes == nil {
		return at, nil
	}
	if at.record, err = parseRecord(at.own.bytes); err != nil {
		return at, fmt.Errorf("%s %w", at.own.path, err)
	}
	return at, nil
}

func change(found content, after []byte) Change {
	return Change{Path: found.path, Before: found.bytes, After: after, wasMode: found.mode, mode: found.mode, owner: found.owner}
}
