package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"sallyport/helper/internal/client"
	"sallyport/helper/internal/plaintext"
)

// afterFlags say what follows a knock. The other side checks links and arguments.
type afterFlags struct {
	set     *pflag.FlagSet
	kind    string
	url     string
	program []string
}

func newAfterFlags(set *pflag.FlagSet) *afterFlags {
	f := &afterFlags{set: set}
	set.StringVar(&f.kind, "after", "", "what follows the knock: `terminal` (ssh) or nothing (terminal)")
	set.StringVar(&f.url, "after-url", "", "open this `link` after the knock")
	set.StringArrayVar(&f.program, "after-program", nil,
		"start this program after the knock; each further one is an `argument`, with {host}, {address}, {port} and {user}")
	return f
}

func (f *afterFlags) after() (*client.After, error) {
	given := 0
	for _, name := range []string{"after", "after-url", "after-program"} {
		if f.set.Changed(name) {
			given++
		}
	}
	switch {
	case given == 0:
		return nil, nil
	case given > 1:
		return nil, client.BadInput("", "expected one of --after, --after-url and --after-program")
	case f.set.Changed("after-url"):
		return &client.After{Kind: "url", URL: f.url}, nil
	case f.set.Changed("after-program"):
		return &client.After{Kind: "program", Argv: f.program}, nil
	case f.kind == "terminal", f.kind == "nothing":
		return &client.After{Kind: f.kind}, nil
	}
	return nil, client.BadInput("", "--after: expected terminal or nothing, got %q", f.kind)
}

// follow does what the profile says comes after the knock. Where the vault's passphrase lies is nothing to other programs.
func (a *app) follow(next client.After, raw []byte) error {
	if err := os.Unsetenv("SALLYPORT_PASSPHRASE_FILE"); err != nil {
		return client.Internal("", "the environment could not be changed: %s", err)
	}
	switch next.Kind {
	case "nothing":
		if a.json {
			a.printRaw(raw)
		}
		return nil
	case "program":
		return startProgram(next.Argv)
	case "url":
		return a.openLink(next.URL, raw)
	}
	return client.Internal("update Sallyport: the app and its command line do not fit together", "%q is not known to follow a knock", next.Kind)
}

// startProgram hands the terminal over to a program of the person's own, found as a shell would find it, but never in the
// current folder.
func startProgram(argv []string) error {
	if len(argv) == 0 || argv[0] == "" || slices.ContainsFunc(argv, hasControl) {
		return client.Internal("", "refused to start a program: its arguments are not what they should be")
	}
	path, err := exec.LookPath(argv[0])
	if err != nil || !filepath.IsAbs(path) {
		return client.BadInput("give its full path in the profile", "the door is open, but the program %q was not found", argv[0])
	}
	return become(path, argv)
}

// openLink prints the link, for whoever reads it, and hands it to the desktop where there is one.
func (a *app) openLink(link string, raw []byte) error {
	if a.json {
		a.printRaw(raw)
	} else {
		a.term.printf("%s", plaintext.Line(link))
	}
	if runtime.GOOS == "linux" && os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return nil // no desktop; xdg-open would look for a browser in this terminal
	}
	opener := linkOpener(runtime.GOOS)
	path, err := exec.LookPath(opener[0])
	if err != nil || !filepath.IsAbs(path) || hasControl(link) || strings.HasPrefix(link, "-") {
		return nil // the link is on the screen
	}
	if err := exec.Command(path, append(opener[1:], link)...).Run(); err != nil {
		a.warn("the link could not be opened: " + clause(err.Error()))
	}
	return nil
}

// linkOpener is what hands a link to the desktop: xdg-open(1), open(1), or the file protocol handler of Windows.
func linkOpener(goos string) []string {
	switch goos {
	case "darwin":
		return []string{"open"}
	case "windows":
		return []string{"rundll32.exe", "url.dll,FileProtocolHandler"}
	}
	return []string{"xdg-open"}
}

func hasControl(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f })
}
