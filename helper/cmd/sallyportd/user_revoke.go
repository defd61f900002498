package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"

	"sallyport/helper/internal/configedit"
	"sallyport/helper/internal/control"
	"sallyport/helper/internal/daemonconfig"
)

const userRevokeHelp = `Usage: sallyportd user revoke NAME [--door DOOR] [--force]

Takes the keys of a person or device out of all doors, or of one, removes the files of their secrets, and has the
running daemon read that, which ends the live grants of these keys at once. Connections that are open stay open.

  --door DOOR  only this door
  --force      also the last key of a door, which nobody can open any more then
` + configFlagHelp

func userRevokeCommand(args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("user revoke", flag.ContinueOnError)
	config := flags.String("config", daemonconfig.DefaultPath, "")
	door := flags.String("door", "", "")
	force := flags.Bool("force", false, "")
	user, err := parseOperand(flags, userRevokeHelp, args)
	if err != nil {
		return err
	}
	if user == "" {
		return usageError{errors.New("user revoke: the name is missing; \"sallyportd user list\" shows the names")}
	}
	if os.Geteuid() != 0 {
		return errNeedsRoot
	}
	message, err := userRevoke(*config, user, *door, *force)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(stdout, message)
	return err
}

func userRevoke(config, user, only string, force bool) (string, error) {
	c, err := openUserConfig(config)
	if err != nil {
		return "", err
	}
	defer c.Close()
	doors, err := doorsOf(c.cfg, user, only)
	if err != nil {
		return c.finishRevocation(user, only, err)
	}
	after, files := c.text, []string(nil)
	for _, door := range doors {
		removed, err := configedit.Remove(after, door, user)
		if err != nil {
			return "", err
		}
		if removed.Last && !force {
			return "", fmt.Errorf("%q has the last key of door %q, which nobody could open any more; add another one first, or: --force", user, door)
		}
		after, files = removed.Text, append(files, removed.Files...)
	}
	if _, err := c.check(after); err != nil {
		return "", fmt.Errorf("nothing was changed: %w", err)
	}
	status, notRunning := c.daemon.status()
	if err := c.Replace(after); err != nil {
		return "", fmt.Errorf("nothing was changed: %w", err)
	}
	left := c.removeUnused(after, files)
	loaded, err := c.daemon.reload()
	if err != nil {
		return "", fmt.Errorf("%s is out of the config, but the running daemon still lets %s in: %w; when that is mended: sallyportd reload%s", user, user, err, left)
	}
	return fmt.Sprintf("revoked %s at door %s; %s; %s%s", user, quoteAll(doors), loaded, c.endGrants(status, notRunning == nil, keysAt(doors, user)...), left), nil
}

// finishRevocation does what is left of one that was ended between the config and the daemon, which lets the user in as
// before. missing is said where nothing is left to do.
func (c *userConfig) finishRevocation(user, only string, missing error) (string, error) {
	status, err := c.daemon.status()
	switch {
	case errors.Is(err, control.ErrNotRunning), errors.Is(err, errOtherConfig):
		return "", missing
	case err != nil:
		return "", fmt.Errorf("%w; whether the running daemon still lets %s in is not known: %w", missing, user, err)
	}
	var doors []string
	for _, door := range status.Doors {
		if (only == "" || door.Name == only) && slices.Contains(door.Users, user) {
			doors = append(doors, door.Name)
		}
	}
	if len(doors) == 0 {
		return "", missing
	}
	loaded, err := c.daemon.reload()
	if err != nil {
		return "", fmt.Errorf("%s is out of the config, but the running daemon still lets %s in: %w; when that is mended: sallyportd reload", user, user, err)
	}
	return fmt.Sprintf("%s was out of the config, and the running daemon still let %s in at door %s; %s; %s",
		user, user, quoteAll(doors), loaded, c.endGrants(status, true, keysAt(doors, user)...)), nil
}

func keysAt(doors []string, user string) []keyName {
	keys := make([]keyName, len(doors))
	for i, door := range doors {
		keys[i] = keyName{door, user}
	}
	return keys
}

// doorsOf lists the doors that a user has a key of.
func doorsOf(cfg *daemonconfig.Config, user, only string) ([]string, error) {
	var doors []string
	known := only == ""
	for _, door := range cfg.Doors {
		if only != "" && door.Name != only {
			continue
		}
		known = true
		if slices.ContainsFunc(door.Keys, func(k daemonconfig.Key) bool { return k.User == user }) {
			doors = append(doors, door.Name)
		}
	}
	switch {
	case !known:
		return nil, noDoor(cfg, only)
	case len(doors) == 0 && only != "":
		return nil, fmt.Errorf("door %q has no key of %q; \"sallyportd user list\" shows who has one", only, user)
	case len(doors) == 0:
		return nil, fmt.Errorf("no door has a key of %q; \"sallyportd user list\" shows who has one", user)
	}
	return doors, nil
}
