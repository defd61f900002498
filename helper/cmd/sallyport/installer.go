package main

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"sallyport/helper/internal/client"
	"sallyport/helper/internal/counted"
	"sallyport/helper/internal/plaintext"
)

var installerFormats = []string{"sh", "tar", "ansible", "cloud-init", "nftables", "iptables", "knockd", "fwknop"}

// installerFlags is what installer was told.
type installerFlags struct {
	out, format string
	ask         bool
	allow, arch []string
	daemonURL   string
	overSSH     bool
	run         overSSHFlags
}

func (a *app) installer() *cobra.Command {
	var flags installerFlags
	cmd := &cobra.Command{
		Use:   "installer NAME --out FILE | installer NAME --over-ssh [USER@HOST]",
		Short: "Write what sets up a profile's server, or install it over ssh",
		Long: "Writes what a server needs so that the profile can knock at it: by itself one shell script with the daemon in\n" +
			"it, to be read, copied to the server and run there as root. With --over-ssh it is copied and run by your own ssh,\n" +
			"tried, proven by a knock from a new connection, and confirmed over that connection; if anything of that fails,\n" +
			"the server puts everything back by itself.",
		Args:              nameAndLogin,
		ValidArgsFunction: a.completeProfiles,
	}
	set := cmd.Flags()
	newFileFlag(set, &flags.out, "the new `file` to write, readable by its user only")
	set.StringVar(&flags.format, "format", "sh", "the `format`: "+strings.Join(installerFormats, ", "))
	set.BoolVar(&flags.ask, "ask-secrets", false, "leave the secrets out; the server asks for them, or makes them")
	set.StringSliceVar(&flags.allow, "allow", nil, "`networks` that need no knock, like 203.0.113.0/24")
	set.StringSliceVar(&flags.arch, "arch", nil, "the `processors` to bring the daemon for: amd64, arm64, armv7 (amd64,arm64)")
	set.StringVar(&flags.daemonURL, "daemon-url", "", "cloud-init: the `address` of yours that the server fetches the daemon from, with {arch} for its processor")
	set.BoolVar(&flags.overSSH, "over-ssh", false, "install it now, by your own ssh")
	flags.run.register(set)
	cmd.RunE = action(func(cmd *cobra.Command, args []string) error {
		if flags.daemonURL != "" && (flags.overSSH || flags.format != "cloud-init") {
			return client.BadInput("", "--daemon-url goes with --format cloud-init")
		}
		if flags.overSSH {
			return a.overSSH(cmd, args, flags)
		}
		return a.installerFile(cmd, args, flags)
	})
	return cmd
}

func (a *app) installerFile(cmd *cobra.Command, args []string, flags installerFlags) error {
	switch {
	case len(args) == 2:
		return client.BadInput("", "USER@HOST goes with --over-ssh")
	case flags.out == "":
		return client.BadInput("", "expected --out FILE, or --over-ssh")
	}
	if name := flags.run.given(cmd.Flags()); name != "" {
		return client.BadInput("", "--%s goes with --over-ssh", name)
	}
	text, made, err := a.fetchInstaller(cmd.Context(), args[0], flags)
	if err != nil {
		return err
	}
	if err := writeNew(flags.out, string(text)); err != nil {
		return err
	}
	if a.json {
		a.printJSON(client.InstallerWritten{
			File: flags.out, Size: made.Size, SHA256: made.SHA256, HoldsSecrets: made.HoldsSecrets, NextSteps: stepsWith(flags.out, made),
		})
		return nil
	}
	a.term.printf("wrote %s (%s)\nSHA-256 %s", plaintext.Line(flags.out), sizeWords(made.Size), made.SHA256)
	if made.HoldsSecrets {
		a.warn("it holds the profile's secret: keep it to yourself, and delete it after use")
	}
	for _, step := range stepsWith(flags.out, made) {
		a.term.sayf("next: %s", plaintext.Line(step))
	}
	return nil
}

// stepsWith is what to do next, with the name that the file was given: after it was copied it lies in the server's folder.
func stepsWith(out string, made client.Installer) []string {
	steps := make([]string, 0, len(made.NextSteps))
	name := shellWord(out)
	for _, step := range made.NextSteps {
		steps = append(steps, strings.ReplaceAll(step, made.FileName, name))
		if strings.HasPrefix(step, "scp ") {
			name = shellWord(filepath.Base(out))
		}
	}
	return steps
}

// shellWord is a file's name as it can be pasted into a shell.
func shellWord(name string) string {
	if strings.ContainsFunc(name, func(r rune) bool { return !plainInShell(r) }) {
		return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
	}
	return name
}

func plainInShell(r rune) bool {
	return r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) || strings.ContainsRune("/._+@%=:,-\\", r)
}

func sizeWords(bytes int) string {
	switch {
	case bytes >= 1e6:
		return fmt.Sprintf("%.1f MB", float64(bytes)/1e6)
	case bytes >= 1e3:
		return fmt.Sprintf("%.1f kB", float64(bytes)/1e3)
	}
	return counted.Of(bytes, "byte")
}

// fetchInstaller has the file made and checks that all of it arrived.
func (a *app) fetchInstaller(ctx context.Context, name string, flags installerFlags) ([]byte, client.Installer, error) {
	options := client.InstallerOptions{Allow: flags.allow, Arches: flags.arch, DaemonURL: flags.daemonURL}
	if flags.ask {
		options.Secrets = "ask"
	}
	params := client.InstallerParams{Name: name, Format: flags.format, Options: options}
	var text []byte
	var broken error
	collect := func(e client.Event) {
		part, err := base64.StdEncoding.DecodeString(e.Base64)
		if e.Kind != "part" {
			return
		}
		if err != nil {
			broken = err
		}
		text = append(text, part...)
	}
	var made client.Installer
	if _, err := a.ask(ctx, "installer", params, collect, &made); err != nil {
		return nil, made, err
	}
	sum := sha256.Sum256(text)
	if broken != nil || len(text) != made.Size || hex.EncodeToString(sum[:]) != made.SHA256 {
		return nil, made, client.Internal("try again", "the installer did not arrive whole: %s",
			fmt.Sprintf("%d of %d bytes", len(text), made.Size))
	}
	return text, made, nil
}
