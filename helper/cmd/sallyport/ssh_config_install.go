package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"sallyport/helper/internal/client"
	"sallyport/helper/internal/plaintext"
	"sallyport/helper/internal/sshconfig"
	"sallyport/helper/internal/tty"
)

func (a *app) sshConfigInstall() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use: "install", Short: "Write the profiles to ssh's configuration", Args: none,
		Long: "Write ~/.ssh/sallyport.conf and add one Include line to the top of ~/.ssh/config, whose copy is kept as\n" +
			"config.sallyport-backup. The changes are shown and asked about first. Run it again after profiles have\n" +
			"changed; when nothing has, it changes nothing.",
	}
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	cmd.RunE = action(func(cmd *cobra.Command, _ []string) error {
		plan, blocks, err := a.planInstall(cmd.Context())
		if err != nil {
			return err
		}
		if plan.Changed() {
			if err := a.agree(cmd.Context(), plan, blocks, yes); err != nil {
				return err
			}
			if err := sshconfig.Apply(plan); err != nil {
				return fileFault(err)
			}
		} else if !a.json {
			a.sayNotes(plan, blocks)
		}
		if a.json {
			a.printJSON(a.sshConfigAnswer(plan, blocks))
			return nil
		}
		a.showDone(plan, "ssh's configuration has it all already")
		if plan.Changed() && len(blocks.Aliases) > 0 {
			a.term.printf("try: ssh %s", plaintext.Line(blocks.Aliases[0]))
		}
		return nil
	})
	return cmd
}

// agree shows what would change and lets a person decide. Where nobody can be asked, nothing is written.
func (a *app) agree(ctx context.Context, plan sshconfig.Plan, blocks sshconfig.Blocks, yes bool) error {
	if !a.json || !yes {
		for _, change := range plan.Changes {
			if change.Path != plan.Backup { // a copy of what is there has nothing to show
				a.sayDiff(change)
			}
		}
		a.sayNotes(plan, blocks)
	}
	switch {
	case yes:
		return nil
	case !tty.Is(a.term.in):
		return client.BadInput("if the changes above are right, run: sallyport ssh-config install --yes",
			"nothing was written: standard input is no terminal to ask on")
	}
	agreed, err := a.term.confirm(ctx, "write this? [y/N] ")
	if err == nil && !agreed {
		return &client.Fault{Code: "cancelled", Exit: 1, Message: "nothing was written"}
	}
	return err
}

// confirm is true for y or yes only. The end of the input is a no.
func (t terminal) confirm(ctx context.Context, question string) (bool, error) {
	_, _ = t.err.Write([]byte(question))
	typed := make(chan string, 1)
	go func() {
		var line strings.Builder
		var one [1]byte
		for line.Len() < 64 {
			if n, err := t.in.Read(one[:]); err != nil || n == 1 && one[0] == '\n' {
				break
			}
			line.WriteByte(one[0])
		}
		typed <- strings.ToLower(strings.TrimSpace(line.String()))
	}()
	select {
	case answer := <-typed:
		return answer == "y" || answer == "yes", nil
	case <-ctx.Done():
		t.sayf("")
		return false, context.Cause(ctx)
	}
}

func (a *app) sayDiff(change sshconfig.Change) {
	if change.Action() != "keep" {
		text := strings.ReplaceAll(strings.TrimSuffix(change.Diff(), "\n"), "\t", "    ")
		a.term.sayf("%s", plaintext.Lines(text))
	}
}

// sayNotes is what a person should know besides the changes.
func (a *app) sayNotes(plan sshconfig.Plan, blocks sshconfig.Blocks) {
	for _, skipped := range blocks.Skipped {
		a.warn("left out " + skipped.Name + ": " + skipped.Reason)
	}
	for _, note := range plan.Notes {
		a.warn(note)
	}
}

var doneWords = map[string]string{"create": "wrote", "change": "changed", "remove": "removed"}

func (a *app) showDone(plan sshconfig.Plan, nothing string) {
	if !plan.Changed() {
		a.term.printf("%s", nothing)
		return
	}
	for _, change := range plan.Changes {
		if words, done := doneWords[change.Action()]; done {
			a.term.printf("%s %s", words, plaintext.Line(change.Path))
		}
	}
}

// sshConfigAnswer is the object of --json. Diff has the unified form.
type sshConfigAnswer struct {
	Changed bool                `json:"changed"`
	Hosts   []string            `json:"hosts"`
	Skipped []sshconfig.Skipped `json:"skipped"`
	Notes   []string            `json:"notes"`
	Files   []sshConfigFile     `json:"files"`
	Text    string              `json:"text,omitempty"`
}

type sshConfigFile struct {
	Path   string `json:"path"`
	Action string `json:"action"` // create, change, remove or keep
	Diff   string `json:"diff"`
}

func (a *app) sshConfigAnswer(plan sshconfig.Plan, blocks sshconfig.Blocks) sshConfigAnswer {
	answer := sshConfigAnswer{
		Changed: plan.Changed(), Files: []sshConfigFile{}, Notes: append([]string{}, plan.Notes...),
		Hosts: append([]string{}, blocks.Aliases...), Skipped: append([]sshconfig.Skipped{}, blocks.Skipped...),
	}
	for _, change := range plan.Changes {
		file := sshConfigFile{Path: change.Path, Action: change.Action()}
		if file.Action != "keep" && file.Path != plan.Backup {
			file.Diff = change.Diff()
		}
		if change.Before != nil || change.After != nil {
			answer.Files = append(answer.Files, file)
		}
	}
	return answer
}
