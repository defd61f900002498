package main

import (
	"errors"
	"flag"
	"fmt"
	"io"

	"sallyport/helper/internal/daemonconfig"
	"sallyport/helper/internal/knockdconf"
	"sallyport/helper/internal/knockdimport"
	"sallyport/helper/internal/plaintext"
)

const importKnockdHelp = `Usage: sallyportd import-knockd FILE

Reads a configuration of knockd and prints a config for sallyportd that does the same. Standard error says, line by
line of FILE, what became what. Nothing is changed.

  sallyportd import-knockd /etc/knockd.conf > sallyportd.toml
`

const maxKnockdConf = 4 << 20

func importKnockdCommand(args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("import-knockd", flag.ContinueOnError)
	file := ""
	if len(args) > 0 && (args[0] == "" || args[0][0] != '-') {
		file, args = args[0], args[1:]
	}
	if err := parseFlags(flags, importKnockdHelp, args); err != nil {
		return err
	}
	if file == "" {
		return usageError{errors.New("import-knockd: expected a file, such as /etc/knockd.conf")}
	}
	data, _, err := daemonconfig.ReadFile(file, maxKnockdConf)
	if err != nil {
		return usageError{fmt.Errorf("import-knockd: %w", err)}
	}
	config, err := knockdconf.Parse(file, data)
	var problems daemonconfig.Problems
	if errors.As(err, &problems) {
		return usageError{fmt.Errorf("import-knockd: knockd would refuse this file too, for %d reason(s)\n%w", len(problems), err)}
	}
	if err != nil {
		return err
	}
	for _, warning := range config.Warnings {
		fmt.Fprintf(stderr, "warning: %s\n", plaintext.Line(warning))
	}
	result := knockdimport.Import(file, config)
	for _, note := range result.Notes {
		fmt.Fprintf(stderr, "%s:%d: %s\n", plaintext.Line(file), note.Line, plaintext.Line(note.Text))
	}
	_, err = fmt.Fprint(stdout, result.TOML)
	return err
}
