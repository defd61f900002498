package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"sallyport/helper/internal/client"
	"sallyport/helper/internal/counted"
)

// one wants exactly one argument, called name in the words about it.
func one(name string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != 1 {
			return fmt.Errorf("expected one %s, got %d arguments", name, len(args))
		}
		if args[0] == "" {
			return fmt.Errorf("expected a %s, got an empty one", name)
		}
		return nil
	}
}

// none wants no argument.
func none(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("%s takes no argument, got %q", cmd.CommandPath(), args[0])
	}
	return nil
}

// nameAndLogin wants a profile, and perhaps who logs in there.
func nameAndLogin(_ *cobra.Command, args []string) error {
	if len(args) < 1 || len(args) > 2 {
		return fmt.Errorf("expected NAME, or NAME USER@HOST, got %s", counted.Of(len(args), "argument"))
	}
	return nil
}

// noCommand wants at most one argument, and knows what is mostly meant by more.
func noCommand(_ *cobra.Command, args []string) error {
	if len(args) > 1 {
		return client.BadInput("to run a command there: sallyport ssh-config install, then ssh NAME COMMAND",
			"expected one NAME, got %d arguments", len(args))
	}
	return nil
}

// profileAsFlag wants no argument, and knows which flag one was meant for.
func profileAsFlag(cmd *cobra.Command, args []string) error {
	if err := none(cmd, args); err != nil {
		return client.BadInput("name the profile by its flag: --profile NAME", "%s", err)
	}
	return nil
}
