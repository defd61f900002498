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
	"time"

	"sallyport/helper/internal/counted"
	"sallyport/helper/internal/daemon"
	"sallyport/helper/internal/daemonconfig"
	"sallyport/helper/internal/eventlog"
)

const runHelp = `Usage: sallyportd run [--config FILE] [--trial] [--log-format F]

Closes the gate, listens for knocks and serves until SIGTERM or SIGINT. Logs to standard error, one line per
event. Needs the capabilities NET_ADMIN and NET_RAW, or root.

  --config FILE  default ` + daemonconfig.DefaultPath + `
  --trial        the gate vanishes with this process, until "sallyportd confirm" makes it last
`

const checkHelp = `Usage: sallyportd check [--config FILE]

Reads the config and its secrets as run would, prints warnings, and says what is wrong with file and line.

  --config FILE  default ` + daemonconfig.DefaultPath + `
`

// wallClock is the time of day.
var wallClock = time.Now

func runCommand(args []string, stderr io.Writer) error {
	flags := flag.NewFlagSet("run", flag.ContinueOnError)
	path := flags.String("config", daemonconfig.DefaultPath, "")
	trial := flags.Bool("trial", false, "")
	format := flags.String("log-format", "", "")
	knockd := addKnockdFlags(flags, true)
	if err := parseFlags(flags, runHelp+logFormatHelp+knockdRunHelp, args); err != nil {
		return err
	}
	log, err := openLog(*format, stderr)
	if err != nil {
		return err
	}
	outliveReaders()
	if chosen, err := knockd.chosen(flags); err != nil {
		return err
	} else if chosen {
		return knockd.run(log)
	}
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	beSmall()
	cfg, err := loadConfig(*path)
	if err != nil {
		return err
	}
	for _, warning := range cfg.Warnings {
		log.Event(eventlog.Warning, "config", eventlog.F("warning", warning))
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	err = daemon.Run(ctx, daemon.Options{
		Config: cfg, ConfigPath: *path, Trial: *trial, Version: version, Log: log, Hangup: hangup, Wall: wallClock,
		Load: func() (*daemonconfig.Config, error) { return daemonconfig.Load(*path) },
	})
	if err == nil {
		log.Event(eventlog.Notice, "stopped")
	}
	return err
}

func checkCommand(args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("check", flag.ContinueOnError)
	path := flags.String("config", daemonconfig.DefaultPath, "")
	knockd := addKnockdFlags(flags, false)
	if err := parseFlags(flags, checkHelp+knockdCheckHelp, args); err != nil {
		return err
	}
	if chosen, err := knockd.chosen(flags); err != nil {
		return err
	} else if chosen {
		return knockd.check(stdout)
	}
	cfg, err := loadConfig(*path)
	if err != nil {
		return err
	}
	for _, warning := range slices.Concat(cfg.Warnings, unitUserWarnings(cfg.Files)) {
		fmt.Fprintf(stdout, "warning: %s\n", warning)
	}
	keys := 0
	for _, door := range cfg.Doors {
		keys += len(door.Keys)
	}
	_, err = fmt.Fprintf(stdout, "%s is good: %s, %s\n", *path, counted.Of(len(cfg.Doors), "door"), counted.Of(keys, "key"))
	return err
}

// loadConfig says on a line of its own what is wrong; the problems follow.
func loadConfig(path string) (*daemonconfig.Config, error) {
	cfg, err := daemonconfig.Load(path)
	return cfg, asProblems(err)
}

// asProblems gives what a config has wrong a line above it.
func asProblems(err error) error {
	var problems daemonconfig.Problems
	if errors.As(err, &problems) {
		return usageError{fmt.Errorf("the config has %s\n%w", counted.Of(len(problems), "problem"), err)}
	}
	if err != nil {
		return usageError{err}
	}
	return nil
}
