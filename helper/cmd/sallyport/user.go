package main

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"sallyport/helper/internal/client"
	"sallyport/helper/internal/plaintext"
)

const onServer = "do it now, on the server, by your own ssh"

func (a *app) user() *cobra.Command {
	cmd := &cobra.Command{
		Use: "user", Short: "Give others keys of their own to a server, and take them back",
		Long: "Every person, phone and sheet of paper has a key of its own on the server, so that one can be taken back without\n" +
			"changing the others. The server runs sallyportd.",
	}
	cmd.AddCommand(a.userAdd(), a.userRevoke(), a.userList())
	group(cmd)
	return cmd
}

func (a *app) userRevoke() *cobra.Command {
	params := client.UserWordsParams{Do: "revoke"}
	var overSSH, yes bool
	cmd := &cobra.Command{
		Use:   "revoke NAME --user PERSON [--over-ssh [USER@HOST]]",
		Short: "Take a person's key from the server of a profile",
		Long: "Takes a person's key from the server and ends what it has open; connections that are established stay.\n" +
			"Without --over-ssh it prints the command to run there.",
		Args: nameAndLogin, ValidArgsFunction: a.completeProfiles,
	}
	set := cmd.Flags()
	set.StringVar(&params.User, "user", "", "the `person`'s name on the server")
	set.StringVar(&params.Door, "door", "", "only at this `door` (at all doors)")
	set.BoolVar(&params.Force, "force", false, "also when a door is left without any key")
	set.BoolVar(&overSSH, "over-ssh", false, onServer)
	set.BoolVarP(&yes, "yes", "y", false, "also the key that this very profile may use")
	cmd.RunE = action(func(cmd *cobra.Command, args []string) error {
		if params.User == "" {
			return client.BadInput("see who there is: sallyport user list "+args[0]+" --over-ssh", "expected --user PERSON")
		}
		r, words, err := a.serverWords(cmd, args, overSSH, params)
		switch {
		case err != nil:
			return err
		case words.Own && !yes:
			return client.BadInput("use --yes if you mean it, and have another way in", "%s is the name that the installer gave the key of %s itself: you could lock yourself out", params.User, plaintext.Line(args[0]))
		case !overSSH:
			return a.leaveCommand(words.Command, client.UserRevoked{User: params.User, Command: words.Command})
		}
		answer, err := r.daemon(cmd.Context(), words.Words)
		if err != nil {
			return err
		}
		if a.json {
			a.printJSON(client.UserRevoked{User: params.User, Revoked: true, Answer: answer})
			return nil
		}
		a.term.printf("%s", plaintext.Lines(answer))
		return nil
	})
	return cmd
}

// leaveCommand leaves it to the person to run something on the server. With --json it is in the result.
func (a *app) leaveCommand(command string, result any) error {
	if a.json {
		a.printJSON(result)
		return nil
	}
	a.term.printf("%s", plaintext.Line(command))
	a.term.sayf("run this on the server, or use --over-ssh")
	return nil
}

func (a *app) userList() *cobra.Command {
	var overSSH bool
	cmd := &cobra.Command{
		Use:   "list NAME [--over-ssh [USER@HOST]]",
		Short: "List who has a key on the server of a profile",
		Long:  "Lists who has a key to which door, and how many grants are live. Without --over-ssh it prints the command to run there.",
		Args:  nameAndLogin, ValidArgsFunction: a.completeProfiles,
	}
	cmd.Flags().BoolVar(&overSSH, "over-ssh", false, onServer)
	cmd.RunE = action(func(cmd *cobra.Command, args []string) error {
		r, words, err := a.serverWords(cmd, args, overSSH, client.UserWordsParams{Do: "list"})
		switch {
		case err != nil:
			return err
		case !overSSH:
			return a.leaveCommand(words.Command, map[string]string{"command": words.Command})
		}
		users, err := r.users(cmd.Context(), words.Words)
		if err != nil {
			return err
		}
		a.showUsers(users)
		return nil
	})
	return cmd
}

func (a *app) showUsers(users []client.ServerUser) {
	if a.json {
		a.printJSON(struct {
			Users []client.ServerUser `json:"users"`
		}{users})
		return
	}
	rows := make([][]string, len(users))
	for i, u := range users {
		rows[i] = []string{u.Door, u.User, u.Method, strconv.Itoa(u.Grants)}
	}
	a.term.print(table([]string{"DOOR", "USER", "METHOD", "LIVE GRANTS"}, rows))
}

// serverWords looks the profile's server up, where it is to be called, and asks what its daemon is to be told.
func (a *app) serverWords(cmd *cobra.Command, args []string, overSSH bool, params client.UserWordsParams) (remote, client.UserWords, error) {
	r := remote{app: a}
	var words client.UserWords
	if err := r.asked(cmd.Context(), args, overSSH); err != nil {
		return r, words, err
	}
	params.Name = args[0]
	_, err := a.ask(cmd.Context(), "userWords", params, nil, &words)
	return r, words, err
}

// parseUsers finds the daemon's list among what a terminal mixed into it.
func parseUsers(said string) ([]client.ServerUser, error) {
	users := []client.ServerUser{}
	_, list, found := strings.Cut("\n"+said, "\n[")
	if !found || json.Unmarshal([]byte("["+list), &users) != nil {
		return nil, &client.Fault{Code: "refused", Exit: 1, Message: "the server did not answer with a list", Hint: "look at it there: sudo sallyportd user list"}
	}
	return users, nil
}
