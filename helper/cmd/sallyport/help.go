package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// exitCodes stand in the help; docs/control-socket.md says which error code ends with which.
var exitCodes = []struct {
	Exit  int    `json:"exit"`
	Means string `json:"means"`
}{
	{0, "done; of a knock: opened, closed, sent, or reachable without proof"},
	{1, "no effect, nothing listening, or stopped by a person"},
	{2, "what was asked cannot be done as asked"},
	{3, "the secret store is locked, missing or failed"},
	{4, "this machine's network"},
	{5, "a file could not be written, or a fault of ours"},
	{130, "interrupted; 143 when ended by SIGTERM"},
}

// exitUsage is the end of the root's help; the others point to it.
func exitUsage() string {
	var b strings.Builder
	b.WriteString("{{if .HasParent}}\nExit codes: {{.Root.Name}} --help\n{{else}}\nExit codes:\n")
	for _, code := range exitCodes {
		fmt.Fprintf(&b, "  %-4d %s\n", code.Exit, code.Means)
	}
	return b.String() + "{{end}}"
}

// commandHelp is the object of --help --json.
type commandHelp struct {
	Command     string        `json:"command"`
	Usage       string        `json:"usage"`
	Summary     string        `json:"summary"`
	Description string        `json:"description,omitempty"`
	Examples    []string      `json:"examples"`
	Flags       []flagHelp    `json:"flags"`
	Commands    []commandHelp `json:"commands,omitempty"`
	ExitCodes   any           `json:"exitCodes,omitempty"`
}

type flagHelp struct {
	Name      string `json:"name"`
	Shorthand string `json:"shorthand,omitempty"`
	Value     string `json:"value,omitempty"`
	Usage     string `json:"usage"`
}

// helps makes the help of every command show the exit codes, and be one JSON object with --json.
func (a *app) helps(root *cobra.Command) {
	root.SetUsageTemplate(strings.TrimRight(root.UsageTemplate(), "\n") + "\n" + exitUsage())
	words := root.HelpFunc()
	root.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		if a.json = a.json || wantsJSON(args); !a.json {
			words(cmd, args)
			return
		}
		help := helpOf(cmd)
		if !cmd.HasParent() {
			help.ExitCodes = exitCodes
		}
		a.printJSON(help)
	})
}

func helpOf(cmd *cobra.Command) commandHelp {
	h := commandHelp{
		Command: cmd.CommandPath(), Usage: cmd.UseLine(), Summary: cmd.Short, Description: cmd.Long,
		Examples: []string{}, Flags: []flagHelp{},
	}
	for line := range strings.Lines(cmd.Example) {
		h.Examples = append(h.Examples, strings.TrimSpace(line))
	}
	add := func(flag *pflag.Flag) {
		called, usage := pflag.UnquoteUsage(flag)
		if !flag.Hidden {
			h.Flags = append(h.Flags, flagHelp{flag.Name, flag.Shorthand, called, usage})
		}
	}
	cmd.LocalFlags().VisitAll(add)
	for _, child := range cmd.Commands() {
		if child.IsAvailableCommand() {
			h.Commands = append(h.Commands, helpOf(child))
		}
	}
	return h
}
