package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"sallyport/helper/internal/counted"
	"sallyport/helper/internal/eventlog"
	"sallyport/helper/internal/knockdaemon"
)

const knockdRunHelp = `
With --knockd-conf it serves a configuration that was written for knockd, by knockd's rules, instead: its commands
are run by /bin/sh as the user of this process, SIGHUP reads it again, and no gate is touched.

  --knockd-conf FILE  such as /etc/knockd.conf
  --state-dir DIR     where stop commands that are owed are kept; default: a directory of this file's own below
                      /var/lib/sallyport-knockd
`

const knockdCheckHelp = `  --knockd-conf FILE  check a configuration of knockd instead
`

// knockdFlags are the flags of run and check that choose knockd's configuration.
type knockdFlags struct{ conf, stateDir string }

func addKnockdFlags(flags *flag.FlagSet, withState bool) *knockdFlags {
	k := &knockdFlags{}
	flags.StringVar(&k.conf, "knockd-conf", "", "")
	if withState {
		flags.StringVar(&k.stateDir, "state-dir", "", "")
	}
	return k
}

// chosen tells whether knockd's configuration is wanted; other flags that do not go with it are refused.
func (k *knockdFlags) chosen(flags *flag.FlagSet) (bool, error) {
	if k.conf == "" {
		if k.stateDir != "" {
			return false, usageError{fmt.Errorf("%s: --state-dir goes with --knockd-conf only; state_dir in the config is for the rest", flags.Name())}
		}
		return false, nil
	}
	var err error
	flags.Visit(func(f *flag.Flag) {
		if !slices.Contains([]string{"knockd-conf", "state-dir", "log-format", "json"}, f.Name) {
			err = usageError{fmt.Errorf("%s: --%s does not go with --knockd-conf; give one of them", flags.Name(), f.Name)}
		}
	})
	return true, err
}

// dir is the state directory.
func (k *knockdFlags) dir() string {
	if k.stateDir != "" {
		return k.stateDir
	}
	return knockdaemon.StateDir(k.conf)
}

func (k *knockdFlags) run(log eventlog.Log) error {
	// Before anything else, so that an early SIGHUP does not end the process.
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	beSmall()
	dir := k.dir()
	config, err := loadKnockd(k.conf)
	if err != nil {
		if _, missing := os.Stat(dir); missing == nil {
			err = errors.Join(err, knockdaemon.RunOwed(knockdaemon.Options{StateDir: dir, Log: log, Output: os.Stderr}))
		}
		return err
	}
	for _, warning := range config.Warnings {
		log.Event(eventlog.Warning, "config", eventlog.F("warning", warning))
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	err = knockdaemon.Run(ctx, knockdaemon.Options{
		Config: config, Path: k.conf, StateDir: dir, Version: version, Log: log, Reload: hangup, Output: os.Stderr,
	})
	if err == nil {
		log.Event(eventlog.Notice, "stopped")
	}
	return err
}

func (k *knockdFlags) check(stdout io.Writer) error {
	config, err := loadKnockd(k.conf)
	if err != nil {
		return err
	}
	for _, warning := range config.Warnings {
		fmt.Fprintf(stdout, "warning: %s\n", warning)
	}
	_, err = fmt.Fprintf(stdout, "%s is good: %s, knockd's rules\n", k.conf, counted.Of(len(config.Doors), "door"))
	return err
}

func loadKnockd(path string) (*knockdaemon.Config, error) {
	config, err := knockdaemon.Load(path)
	return config, asProblems(err)
}
