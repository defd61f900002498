package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"sallyport/helper/internal/client"
	"sallyport/helper/internal/plaintext"
)

// recovery is whom a key on paper is for, unless somebody says otherwise.
const recovery = "recovery"

// scriptEnding is what the file for the server is called after the person's.
const scriptEnding = ".server.sh"

// userAddFlags is what user add was told.
type userAddFlags struct {
	user, out, door         string
	paper, replace, overSSH bool
}

func (a *app) userAdd() *cobra.Command {
	var flags userAddFlags
	cmd := &cobra.Command{
		Use:   "add NAME --user PERSON --out FILE [--over-ssh [USER@HOST]]",
		Short: "Make a key of its own for another person, a phone or a sheet of paper",
		Long: "Makes a key for somebody else to the server of a profile. FILE.html is a page for that person: a QR code, the\n" +
			"profile as a link, and what to do with it; sallyport import takes it as it is. FILE.txt is the link alone. It is\n" +
			"written first; then the key is put on the server with --over-ssh, or by a script that is written beside it.\n" +
			"The key is stored nowhere here.",
		Args: nameAndLogin, ValidArgsFunction: a.completeProfiles,
	}
	set := cmd.Flags()
	set.StringVar(&flags.user, "user", "", "the `person`'s name on the server (with --paper: "+recovery+")")
	newFileFlag(set, &flags.out, "the new `file` for the person, .html or .txt, readable by its user only")
	set.StringVar(&flags.door, "door", "", "the server's `door` (ssh)")
	set.BoolVar(&flags.paper, "paper", false, "a recovery key to print: also to type by hand")
	set.BoolVar(&flags.replace, "replace", false, "exchange the key that this person has")
	set.BoolVar(&flags.overSSH, "over-ssh", false, onServer)
	cmd.RunE = action(func(cmd *cobra.Command, args []string) error {
		if flags.paper && flags.user == "" {
			flags.user = recovery
		}
		if err := flags.check(); err != nil {
			return err
		}
		return a.addUser(cmd.Context(), args, flags)
	})
	return cmd
}

func (f userAddFlags) check() error {
	ending := strings.ToLower(filepath.Ext(f.out))
	switch {
	case f.user == "":
		return client.BadInput("", "expected --user PERSON, the name under which the server is to know the key")
	case f.out == "":
		return client.BadInput("", "expected --out FILE, for the person")
	case ending != ".html" && ending != ".htm" && ending != ".txt":
		return client.BadInput("", "--out: expected a name that ends in .html (a page) or .txt (the link alone), got %s", f.out)
	case f.paper && ending == ".txt":
		return client.BadInput("", "--paper is a page to print: give --out a name that ends in .html")
	}
	return nil
}

// addUser writes the person's file before the server knows the key, so that none exists that nobody has; and takes the
// file back when the server did not take the key, so that nobody is handed one that opens nothing.
func (a *app) addUser(ctx context.Context, args []string, flags userAddFlags) error {
	r := &remote{app: a, lost: "see whether the server has the key: sallyport user list " + args[0] + " --over-ssh; then try again, with --replace if it has"}
	if err := r.asked(ctx, args, flags.overSSH); err != nil {
		return err
	}
	params := client.UserAddParams{Name: args[0], User: flags.user, Door: flags.door, Paper: flags.paper, Replace: flags.replace}
	var key client.NewKey
	if _, err := a.ask(ctx, "userAdd", params, nil, &key); err != nil {
		return err
	}
	text := key.Page
	if strings.EqualFold(filepath.Ext(flags.out), ".txt") {
		text = key.URI + "\n"
	}
	if err := writeNew(flags.out, text); err != nil {
		return err
	}
	result := client.UserAdded{User: key.User, Door: key.Door, File: flags.out, Notes: key.Notes}
	err := a.serverPart(ctx, r, key, flags, &result)
	if err != nil {
		_ = os.Remove(flags.out)
		a.warn(flags.out + " was removed again: the server has not taken its key, as far as is known here")
		return err
	}
	a.showAdded(result, flags.paper)
	return nil
}

func (a *app) serverPart(ctx context.Context, r *remote, key client.NewKey, flags userAddFlags, result *client.UserAdded) (err error) {
	if !flags.overSSH {
		result.ServerFile = flags.out + scriptEnding
		return writeNew(result.ServerFile, key.Script)
	}
	result.Answer, err = r.daemonWithSecret(ctx, key.Words, key.Secret)
	result.Added = err == nil
	return err
}

func (a *app) showAdded(result client.UserAdded, paper bool) {
	if a.json {
		a.printJSON(result)
		return
	}
	for _, note := range result.Notes {
		a.term.sayf("note: %s", plaintext.Line(note))
	}
	if result.Added {
		a.term.printf("%s", plaintext.Lines(result.Answer))
	}
	file, script := plaintext.Line(result.File), plaintext.Line(result.ServerFile)
	a.term.printf("wrote %s", file)
	if !result.Added {
		a.term.printf("wrote %s", script)
	}
	a.warn("whoever reads what was written can open this door")
	if !result.Added {
		a.term.sayf("next: copy %s to the server and run it there: sudo sh %s; then delete it on both", script, filepath.Base(script))
	}
	if paper {
		a.term.sayf("next: print %s, keep the paper in a safe, and delete the file", file)
		return
	}
	a.term.sayf("next: hand %s to %s by a way that nobody else reads, and delete it here; there: sallyport import %s", file, plaintext.Line(result.User), filepath.Base(file))
}
