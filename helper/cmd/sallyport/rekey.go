package main

import (
	"crypto/rand"
	"encoding/base32"
	"os"

	"github.com/spf13/cobra"

	"sallyport/helper/internal/client"
	"sallyport/helper/internal/plaintext"
)

// secretBytes is the length of a new rotating secret (docs/protocol.md).
const secretBytes = 32

func (a *app) rekey() *cobra.Command {
	var out, file string
	var use, discard bool
	cmd := &cobra.Command{
		Use: "rekey NAME", Short: "Give a profile a new rotating secret", Args: one("NAME"),
		ValidArgsFunction: a.completeProfiles,
		Long: "Store a new rotating secret beside the one in use. With --out it is made here and written to a new file for the\n" +
			"server. Knocks go on with the old one until the server has the new one and you say so with --use.",
	}
	newFileFlag(cmd.Flags(), &out, "a new `file` for the new secret, base32")
	cmd.Flags().StringVar(&file, "rotating-secret-file", "", "a `file` with the new secret, base32, or -")
	cmd.Flags().BoolVar(&use, "use", false, "the server has the new secret: use it, and delete the old one")
	cmd.Flags().BoolVar(&discard, "discard", false, "drop the new secret and keep the old one")
	cmd.RunE = action(func(cmd *cobra.Command, args []string) error {
		params := client.RekeyParams{Name: args[0]}
		said := "stored a new secret beside the old one for"
		var err error
		switch {
		case chosen(out != "", file != "", use, discard) != 1:
			return client.BadInput("", "expected one of --out FILE, --rotating-secret-file FILE, --use and --discard")
		case use:
			params.Do, said = "use", "from now on the new secret is used for"
		case discard:
			params.Do, said = "discard", "dropped the new secret of"
		case file != "":
			params.Do = "prepare"
			if params.Secret, err = a.readKey(cmd.Context(), "rotating-secret-file", file); err != nil {
				return err
			}
		default:
			params.Do, params.Secret = "prepare", newSecret()
			// Written first: a secret that is stored but on no file could never be put on the server.
			if err = writeNew(out, params.Secret+"\n"); err != nil {
				return err
			}
		}
		var answer struct{ Profile client.Profile }
		raw, err := a.ask(cmd.Context(), "rekey", params, nil, &answer)
		if err != nil && out != "" {
			_ = os.Remove(out)
		}
		err = a.showProfile(said, raw, answer.Profile, err)
		if err == nil && params.Do == "prepare" && !a.json {
			a.term.sayf("put it on the server in place of the old one, then run: sallyport rekey %s --use", plaintext.Line(args[0]))
		}
		return err
	})
	return cmd
}

func chosen(ways ...bool) int {
	n := 0
	for _, way := range ways {
		if way {
			n++
		}
	}
	return n
}

func newSecret() string {
	bytes := make([]byte, secretBytes)
	_, _ = rand.Read(bytes) // never fails, says its documentation
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(bytes)
}
