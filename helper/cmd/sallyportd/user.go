package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sallyport/helper/internal/configdir"
	"sallyport/helper/internal/configedit"
	"sallyport/helper/internal/counted"
	"sallyport/helper/internal/daemon"
	"sallyport/helper/internal/daemonconfig"
)

const userHelp = `Usage: sallyportd user add NAME --door DOOR    (the secret comes on standard input)
       sallyportd user revoke NAME [--door DOOR]
       sallyportd user list

Adds, takes out and lists the people and devices that may knock. "sallyportd user add --help" says more.
`

// errOnTrial: an installer that takes its trial back restores the old config, and with it whoever was revoked meanwhile.
var errOnTrial = errors.New("the daemon is on trial, and the end of an unconfirmed one takes back every change; confirm or end it first")

var errNeedsRoot = errors.New("only root may do this (try sudo)")

func userCommand(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	if len(args) == 0 {
		return usageError{errors.New("user: expected add, revoke or list; see \"sallyportd user --help\"")}
	}
	switch args[0] {
	case "add":
		return userAddCommand(args[1:], stdin, stdout, stderr)
	case "revoke":
		return userRevokeCommand(args[1:], stdout)
	case "list":
		return userListCommand(args[1:], stdout, stderr)
	case "help", "-h", "-help", "--help":
		return helpWanted(userHelp)
	}
	return usageError{fmt.Errorf("user: unknown command %q; expected add, revoke or list", args[0])}
}

// userConfig is a config that a command changes, and nobody else meanwhile.
type userConfig struct {
	*configdir.Dir
	text   []byte
	mode   os.FileMode
	cfg    *daemonconfig.Config
	daemon daemonOf
}

// openUserConfig is for root. The config must be good before it is changed.
func openUserConfig(path string) (*userConfig, error) {
	dir, err := configdir.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		err = usageError{err}
	}
	if err != nil {
		return nil, err
	}
	c := &userConfig{Dir: dir}
	if err := c.read(); err != nil {
		dir.Close()
		return nil, err
	}
	c.daemon = daemonOf{dir.Config(), c.cfg.StateDir}
	if status, err := c.daemon.status(); err == nil && status.Gate.Trial {
		dir.Close()
		return nil, errOnTrial
	}
	return c, nil
}

func (c *userConfig) read() error {
	text, info, err := c.Dir.Read()
	if err != nil {
		return usageError{err}
	}
	c.text, c.mode = text, info.Mode()
	c.cfg, err = daemonconfig.Check(c.Config(), text, c.mode)
	return asProblems(err)
}

// check reads what is to be the config as the daemon will.
func (c *userConfig) check(text []byte) (*daemonconfig.Config, error) {
	next, err := daemonconfig.Check(c.Config(), text, c.mode)
	if err != nil {
		return nil, fmt.Errorf("the config would not be good any more: %w", err)
	}
	return next, nil
}

// errNotBack means that a change is in the files although it failed.
var errNotBack = errors.New("the config of before could not be put back, so that the change is in it now")

// putInForce replaces the config and has the daemon read it. When that fails, the config is as it was.
func (c *userConfig) putInForce(text []byte) (string, error) {
	if err := c.Replace(text); err != nil {
		return "", err
	}
	loaded, err := c.daemon.reload()
	if err == nil {
		return loaded, nil
	}
	if back := c.Replace(c.text); back != nil {
		return "", fmt.Errorf("%w; %w: %w", err, errNotBack, back)
	}
	_, _ = c.daemon.reload() // it may have read the new one before it failed
	return "", err
}

// endGrants ends what keys let in that are gone, and says so. before is what the daemon knew.
func (c *userConfig) endGrants(before daemon.Status, running bool, keys ...keyName) string {
	ended, err := live(before.Grants, keys...), error(nil)
	if !running && !c.cfg.NoGate {
		ended, err = c.daemon.endGrants(keys...)
	}
	switch {
	case err != nil:
		return fmt.Sprintf("what they opened stays until it ends by itself: %v", err)
	case ended == 0:
		return "nothing was open for them"
	}
	return fmt.Sprintf("%s ended; connections that are open stay open", counted.Of(ended, "live grant"))
}

// removeUnused removes the files of secrets that no key names any more, and says which ones stay.
func (c *userConfig) removeUnused(config []byte, files []string) string {
	named, err := configedit.Files(config)
	if err != nil {
		return "" // cannot be: it was checked
	}
	var said strings.Builder
	for _, file := range files {
		if slices.ContainsFunc(named, func(other string) bool { return filepath.Clean(other) == filepath.Clean(file) }) {
			continue
		}
		if path, err := c.RemoveSecret(file); err != nil && !errors.Is(err, os.ErrNotExist) {
			fmt.Fprintf(&said, "\n%s holds the old secret and was left: %v", path, err)
		}
	}
	return said.String()
}

// noDoor says which doors there are.
func noDoor(cfg *daemonconfig.Config, name string) error {
	var names []string
	for _, door := range cfg.Doors {
		names = append(names, door.Name)
	}
	return fmt.Errorf("there is no door %q; there is %s", name, quoteAll(names))
}

func quoteAll(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = fmt.Sprintf("%q", name)
	}
	return strings.Join(quoted, ", ")
}
