package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"sallyport/helper/internal/client"
	"sallyport/helper/internal/counted"
	"sallyport/helper/internal/plaintext"
	"sallyport/helper/internal/tty"
)

const flagPassphrase = "passphrase-file"

// exportFlags is what export was told.
type exportFlags struct {
	out, passphraseFile  string
	withSecrets, uri, qr bool
}

func (a *app) export() *cobra.Command {
	var flags exportFlags
	cmd := &cobra.Command{
		Use: "export [NAME …]", Short: "Write profiles to a file for another machine", Args: cobra.ArbitraryArgs,
		Long: "Writes the named profiles, or all, as one JSON file. By itself it has no secret in it;\n" +
			"--with-secrets seals all of them under a passphrase.",
		ValidArgsFunction: a.completeProfiles,
	}
	newFileFlag(cmd.Flags(), &flags.out, "the new `file` to write, readable by its user only (standard output)")
	cmd.Flags().BoolVar(&flags.withSecrets, "with-secrets", false, "seal the secrets too, under the passphrase of --"+flagPassphrase)
	cmd.Flags().StringVar(&flags.passphraseFile, flagPassphrase, "", "a `file` with the passphrase, or -")
	cmd.Flags().BoolVar(&flags.uri, "uri", false, "one profile as a link, with its secret in plain, to a terminal or --out")
	cmd.Flags().BoolVar(&flags.qr, "qr", false, "the same link as a QR code, to a terminal")
	cmd.RunE = action(func(cmd *cobra.Command, args []string) error {
		if flags.uri && flags.qr {
			return client.BadInput("", "expected one of --uri and --qr")
		}
		if flags.uri || flags.qr {
			return a.exportLink(cmd.Context(), args, flags)
		}
		return a.exportFile(cmd.Context(), args, flags)
	})
	return cmd
}

func (a *app) exportFile(ctx context.Context, names []string, flags exportFlags) error {
	if flags.withSecrets != (flags.passphraseFile != "") {
		return client.BadInput("", "--with-secrets and --%s go together", flagPassphrase)
	}
	params := client.ExportParams{Names: names}
	if flags.withSecrets {
		passphrase, err := a.readSecret(ctx, flagPassphrase, flags.passphraseFile)
		if err != nil {
			return err
		}
		params.Passphrase = passphrase
	}
	var exported client.Exported
	if _, err := a.ask(ctx, "export", params, nil, &exported); err != nil {
		return err
	}
	if flags.withSecrets && len(exported.WithoutSecret) > 0 {
		a.warn("no secret is stored for " + strings.Join(exported.WithoutSecret, ", "))
	}
	if flags.out == "" && a.json {
		a.printRaw([]byte(exported.Text))
		return nil
	}
	if flags.out == "" {
		a.term.print(exported.Text)
		return nil
	}
	if err := writeNew(flags.out, exported.Text); err != nil {
		return err
	}
	if a.json {
		a.printJSON(client.ExportWritten{File: flags.out, Profiles: exported.Profiles, WithSecrets: flags.withSecrets, WithoutSecret: exported.WithoutSecret})
		return nil
	}
	secrets := "without their secrets"
	if flags.withSecrets {
		secrets = "their secrets sealed"
	}
	a.term.printf("exported %s, %s, to %s", counted.Of(exported.Profiles, "profile"), secrets, plaintext.Line(flags.out))
	return nil
}

// exportLink shows a link to a person. Into a pipe it would go on to who knows where, so a pipe is refused.
func (a *app) exportLink(ctx context.Context, names []string, flags exportFlags) error {
	flag := "--uri"
	if flags.qr {
		flag = "--qr"
	}
	switch {
	case len(names) != 1:
		return client.BadInput("", "%s takes one NAME, got %d", flag, len(names))
	case flags.withSecrets || flags.passphraseFile != "":
		return client.BadInput("leave out --with-secrets to get a link, or "+flag+" to get a sealed file", "a link holds its secret in plain and cannot be sealed")
	case flags.qr && flags.out != "":
		return client.BadInput("write the link with --uri", "--qr is for a terminal and goes to no file")
	case flags.out == "" && !a.showsTerminal():
		return client.BadInput("write it to a file of your own: --uri --out FILE", "a link holds the secret in plain, so it is shown on a terminal only")
	}
	var answer client.ExportedLink
	if _, err := a.ask(ctx, "exportUri", map[string]any{"name": names[0]}, nil, &answer); err != nil {
		return err
	}
	a.warn("the link contains the key: whoever sees it can open this door")
	switch {
	case flags.qr && !a.json:
		drawing, err := drawQR(answer.QR, tty.Columns(a.outFile()))
		if err == nil {
			a.term.print(drawing)
		}
		return err
	case flags.qr:
		a.printJSON(answer)
		return nil
	case flags.out == "" && a.json:
		a.printJSON(client.ExportedLink{URI: answer.URI})
		return nil
	case flags.out == "":
		a.term.print(answer.URI + "\n")
		return nil
	}
	if err := writeNew(flags.out, answer.URI+"\n"); err != nil {
		return err
	}
	if a.json {
		a.printJSON(client.ExportWritten{File: flags.out, Profiles: 1, WithSecrets: true, WithoutSecret: []string{}})
		return nil
	}
	a.term.printf("wrote the link of %s to %s", plaintext.Line(names[0]), plaintext.Line(flags.out))
	return nil
}

func (a *app) showsTerminal() bool {
	file := a.outFile()
	return file != nil && tty.Is(file)
}

// outFile is standard output, nil where it is no file.
func (a *app) outFile() *os.File {
	out := a.term.out
	if watched, is := out.(*checked); is {
		out = watched.w
	}
	file, _ := out.(*os.File)
	return file
}

// writeNew makes a file that nobody else can read, and never writes over one that is there. What fails half-way is gone.
func writeNew(path, text string) error {
	if path == "-" {
		// Mostly meant as standard output, where a secret would go on to who knows where.
		return client.BadInput("for a file of that name: --out ./-", "--out: expected the name of a new file, got -")
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return client.BadInput("choose another name, or remove it first", "there is a file %s already", path)
	}
	if err != nil {
		return client.BadInput("", "%s", err)
	}
	_, err = file.WriteString(text)
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		_ = os.Remove(path)
		return &client.Fault{Code: "storage", Message: err.Error(), Exit: 5}
	}
	return nil
}
