// Command sallyportd is Sallyport's server daemon: it keeps ports closed in the kernel and opens them for
// addresses that knock. `sallyportd help` lists its commands; docs/server.md is its manual.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

// Exit codes.
const (
	exitOK      = 0
	exitFailure = 1
	exitUsage   = 2
)

// version is set by the build.
var version = "0.1.0-dev"

const overview = `sallyportd keeps ports closed and opens them for addresses that knock.

Usage: sallyportd <command> [flags]

  run           serve until stopped
  check         read the config and say what is wrong with it
  status        ask the running daemon for doors and grants
  grants        list who is let in where
  derive        print the knock sequence of a moment
  import-knockd print a config that does what a knockd.conf does
  version       print the version

As root:

  reload        have the running daemon read its config again
  confirm       make the gate of "run --trial" last
  revoke        end every grant of an address
  panic         open every gated port to all, until resumed
  resume        end panic
  user          add, list and revoke the people who may knock
  reset-replay  forget accepted codes that lie in the future
  cleanup       remove the gate while no daemon runs
  gate          close the gate without the daemon, at boot

"sallyportd <command> --help" says more. Exit codes: 0 done, 1 failed, 2 usage or a bad config.
`

// usageError is a mistake in the command line or the config.
type usageError struct{ error }

func main() {
	os.Exit(execute(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func execute(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	commands := map[string]func([]string) error{
		"run":           func(args []string) error { return runCommand(args, stderr) },
		"check":         func(args []string) error { return checkCommand(args, stdout) },
		"status":        func(args []string) error { return statusCommand(args, stdout) },
		"grants":        func(args []string) error { return grantsCommand(args, stdout) },
		"revoke":        func(args []string) error { return revokeCommand(args, stdout) },
		"user":          func(args []string) error { return userCommand(args, stdin, stdout, stderr) },
		"import-knockd": func(args []string) error { return importKnockdCommand(args, stdin, stdout, stderr) },
		"cleanup":       func(args []string) error { return cleanupCommand(args, stdout) },
		"gate":          func(args []string) error { return gateCommand(args, stdout) },
		"derive":        func(args []string) error { return deriveCommand(args, stdin, stdout) },
		"version":       func(args []string) error { return versionCommand(args, stdout) },
	}
	for name := range operations {
		commands[name] = func(args []string) error { return operateCommand(name, args, stdout) }
	}
	if len(args) == 0 {
		fmt.Fprint(stderr, overview)
		return exitUsage
	}
	switch args[0] {
	case "help", "-h", "-help", "--help":
		if len(args) == 1 || commands[args[1]] == nil {
			fmt.Fprint(stdout, overview)
			return exitOK
		}
		args = []string{args[1], "--help"}
	case "-version", "--version":
		args = append([]string{"version"}, args[1:]...)
	}
	command, known := commands[args[0]]
	if !known {
		fmt.Fprintf(stderr, "sallyportd: unknown command %q; \"sallyportd help\" lists the commands\n", args[0])
		return exitUsage
	}
	err := command(args[1:])
	var help helpWanted
	var usage usageError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &help):
		fmt.Fprint(stdout, string(help))
		return exitOK
	case errors.As(err, &usage):
		fmt.Fprintf(stderr, "sallyportd: %v\n", err)
		return exitUsage
	}
	fmt.Fprintf(stderr, "sallyportd: %v\n", err)
	return exitFailure
}

const versionHelp = `Usage: sallyportd version

Prints the version. "sallyportd --version" does too.
`

func versionCommand(args []string, stdout io.Writer) error {
	if err := parseFlags(flag.NewFlagSet("version", flag.ContinueOnError), versionHelp, args); err != nil {
		return err
	}
	_, err := fmt.Fprintln(stdout, "sallyportd", version)
	return err
}

// helpWanted carries the text of --help.
type helpWanted string

func (helpWanted) Error() string { return "help" }

// parseFlags reads flags strictly: nothing may be left over.
func parseFlags(flags *flag.FlagSet, help string, args []string) error {
	operands, err := parseOperands(flags, help, args)
	if err == nil && len(operands) > 0 {
		err = unexpected(flags, operands[0])
	}
	return err
}

// parseOperand reads flags and the one argument that is none, which may stand anywhere; "" when there is none.
func parseOperand(flags *flag.FlagSet, help string, args []string) (string, error) {
	operands, err := parseOperands(flags, help, args)
	switch {
	case err != nil || len(operands) == 0:
		return "", err
	case len(operands) > 1:
		return "", unexpected(flags, operands[1])
	}
	return operands[0], nil
}

func parseOperands(flags *flag.FlagSet, help string, args []string) (operands []string, err error) {
	flags.SetOutput(io.Discard)
	for {
		err := flags.Parse(args)
		if errors.Is(err, flag.ErrHelp) {
			return nil, helpWanted(help)
		}
		if err != nil {
			return nil, usageError{fmt.Errorf("%s: %s; see \"sallyportd %s --help\"", flags.Name(), flagWords(err), flags.Name())}
		}
		if flags.NArg() == 0 {
			return operands, nil
		}
		operands, args = append(operands, flags.Arg(0)), flags.Args()[1:]
	}
}

// flagWords says what package flag says, with the flags' two dashes as everywhere else.
func flagWords(err error) string {
	text := err.Error()
	if name, unknown := strings.CutPrefix(text, "flag provided but not defined: -"); unknown {
		return "there is no flag --" + name
	}
	if name, bare := strings.CutPrefix(text, "flag needs an argument: -"); bare {
		return "--" + name + " needs a value"
	}
	return text
}

func unexpected(flags *flag.FlagSet, operand string) error {
	return usageError{fmt.Errorf("%s: unexpected %q; see \"sallyportd %s --help\"", flags.Name(), operand, flags.Name())}
}
