package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"sallyport/helper/internal/control"
	"sallyport/helper/internal/daemon"
	"sallyport/helper/internal/daemonconfig"
	"sallyport/helper/internal/gate"
	"sallyport/helper/internal/statedir"
)

const configFlagHelp = `
  --config FILE  default ` + daemonconfig.DefaultPath + `
`

// operations are the commands that change something: root asks the running daemon.
var operations = map[string]string{
	"reload": `Usage: sallyportd reload [--config FILE]

Has the running daemon read its config again. Grants and knocks that are under way stay. With an error the old
config stays in force, and the error is printed with file and line. SIGHUP does the same.
`,
	"confirm": `Usage: sallyportd confirm [--force] [--config FILE]

Makes the gate of "run --trial" last. It is taken only when a knock has opened a door since the trial began.

  --force        take it without a knock
`,
	"panic": `Usage: sallyportd panic [--config FILE]

Opens every gated port to everybody, now and over restarts, until "sallyportd resume". Works without a running
daemon too.
`,
	"resume": `Usage: sallyportd resume [--config FILE]

Ends "sallyportd panic": the gate is closed but for grants. Without a daemon and without a panic nothing changes.
`,
	"reset-replay": `Usage: sallyportd reset-replay [--config FILE]

Forgets accepted codes that lie in the future, which keys refuse knocks for after a clock was set back. Codes that
were accepted there can be replayed when their time comes.
`,
}

func operateCommand(name string, args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	path := flags.String("config", daemonconfig.DefaultPath, "")
	force := new(bool)
	if name == "confirm" {
		force = flags.Bool("force", false, "")
	}
	if err := parseFlags(flags, operations[name]+configFlagHelp, args); err != nil {
		return err
	}
	var arguments []string
	if *force {
		arguments = []string{"force"}
	}
	withoutOne := name == "panic" || name == "resume"
	dir, err := stateDirOf(flags, *path)
	if err != nil && !withoutOne {
		return err
	}
	if err != nil {
		dir = daemonconfig.StateDirOf(*path)
	}
	var done daemon.Done
	err = control.Call(daemonconfig.ControlSocket(dir), name, &done, arguments...)
	if errors.Is(err, control.ErrNotRunning) && os.Geteuid() != 0 {
		return fmt.Errorf("%s: %w", name, errNeedsRoot)
	}
	if errors.Is(err, control.ErrNotRunning) && withoutOne {
		done.Message, err = withoutDaemon(name, *path, dir)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(stdout, done.Message)
	return err
}

// stateDirOf is how the daemon of a config is found. A config that a person names has to be there, or the answer would be
// that of another daemon.
func stateDirOf(flags *flag.FlagSet, path string) (string, error) {
	named := false
	flags.Visit(func(f *flag.Flag) { named = named || f.Name == "config" })
	if !named {
		return daemonconfig.StateDirOf(path), nil
	}
	file, err := os.Open(path)
	if errors.Is(err, os.ErrPermission) {
		err = fmt.Errorf("%w (try as root)", err)
	}
	if err != nil {
		return "", usageError{fmt.Errorf("read the config: %w", err)}
	}
	file.Close()
	return daemonconfig.StateDirOf(path), nil
}

// withoutDaemon does what panic and resume do when no daemon runs.
func withoutDaemon(name, path, dir string) (string, error) {
	if name == "panic" {
		// Where no daemon was ever, there may be a gate of the boot all the same. It opens also if this cannot be noted.
		_ = os.MkdirAll(dir, 0o700)
	}
	release, err := lockIdle(dir)
	if err != nil {
		return "", err
	}
	defer release()
	if name == "panic" {
		_, err := gate.Remove()
		if errors.Is(err, gate.ErrHeld) {
			return "", fmt.Errorf("%w; name the config that it runs with: sallyportd panic --config FILE", err)
		}
		if err != nil {
			return "", err
		}
		if err := statedir.SetPanic(dir, true); err != nil {
			return "", fmt.Errorf("every gated port is open to all now, but the next start will close the gate, because this could not be noted: %w", err)
		}
		return "no daemon runs; every gated port is open to all, also when one starts, until: sallyportd resume", nil
	}
	if !statedir.Panicking(dir) {
		// To close what nobody has opened, while nobody is there to hear a knock, would be a lock-out.
		return "no daemon runs and there is no panic to end: nothing was changed", nil
	}
	if err := statedir.SetPanic(dir, false); err != nil {
		return "", err
	}
	message, err := closeLastGood(path, dir)
	if err != nil {
		return "", err
	}
	return "no daemon runs, so nobody hears a knock; " + message, nil
}

// lockIdle makes sure that no daemon works with a state directory, and that none starts meanwhile.
func lockIdle(dir string) (release func(), err error) {
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		return func() {}, nil // no daemon was ever here
	}
	lock, err := statedir.Lock(dir)
	if errors.Is(err, statedir.ErrLocked) {
		return nil, fmt.Errorf("%w; stop it first: systemctl stop sallyportd", err)
	}
	if err != nil {
		return nil, err
	}
	return func() { lock.Close() }, nil
}

const cleanupHelp = `Usage: sallyportd cleanup [--config FILE]

Removes the gate, which opens every gated port to everybody. No daemon may be running.
` + configFlagHelp

func cleanupCommand(args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("cleanup", flag.ContinueOnError)
	path := flags.String("config", daemonconfig.DefaultPath, "")
	if err := parseFlags(flags, cleanupHelp, args); err != nil {
		return err
	}
	if os.Geteuid() != 0 {
		return fmt.Errorf("cleanup: %w", errNeedsRoot)
	}
	release, err := lockIdle(daemonconfig.StateDirOf(*path))
	if err != nil {
		return err
	}
	defer release()
	there, err := gate.Remove()
	if err != nil {
		return err
	}
	message := "the gate is removed: every port that it gated is open to all"
	if !there {
		message = "there is no gate"
	}
	_, err = fmt.Fprintln(stdout, message)
	return err
}

const gateHelp = `Usage: sallyportd gate --load-last-good [--config FILE]

Closes the gate as it was last good, without the daemon: for the boot, before the network is up. Grants that are
in the kernel stay.

  --load-last-good  required
` + configFlagHelp

func gateCommand(args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("gate", flag.ContinueOnError)
	path := flags.String("config", daemonconfig.DefaultPath, "")
	load := flags.Bool("load-last-good", false, "")
	if err := parseFlags(flags, gateHelp, args); err != nil {
		return err
	}
	if !*load {
		return usageError{errors.New("gate: --load-last-good is missing; see \"sallyportd gate --help\"")}
	}
	message, err := closeLastGood(*path, daemonconfig.StateDirOf(*path))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(stdout, message)
	return err
}

// closeLastGood closes what was closed last, and where that is not known, what the config says.
func closeLastGood(path, dir string) (string, error) {
	saved, err := statedir.LoadGate(dir)
	if err == nil {
		var message string
		if message, err = closeGate(dir, saved); err == nil {
			return message, nil
		}
	}
	cfg, configErr := daemonconfig.Load(path)
	if configErr != nil {
		return "", errors.Join(err, configErr)
	}
	return closeGate(dir, daemon.BootGate(cfg))
}

// closeGate leaves a table behind that belongs to nobody, until a daemon takes it over.
func closeGate(dir string, saved statedir.Gate) (string, error) {
	switch {
	case statedir.Panicking(dir):
		return "the gate stays open until: sallyportd resume", nil
	case saved.Open:
		return "the gate stays open until the daemon runs (on_exit = \"open\")", nil
	}
	g, _, err := gate.Open(gate.Config{Ports: saved.Ports, AlwaysAllow: saved.AlwaysAllow, Interfaces: saved.Interfaces},
		time.Now, func(gate.Grant) bool { return true })
	if errors.Is(err, gate.ErrHeld) {
		return "a running daemon keeps the gate", nil
	}
	if err != nil {
		return "", err
	}
	return "the gate is closed", g.Close(true)
}
