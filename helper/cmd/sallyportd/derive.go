package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"sallyport/helper/internal/rks1"
	"sallyport/helper/internal/step"
)

const deriveHelp = `Usage: sallyportd derive (--secret B32 | --secret-file FILE) --time UNIX [flags]

Prints the rotating knock sequence (RKS1) of a moment, one line in step notation. A secret on the command line
is visible to other users of this machine; --secret-file - reads standard input.

  --secret B32        the secret in base32
  --secret-file FILE  a file that holds it, - for standard input
  --time UNIX         seconds since 1970
  --action ACTION     open (default) or close
  --period SECONDS    default 30
  --steps N           default 5
  --protocols LIST    default tcp,udp
  --range LOW-HIGH    default 10000-49999
`

const maxSecretInput = 4 << 10

func deriveCommand(args []string, stdin io.Reader, stdout io.Writer) error {
	flags := flag.NewFlagSet("derive", flag.ContinueOnError)
	secretText := flags.String("secret", "", "")
	secretFile := flags.String("secret-file", "", "")
	var at int64
	numberVar(flags, &at, "time", -1)
	action := flags.String("action", string(rks1.Open), "")
	p := rks1.Defaults()
	numberVar(flags, &p.Period, "period", p.Period)
	numberVar(flags, &p.Steps, "steps", p.Steps)
	protocols := flags.String("protocols", "tcp,udp", "")
	ports := flags.String("range", "10000-49999", "")
	if err := parseFlags(flags, deriveHelp, args); err != nil {
		return err
	}
	wrong := func(format string, args ...any) error { return usageError{fmt.Errorf("derive: "+format, args...)} }
	if (*secretText == "") == (*secretFile == "") {
		return wrong("give either --secret or --secret-file")
	}
	if at < 0 {
		return wrong("--time is missing or negative; expected seconds since 1970")
	}
	if *action != string(rks1.Open) && *action != string(rks1.Close) {
		return wrong("--action %q: expected open or close", *action)
	}
	var err error
	if p.Protocols, err = rks1.ParseProtocols(*protocols); err != nil {
		return wrong("--protocols: %w", err)
	}
	if p.Low, p.High, err = rks1.ParseRange(*ports); err != nil {
		return wrong("--range: %w", err)
	}
	if err := p.Check(); err != nil {
		return wrong("%w", err)
	}
	if *secretFile != "" {
		if *secretText, err = readSecret(*secretFile, stdin); err != nil {
			return wrong("--secret-file: %w", err)
		}
	}
	secret, err := rks1.ParseSecret(*secretText)
	if err != nil {
		return wrong("%w", err)
	}
	steps := rks1.Derive(secret, rks1.Counter(at, p.Period), rks1.Action(*action), p)
	_, err = fmt.Fprintln(stdout, step.Format(steps))
	return err
}

func readSecret(path string, stdin io.Reader) (string, error) {
	in := stdin
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return "", err
		}
		defer file.Close()
		in = file
	}
	data, err := io.ReadAll(io.LimitReader(in, maxSecretInput+1))
	if err != nil {
		return "", err
	}
	if len(data) > maxSecretInput {
		return "", fmt.Errorf("more than %d bytes; expected one base32 secret", maxSecretInput)
	}
	return string(data), nil
}
