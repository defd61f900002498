package main

import (
	"context"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"sallyport/helper/internal/client"
)

// completeProfiles offers the names of profiles to the shell. It never starts anything and gives up after a second.
func (a *app) completeProfiles(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	conn, err := a.dial(ctx)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	defer conn.Close()
	var listed struct{ Profiles []client.Profile }
	if _, err := answer(ctx, conn, "list", nil, nil, &listed); err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	for _, p := range listed.Profiles {
		if offerable(p.Name) {
			names = append(names, p.Name)
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// offerable keeps a name that somebody else chose from steering a shell: each of the four quotes what it inserts by rules of
// its own, so only characters that mean nothing to any of them (and spaces, which all quote) are let through.
func offerable(name string) bool {
	return name != "" && !strings.HasPrefix(name, "-") && strings.TrimSpace(name) == name && strings.IndexFunc(name, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(" ._@+-", r)
	}) < 0
}

// words are the values of flags that have only a few, by the flag's name or by what the help calls its value.
var words = map[string][]string{
	"after":  {"terminal", "nothing"},
	"store":  {"os", "passphrase", "session"},
	"action": {"open", "close"}, "protocols": {"tcp,udp", "tcp", "udp", "icmp"},
	"tcp-flags": {"syn", "ack", "fin", "psh", "rst", "urg"}, "spa-hmac-digest": {"sha256", "sha384", "sha512"}, "from": importKinds,
	"format": installerFormats, "arch": {"amd64,arm64", "amd64", "arm64", "armv7"},
}

// completeValues gives the flags and arguments of every command below cmd their completion: those that are called file in
// the help complete files, and nothing else does.
func completeValues(cmd *cobra.Command) {
	cmd.LocalFlags().VisitAll(func(flag *pflag.Flag) {
		if _, has := cmd.GetFlagCompletionFunc(flag.Name); has || flag.Value.Type() == "bool" {
			return
		}
		complete := cobra.NoFileCompletions
		if called, _ := pflag.UnquoteUsage(flag); called == "file" {
			complete = files
		} else if list := words[called]; list != nil {
			complete = cobra.FixedCompletions(list, cobra.ShellCompDirectiveNoFileComp)
		} else if list := words[flag.Name]; list != nil {
			complete = cobra.FixedCompletions(list, cobra.ShellCompDirectiveNoFileComp)
		}
		_ = cmd.RegisterFlagCompletionFunc(flag.Name, complete) // fails for a flag that is not there only
	})
	if cmd.ValidArgsFunction == nil && cmd.ValidArgs == nil && !cmd.HasSubCommands() {
		cmd.ValidArgsFunction = cobra.NoFileCompletions
		if strings.Contains(cmd.Use, " FILE") {
			cmd.ValidArgsFunction = files
		}
	}
	for _, child := range cmd.Commands() {
		completeValues(child)
	}
}

// unquoteUsage takes the marks around a value's name out of what flags say of themselves. Help reads them, a shell shows them.
func unquoteUsage(cmd *cobra.Command) {
	cmd.LocalFlags().VisitAll(func(flag *pflag.Flag) { _, flag.Usage = pflag.UnquoteUsage(flag) })
	for _, child := range cmd.Commands() {
		unquoteUsage(child)
	}
}

func files(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveDefault
}
