package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"sallyport/helper/internal/client"
)

// elsewhere is what other programs call what we have.
var elsewhere = map[string]string{
	"ls": "list", "rm": "remove", "del": "remove", "delete": "remove", "new": "add", "create": "add", "open": "knock",
	"close": "knock NAME --action close", "ssh": "connect", "stop": "quit", "exit": "quit", "show": "status", "ps": "status",
	"completions": "completion",
}

// group makes a command that only has others below it: alone it says which, and a word that is none of them is answered
// with the one that was probably meant.
func group(cmd *cobra.Command) {
	names := func() (list []string) {
		for _, child := range cmd.Commands() {
			if child.IsAvailableCommand() && child.Name() != "help" {
				list = append(list, child.Name())
			}
		}
		return list
	}
	cmd.Args = func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		hint := "run: " + cmd.CommandPath() + " --help"
		if meant := closest(args[0], names()); meant != "" {
			hint = "did you mean: " + cmd.CommandPath() + " " + meant
		} else if meant := elsewhere[args[0]]; meant != "" && !cmd.HasParent() {
			hint = "did you mean: sallyport " + meant
		}
		return client.BadInput(hint, "there is no command %q", strings.TrimPrefix(cmd.CommandPath()+" ", "sallyport ")+args[0])
	}
	cmd.RunE = action(func(*cobra.Command, []string) error {
		list := names()
		return client.BadInput("run: "+cmd.CommandPath()+" --help", "expected a command: %s or %s",
			strings.Join(list[:len(list)-1], ", "), list[len(list)-1])
	})
}

// flagProblem says which flag was probably meant in place of one that is not there.
func flagProblem(cmd *cobra.Command, err error) error {
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) && invalid.GetFlag().Value.Type() == "int" {
		return client.BadInput("", "--%s: expected a whole number, got %q", invalid.GetFlag().Name, invalid.GetValue())
	}
	var bare *pflag.ValueRequiredError
	if errors.As(err, &bare) {
		_, usage := pflag.UnquoteUsage(bare.GetFlag())
		return client.BadInput("", "--%s needs a value: %s", bare.GetFlag().Name, usage)
	}
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return err
	}
	typed, dashes := unknown.GetSpecifiedName(), "--"
	if letters := unknown.GetSpecifiedShortnames(); letters != "" {
		typed, dashes = letters, "-"
	}
	var names []string
	cmd.Flags().VisitAll(func(flag *pflag.Flag) { names = append(names, flag.Name) })
	hint := "run: " + cmd.CommandPath() + " --help"
	if meant := closest(typed, names); meant != "" {
		hint = "did you mean: --" + meant
	} else if child, _, err := cmd.Find([]string{typed}); err == nil && child != cmd {
		hint = "did you mean: " + child.CommandPath()
	} else if others := haveFlag(cmd.Root(), typed); len(others) > 0 && len(others) < 3 {
		hint = "it is a flag of: " + strings.Join(others, ", ")
	}
	return client.BadInput(hint, "%s has no flag %s%s", cmd.CommandPath(), dashes, typed)
}

// haveFlag names the commands right below root with that flag.
func haveFlag(root *cobra.Command, flag string) []string {
	var names []string
	for _, command := range root.Commands() {
		if !command.Hidden && command.LocalNonPersistentFlags().Lookup(flag) != nil {
			names = append(names, command.CommandPath())
		}
	}
	return names
}

// closest is the name at most two typing mistakes away, or the only one that begins or ends with what was typed, or nothing.
func closest(typed string, names []string) string {
	best, least := "", 3
	for _, name := range names {
		if d := distance(typed, name); d < least && d < len(typed) {
			best, least = name, d
		}
	}
	for _, name := range names {
		if best == "" && len(typed) > 1 && (strings.HasPrefix(name, typed) || strings.HasSuffix(name, "-"+typed)) {
			best = name
		}
	}
	return best
}

// distance counts the letters to insert, delete or replace (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		left := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := left
			if a[i] != b[j] {
				change++
			}
			left = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
