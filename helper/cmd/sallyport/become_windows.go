package main

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"

	"sallyport/helper/internal/client"
)

// become runs path as a child and ends as it ends. Ctrl-C is the child's while it runs.
func become(path string, argv []string) error {
	signal.Ignore(os.Interrupt)
	cmd := exec.Command(path, argv[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		return ended{exit: exit.ExitCode()}
	case err != nil:
		return client.Internal("", "could not start %s: %s", path, err)
	}
	return nil
}
