package main

import (
	"strings"

	"github.com/spf13/cobra"

	"sallyport/helper/internal/client"
)

// strict makes cobra's own commands refuse what they do not know; by themselves they print a help text and end well.
func (a *app) strict(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd("completion")
	for _, cmd := range root.Commands() {
		switch cmd.Name() {
		case "help":
			cmd.Args = func(_ *cobra.Command, args []string) error {
				found, rest, err := root.Find(args)
				switch {
				case err == nil && len(rest) == 0:
					return nil
				case found.HasSubCommands():
					return found.Args(found, rest)
				}
				return client.BadInput("run: "+found.CommandPath()+" --help", "there is no command %q", strings.Join(args, " "))
			}
		case "completion":
			group(cmd)
			for _, shell := range cmd.Commands() {
				shell.RunE = action(a.completionScript)
			}
		}
	}
}

// completionScript prints what a shell is to read; with --json as one object.
func (a *app) completionScript(cmd *cobra.Command, _ []string) error {
	bare, err := cmd.Flags().GetBool("no-descriptions")
	if err != nil {
		return err
	}
	root := cmd.Root()
	var script strings.Builder
	switch shell := cmd.Name(); shell {
	case "bash":
		err = root.GenBashCompletionV2(&script, !bare)
	case "zsh":
		err = root.GenZshCompletion(&script)
		if bare {
			script.Reset()
			err = root.GenZshCompletionNoDesc(&script)
		}
	case "fish":
		err = root.GenFishCompletion(&script, !bare)
	case "powershell":
		err = root.GenPowerShellCompletionWithDesc(&script)
		if bare {
			script.Reset()
			err = root.GenPowerShellCompletion(&script)
		}
	default:
		err = client.Internal("", "there is no completion for %s", shell)
	}
	if err != nil {
		return err
	}
	if a.json {
		a.printJSON(map[string]string{"shell": cmd.Name(), "script": script.String()})
		return nil
	}
	a.term.print(script.String())
	return nil
}
