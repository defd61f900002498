package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sallyport/helper/internal/client"
	"sallyport/helper/internal/plaintext"
)

// mostPiped is what fits into one request with room for JSON's escapes.
const mostPiped = 30_000

var importKinds = []string{"ssh", "knockd", "fwknoprc", "json", "uri"}

// importFlags is what import was told.
type importFlags struct {
	from, host, sequenceFile, passphraseFile string
	names                                    []string
	dryRun                                   bool
}

func (a *app) importCommand() *cobra.Command {
	var flags importFlags
	cmd := &cobra.Command{
		Use: "import FILE", Short: "Make profiles from other programs' files", Args: one("FILE, or - for standard input"),
		Long: "Makes profiles from ~/.ssh/config, a knockd.conf, a .fwknoprc, an export of Sallyport's, a profile link or a\n" +
			"picture (PNG) of its QR code. What the file is, is told by what stands in it. All that is chosen is saved, or nothing.\n" +
			"The one-time lists of a knockd.conf are read from beside it; by itself one is taken by: sallyport add --one-time-file.",
	}
	cmd.Flags().StringVar(&flags.from, "from", "", "the `kind` of FILE, one of "+strings.Join(importKinds, ", ")+" (guessed)")
	cmd.Flags().StringSliceVar(&flags.names, "select", nil, "the `names` to import (all)")
	cmd.Flags().StringVar(&flags.host, "host", "", "the `host` of entries that name none, as in a knockd.conf")
	cmd.Flags().StringVar(&flags.sequenceFile, flagSequenceFile, "", "a `file` with the knock sequence of entries whose knock is not known, as in an ssh_config (each gets a new rotating secret)")
	cmd.Flags().StringVar(&flags.passphraseFile, flagPassphrase, "", "a `file` with the passphrase of an export's secrets, or - (they are left out)")
	cmd.Flags().BoolVar(&flags.dryRun, "dry-run", false, "show what would be imported, and save nothing")
	cmd.RunE = action(func(cmd *cobra.Command, args []string) error { return a.importFile(cmd, args[0], flags) })
	return cmd
}

func (a *app) importFile(cmd *cobra.Command, path string, flags importFlags) error {
	ctx := cmd.Context()
	if flags.from != "" && !slices.Contains(importKinds, flags.from) {
		return client.BadInput("", "--from: expected one of %s, got %q", strings.Join(importKinds, ", "), flags.from)
	}
	if n := dashes(path, flags.sequenceFile, flags.passphraseFile); n > 1 {
		return client.BadInput("", "standard input can be read once only, and - is given %d times", n)
	}
	wish := client.ImportWish{}
	source, err := a.importSource(ctx, path)
	if err == nil && cmd.Flags().Changed(flagSequenceFile) {
		wish.Sequence, err = a.readSecret(ctx, flagSequenceFile, flags.sequenceFile)
	}
	if err != nil {
		return err
	}
	raw, review, err := a.review(ctx, client.ImportParams{Source: source, From: flags.from}, flags.passphraseFile)
	if err != nil {
		return err
	}
	entries, err := chosenEntries(review, flags.names)
	if err != nil {
		return err
	}
	if !a.json {
		a.showReview(review, entries, flags.host)
	}
	if flags.dryRun {
		switch {
		case a.json:
			a.printRaw(raw)
		case len(entries) == 0:
			a.term.sayf("nothing in it would be imported")
		}
		return nil
	}
	if len(entries) == 0 {
		return client.BadInput("", "there is nothing to import in %s", path)
	}
	wish.ID = review.ID
	for _, entry := range entries {
		chosen := client.Chosen{Key: entry.Key}
		if slices.Contains(entry.Missing, "host") {
			if chosen.Host = flags.host; flags.host == "" {
				return client.BadInput("give it with --host, or leave this one out with --select", "%q does not say which host it is on", entry.Name)
			}
		}
		wish.Chosen = append(wish.Chosen, chosen)
	}
	return a.applyImport(ctx, raw, wish)
}

// review reads, and opens sealed secrets where a passphrase was named.
func (a *app) review(ctx context.Context, params client.ImportParams, passphraseFile string) ([]byte, client.Review, error) {
	var review client.Review
	raw, err := a.ask(ctx, "importRead", params, nil, &review)
	if err != nil || passphraseFile == "" {
		return raw, review, err
	}
	if !review.Locked {
		return nil, review, client.BadInput("leave it out", "--%s: nothing in this import is sealed", flagPassphrase)
	}
	passphrase, err := a.readSecret(ctx, flagPassphrase, passphraseFile)
	if err != nil {
		return nil, review, err
	}
	var opened client.Review
	raw, err = a.ask(ctx, "importUnlock", map[string]any{"id": review.ID, "passphrase": passphrase}, nil, &opened)
	return raw, opened, err
}

func (a *app) applyImport(ctx context.Context, review []byte, wish client.ImportWish) error {
	var answer struct {
		Profiles []client.Profile `json:"profiles"`
	}
	raw, err := a.ask(ctx, "importApply", wish, nil, &answer)
	if err != nil {
		return err
	}
	if a.json {
		return a.printTogether(review, raw)
	}
	for _, p := range answer.Profiles {
		if err := a.showProfile("imported", nil, p, nil); err != nil {
			return err
		}
	}
	return nil
}

// printTogether prints the members of both objects as one.
func (a *app) printTogether(objects ...[]byte) error {
	together := map[string]json.RawMessage{}
	for _, object := range objects {
		if err := json.Unmarshal(object, &together); err != nil {
			return client.Internal("", "sallyport's answer makes no sense: %s", err)
		}
	}
	a.printJSON(together)
	return nil
}

// importSource names a file for the other side to read, which also follows what an ssh_config includes; standard input
// only this side has.
func (a *app) importSource(ctx context.Context, path string) (client.ImportSource, error) {
	if strings.HasPrefix(path, "sallyport:") {
		return client.ImportSource{}, client.BadInput("pass it on standard input: sallyport import -", "a link may hold a secret, and arguments show in process lists")
	}
	if path == "-" {
		text, err := a.readPiped(ctx)
		if err == nil && strings.TrimSpace(text) == "" {
			err = client.BadInput("it takes what sallyport import --help lists", "standard input is empty")
		}
		return client.ImportSource{Kind: "text", Text: text}, err
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return client.ImportSource{}, client.BadInput("", "%s", err)
	}
	info, err := os.Stat(absolute)
	if err == nil && !info.Mode().IsRegular() {
		return client.ImportSource{}, client.BadInput("name a file, or - for standard input", "%s is not a regular file", path)
	}
	if err != nil {
		return client.ImportSource{}, client.BadInput("", "%s", err)
	}
	return client.ImportSource{Kind: "file", Path: absolute}, nil
}

func (a *app) readPiped(ctx context.Context) (string, error) {
	text, err := readInterruptibly(ctx, "standard input", func() ([]byte, error) { return io.ReadAll(io.LimitReader(a.term.in, mostPiped+1)) })
	if err != nil {
		return "", err
	}
	if len(text) > mostPiped {
		return "", client.BadInput("write it to a file and name that", "standard input: expected at most %d bytes", mostPiped)
	}
	return string(text), nil
}

func dashes(paths ...string) int {
	n := 0
	for _, path := range paths {
		if path == "-" {
			n++
		}
	}
	return n
}

func chosenEntries(review client.Review, names []string) ([]client.ReviewEntry, error) {
	if len(names) == 0 {
		return review.Entries, nil
	}
	var chosen []client.ReviewEntry
	for _, name := range names {
		at := slices.IndexFunc(review.Entries, func(entry client.ReviewEntry) bool {
			return entry.Name == name || entry.Clash != nil && *entry.Clash == name
		})
		if at < 0 {
			return nil, client.BadInput("see what there is with --dry-run", "--select: there is no %q to import", name)
		}
		chosen = append(chosen, review.Entries[at])
	}
	return chosen, nil
}

var kindWords = map[string]string{
	"ssh": "an ssh_config", "knockd": "a knockd.conf", "fwknoprc": "a .fwknoprc", "json": "an export of Sallyport", "uri": "a profile link",
}

// showReview says on standard error what was read, what is left out and what to know, before anything is saved. The host
// is for entries without one.
func (a *app) showReview(review client.Review, entries []client.ReviewEntry, host string) {
	a.term.sayf("%s is read as %s", plaintext.Line(review.Source), kindWords[review.Kind])
	if review.Locked {
		a.term.sayf("its secrets are sealed: give the passphrase with --%s, or enter them later", flagPassphrase)
	}
	for _, note := range review.Notes {
		a.term.sayf("note: %s", plaintext.Line(note))
	}
	for _, entry := range entries {
		at := cmp.Or(host, "no host,")
		if entry.Host != nil {
			at = *entry.Host
		}
		a.term.sayf("%s: %s port %d, %s", plaintext.Line(entry.Name), plaintext.Line(at), entry.Port, plaintext.Line(entry.Summary))
		if entry.Clash != nil {
			a.term.sayf("  the name %q is taken", plaintext.Line(*entry.Clash))
		}
		if slices.Contains(entry.Missing, "secret") && !review.Locked {
			a.term.sayf("  its secret is not in there; enter it in the app's editor, or afterwards: sallyport remove, then sallyport add with it")
		}
		for _, note := range entry.Notes {
			a.term.sayf("  %s", plaintext.Line(note))
		}
	}
	for _, skipped := range review.Skipped {
		a.term.sayf("skipped %s%s: %s", plaintext.Line(skipped.What), where(skipped.At, review.Source), plaintext.Line(skipped.Why))
	}
}

func where(at client.Place, source string) string {
	words := ""
	if at.Line != nil {
		words = fmt.Sprintf(" (line %d", *at.Line)
		if at.File != nil && *at.File != source {
			words += " of " + plaintext.Line(*at.File)
		}
		words += ")"
	}
	return words
}
