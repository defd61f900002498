package main

import (
	"errors"
	"flag"
	"fmt"
	"io"

	"sallyport/helper/internal/counted"
	"sallyport/helper/internal/daemonconfig"
	"sallyport/helper/internal/knockdconf"
	"sallyport/helper/internal/knockdimport"
	"sallyport/helper/internal/plaintext"
)

const importKnockdHelp = `Usage: sallyportd import-knockd FILE

Reads a configuration of knockd and prints a config for sallyportd that does the same. Standard error says, line by
line of FILE, what became what. Nothing is changed.

  sallyportd import-knockd /etc/knockd.conf > sallyportd.toml
  ssh old cat /etc/knockd.conf | sallyportd import-knockd - > sallyportd.toml
`

const maxKnockdConf = 4 << 20

func importKnockdCommand(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("import-knockd", flag.ContinueOnError)
	file, err := parseOperand(flags, importKnockdHelp, args)
	if err != nil {
		return err
	}
	if file == "" {
		return usageError{errors.New("import-knockd: expected a file, such as /etc/knockd.conf, or - for standard input")}
	}
	data, err := readKnockdConf(file, stdin)
	if err != nil {
		return usageError{fmt.Errorf("import-knockd: %w", err)}
	}
	if file == "-" {
		file = "standard input"
	}
	config, err := knockdconf.Parse(file, data)
	var problems daemonconfig.Problems
	if errors.As(err, &problems) {
		return usageError{fmt.Errorf("import-knockd: knockd would refuse this file too, for %s\n%w", counted.Of(len(problems), "reason"), err)}
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

// readKnockdConf reads a file, or with - standard input, which is on its way from another machine.
func readKnockdConf(file string, stdin io.Reader) ([]byte, error) {
	if file != "-" {
		data, _, err := daemonconfig.ReadFile(file, maxKnockdConf)
		return data, err
	}
	data, err := io.ReadAll(io.LimitReader(stdin, maxKnockdConf+1))
	if err == nil && len(data) > maxKnockdConf {
		err = fmt.Errorf("standard input is larger than %d bytes", maxKnockdConf)
	}
	return data, err
}
