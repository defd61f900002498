package main

import (
	"encoding/base32"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"sallyport/helper/internal/configedit"
	"sallyport/helper/internal/daemonconfig"
	"sallyport/helper/internal/rks1"
)

const userAddHelp = `Usage: sallyportd user add NAME --door DOOR [--replace] [flags] < SECRET

Lets one more person or device open a door with a rotating key. The secret, one line of base32, comes on standard
input; typed at a terminal, it is not shown. It is written to NAME-DOOR.key beside the config, a [[door.key]] block goes
into the config below the keys of the door, and the running daemon reads both. After an error everything is as it was.

  --door DOOR       required
  --period TIME     default 30s
  --steps N         default 5
  --protocols LIST  default tcp,udp
  --range LOW-HIGH  default 10000-49999
  --skew N          periods before and after the current one that are taken; default 1
  --replace         NAME has a key at this door: exchange it. The live grants of the old one end
` + configFlagHelp

type userAdd struct {
	config, door string
	replace      bool
	key          configedit.Key
	secret       []byte
}

func userAddCommand(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	u, err := parseUserAdd(args)
	if err != nil {
		return err
	}
	if os.Geteuid() != 0 {
		return errNeedsRoot
	}
	if u.secret, err = readOneSecret(stdin, stderr, u.key.User); err != nil {
		return usageError{fmt.Errorf("user add: %w", err)}
	}
	for _, warning := range u.key.Params.Warnings() {
		fmt.Fprintf(stdout, "warning: %s\n", warning)
	}
	message, err := u.run()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(stdout, message)
	return err
}

func parseUserAdd(args []string) (*userAdd, error) {
	u := &userAdd{key: configedit.Key{Params: rks1.Defaults()}}
	p := &u.key.Params
	flags := flag.NewFlagSet("user add", flag.ContinueOnError)
	flags.StringVar(&u.config, "config", daemonconfig.DefaultPath, "")
	flags.StringVar(&u.door, "door", "", "")
	period := flags.String("period", "30s", "")
	numberVar(flags, &p.Steps, "steps", p.Steps)
	protocols := flags.String("protocols", "tcp,udp", "")
	ports := flags.String("range", "10000-49999", "")
	numberVar(flags, &u.key.Skew, "skew", 1)
	flags.BoolVar(&u.replace, "replace", false, "")
	wrong := func(format string, args ...any) (*userAdd, error) {
		return nil, usageError{fmt.Errorf("user add: "+format, args...)}
	}
	var err error
	if u.key.User, err = parseOperand(flags, userAddHelp, args); err != nil {
		return nil, err
	}
	if u.key.User == "" {
		return wrong("the name is missing; see \"sallyportd user add --help\"")
	}
	if err := daemonconfig.CheckName(u.key.User); err != nil {
		return wrong("%w", err)
	}
	if u.door == "" {
		return wrong("--door is missing; \"sallyportd user list\" shows the doors")
	}
	if p.Period, err = parsePeriod(*period); err != nil {
		return wrong("--period: %w", err)
	}
	if p.Protocols, err = rks1.ParseProtocols(*protocols); err != nil {
		return wrong("--protocols: %w", err)
	}
	if p.Low, p.High, err = rks1.ParseRange(*ports); err != nil {
		return wrong("--range: %w", err)
	}
	if err := p.Check(); err != nil {
		return wrong("%w", err)
	}
	if u.key.Skew < 0 || u.key.Skew > daemonconfig.MaxSkew {
		return wrong("--skew %d: expected 0 to %d", u.key.Skew, daemonconfig.MaxSkew)
	}
	return u, nil
}

// parsePeriod reads 30s, 2m or a bare number of seconds.
func parsePeriod(text string) (int64, error) {
	if seconds, err := strconv.ParseInt(text, 10, 32); err == nil {
		return seconds, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d%time.Second != 0 {
		return 0, fmt.Errorf("%q is no whole number of seconds; expected one like 30s", text)
	}
	return int64(d / time.Second), nil
}

// run changes the files and has the daemon read them.
func (u *userAdd) run() (string, error) {
	c, err := openUserConfig(u.config)
	if err != nil {
		return "", err
	}
	defer c.Close()
	old, err := u.judge(c.cfg)
	if err != nil {
		return "", err
	}
	base, removed := c.text, configedit.Removed{}
	if old != nil {
		if removed, err = configedit.Remove(c.text, u.door, u.key.User); err != nil {
			return "", err
		}
		base = removed.Text
	}
	text := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(u.secret)
	if u.key.File, err = c.AddSecret(u.key.User, u.door, text); err != nil {
		return "", fmt.Errorf("nothing was changed: %w", err)
	}
	status, notRunning := c.daemon.status()
	after, loaded, err := u.putInForce(c, base)
	switch {
	case errors.Is(err, errNotBack):
		return "", err
	case err != nil:
		return "", errors.Join(fmt.Errorf("nothing was changed: %w", err), c.Drop(u.key.File))
	}
	done := fmt.Sprintf("added %s to door %q", u.key.User, u.door)
	ended := ""
	if old != nil {
		done = fmt.Sprintf("exchanged the key of %s at door %q", u.key.User, u.door)
		if !old.Holds(u.secret) {
			ended = "; " + c.endGrants(status, notRunning == nil, keyName{u.door, u.key.User})
		}
	}
	return fmt.Sprintf("%s: key file %s; %s%s%s", done, c.Path(u.key.File), loaded, ended, c.removeUnused(after, removed.Files)), nil
}

// putInForce puts the key into a config that has none of this user.
func (u *userAdd) putInForce(c *userConfig, base []byte) (after []byte, loaded string, err error) {
	if after, err = configedit.Add(base, u.door, u.key); err != nil {
		return nil, "", err
	}
	next, err := c.check(after)
	if err != nil {
		return nil, "", err
	}
	if loaded, err = c.putInForce(after); err != nil {
		return nil, "", err
	}
	for _, warning := range unitUserWarnings(next.Files) {
		loaded += "\nwarning: " + warning
	}
	return after, loaded, nil
}

// judge gives the key that is to be exchanged, nil for none, and refuses what cannot be.
func (u *userAdd) judge(cfg *daemonconfig.Config) (old *daemonconfig.Key, err error) {
	known := false
	for _, door := range cfg.Doors {
		known = known || door.Name == u.door
		for _, key := range door.Keys {
			switch {
			case door.Name == u.door && key.User == u.key.User:
				old = &key
			case key.Holds(u.secret):
				return nil, fmt.Errorf("this secret is used already, by %q at door %q; every key needs one of its own", key.User, door.Name)
			}
		}
	}
	switch {
	case !known:
		return nil, noDoor(cfg, u.door)
	case old != nil && !u.replace:
		return nil, fmt.Errorf("door %q already has a key of %q; --replace exchanges it, another name adds one", u.door, u.key.User)
	case old == nil && u.replace:
		return nil, fmt.Errorf("door %q has no key of %q that could be exchanged; without --replace it is added", u.door, u.key.User)
	}
	return old, nil
}
