package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"sallyport/helper/internal/client"
	"sallyport/helper/internal/counted"
	"sallyport/helper/internal/plaintext"
)

// stores are where secrets can live, with what they are called in a sentence.
var stores = map[string]string{
	"os": "the system's keychain", "passphrase": "the passphrase vault", "session": "memory, for this run only",
}

// storeNames are what a shell offers.
var storeNames = []string{"os", "passphrase", "session"}

func storeWords(store string) string {
	if words, known := stores[store]; known {
		return words
	}
	return plaintext.Line(store)
}

func (a *app) secrets() *cobra.Command {
	cmd := &cobra.Command{Use: "secrets", Short: "Say where secrets are kept, or keep them elsewhere"}
	cmd.AddCommand(a.secretsStatus(), a.secretsMove(), a.secretsUnlock(), a.secretsLock(), a.secretsPassphrase())
	group(cmd)
	return cmd
}

func (a *app) secretsStatus() *cobra.Command {
	return &cobra.Command{
		Use: "status", Short: "Say where secrets are kept and whether they can be used", Args: none,
		RunE: action(func(cmd *cobra.Command, _ []string) error {
			var s client.Secrets
			raw, err := a.ask(cmd.Context(), "secrets", nil, nil, &s)
			if err != nil {
				return err
			}
			if a.json {
				a.printRaw(raw)
				return nil
			}
			a.term.print(secretsWords(s))
			return nil
		}),
	}
}

func secretsWords(s client.Secrets) string {
	words := fmt.Sprintf("store     %s (%s)\n", plaintext.Line(s.Store), storeWords(s.Store))
	words += fmt.Sprintf("chosen    by %s\n", map[string]string{
		"environment": "SALLYPORT_KEYCHAIN", "person": "sallyport secrets move or the settings", "default": "default",
	}[s.ChosenBy])
	words += fmt.Sprintf("state     %s%s\n", plaintext.Line(s.State), detail(s.Detail))
	words += fmt.Sprintf("vault     %s\n", plaintext.Line(s.Vault))
	words += fmt.Sprintf("profiles  %d\n", s.Profiles)
	if s.Moving != nil {
		words += fmt.Sprintf("moving    from %s to %s, interrupted; move again to finish\n", plaintext.Line(s.Moving.From), plaintext.Line(s.Moving.To))
	}
	if s.Hint != nil {
		words += "hint      " + plaintext.Line(*s.Hint) + "\n"
	}
	return words
}

func (a *app) secretsMove() *cobra.Command {
	var params client.MoveSecrets
	var passphraseFile string
	cmd := &cobra.Command{
		Use: "move --to STORE", Short: "Keep all secrets in another store from now on", Args: none,
		Long: "Copy all secrets to another store, read them back, and only then delete the old ones. STORE is os (the system's\n" +
			"keychain), passphrase (a vault that a passphrase seals) or session (memory: they end with the running program).",
	}
	cmd.Flags().StringVar(&params.To, "to", "", "the `store`: os, passphrase or session")
	cmd.Flags().StringVar(&params.From, "from", "", "the `store` to take them from (the one in use)")
	cmd.Flags().StringVar(&passphraseFile, flagPassphrase, "", "a `file` with the vault's passphrase, or -")
	for _, flag := range []string{"to", "from"} {
		_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(storeNames, cobra.ShellCompDirectiveNoFileComp))
	}
	cmd.RunE = action(func(cmd *cobra.Command, _ []string) error {
		if err := checkStores(params); err != nil {
			return err
		}
		if passphraseFile != "" {
			var err error
			if params.Passphrase, err = a.readPassphrase(cmd.Context(), flagPassphrase, passphraseFile); err != nil {
				return err
			}
		}
		if params.To == "session" {
			a.warn("secrets in memory are gone when Sallyport ends")
		}
		var moved client.SecretsMoved
		raw, err := a.ask(cmd.Context(), "moveSecrets", params, progress{term: a.term, quiet: a.json}.event, &moved)
		if err != nil {
			return err
		}
		if a.json {
			a.printRaw(raw)
			return nil
		}
		a.showMoved(moved)
		return nil
	})
	return cmd
}

func checkStores(params client.MoveSecrets) error {
	if _, known := stores[params.To]; !known {
		return client.BadInput("", "--to: expected os, passphrase or session, got %q", params.To)
	}
	if _, known := stores[params.From]; !known && params.From != "" {
		return client.BadInput("", "--from: expected os, passphrase or session, got %q", params.From)
	}
	return nil
}

func (a *app) showMoved(m client.SecretsMoved) {
	a.term.printf("moved %s from %s to %s", counted.Of(m.Moved, "secret"), storeWords(m.From), storeWords(m.To))
	if len(m.Without) > 0 {
		names := make([]string, len(m.Without))
		for i, name := range m.Without {
			names[i] = plaintext.Line(name)
		}
		a.term.sayf("nothing to move for: %s", strings.Join(names, ", "))
	}
	if m.Left != nil {
		a.warn("old copies are still in " + storeWords(m.From) + ": " + clause(m.Left.Message))
		a.hint(m.Left.Hint)
	}
}

func (a *app) secretsUnlock() *cobra.Command {
	var file string
	cmd := &cobra.Command{Use: "unlock", Short: "Unlock the vault until the running program ends", Args: none}
	cmd.Flags().StringVar(&file, flagPassphrase, "", "a `file` with the vault's passphrase, or -")
	cmd.RunE = action(func(cmd *cobra.Command, _ []string) error {
		passphrase, err := a.readPassphrase(cmd.Context(), flagPassphrase, file)
		if err != nil {
			return err
		}
		return a.vault(cmd.Context(), client.VaultParams{Do: "unlock", Passphrase: passphrase}, "unlocked the vault")
	})
	return cmd
}

func (a *app) secretsLock() *cobra.Command {
	return &cobra.Command{
		Use: "lock", Short: "Lock the vault", Args: none,
		RunE: action(func(cmd *cobra.Command, _ []string) error {
			return a.vault(cmd.Context(), client.VaultParams{Do: "lock"}, "locked the vault")
		}),
	}
}

func (a *app) secretsPassphrase() *cobra.Command {
	var file, next string
	cmd := &cobra.Command{
		Use: "passphrase", Short: "Seal the vault under another passphrase", Args: none,
	}
	cmd.Flags().StringVar(&file, flagPassphrase, "", "a `file` with the vault's passphrase, or -")
	cmd.Flags().StringVar(&next, "new-"+flagPassphrase, "", "a `file` with the new passphrase, or -")
	cmd.RunE = action(func(cmd *cobra.Command, _ []string) error {
		if dashes(file, next) > 1 {
			return client.BadInput("", "standard input can be only one of the two files")
		}
		params := client.VaultParams{Do: "change"}
		var err error
		if params.Passphrase, err = a.readPassphrase(cmd.Context(), flagPassphrase, file); err != nil {
			return err
		}
		if params.Next, err = a.readPassphrase(cmd.Context(), "new-"+flagPassphrase, next); err != nil {
			return err
		}
		return a.vault(cmd.Context(), params, "sealed the vault under the new passphrase")
	})
	return cmd
}

func (a *app) vault(ctx context.Context, params client.VaultParams, done string) error {
	var answer struct {
		Vault string `json:"vault"`
	}
	raw, err := a.ask(ctx, "vault", params, nil, &answer)
	if err != nil {
		return err
	}
	if a.json {
		a.printRaw(raw)
		return nil
	}
	if answer.Vault == "none" {
		done = "there is no vault"
	}
	a.term.printf("%s", done)
	return nil
}

// readPassphrase reads the first line as it stands: spaces at its ends belong to it, as in SALLYPORT_PASSPHRASE_FILE.
func (a *app) readPassphrase(ctx context.Context, flag, path string) (string, error) {
	if path == "" {
		return "", client.BadInput("", "expected --%s FILE", flag)
	}
	text, err := a.readText(ctx, flag, path, longestSecret, "one line")
	if err != nil {
		return "", err
	}
	line, rest, _ := strings.Cut(text, "\n")
	line = strings.TrimSuffix(line, "\r")
	if strings.TrimSpace(rest) != "" || line == "" {
		return "", client.BadInput("", "--%s: expected the passphrase alone on the first line of %s", flag, sourceOf(path))
	}
	return line, nil
}
