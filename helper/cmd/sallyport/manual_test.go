package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const manual = "../../../docs/man/sallyport.1"

// commands is every command a person can run, the root first.
func commands(cmd *cobra.Command) []*cobra.Command {
	all := []*cobra.Command{cmd}
	for _, child := range cmd.Commands() {
		if child.Name() != "help" && !child.Hidden {
			all = append(all, commands(child)...)
		}
	}
	return all
}

// ofCobra are the shells below completion, whose help cobra writes itself.
func ofCobra(cmd *cobra.Command) bool {
	return cmd.HasParent() && cmd.Parent().Name() == "completion"
}

func TestEveryCommandTeachesByExamplesThatParse(t *testing.T) {
	for _, cmd := range commands((&app{}).root()) {
		if ofCobra(cmd) {
			continue
		}
		count := 0
		for _, line := range strings.Split(cmd.Example, "\n") {
			_, call, found := strings.Cut(line, "sallyport ")
			if !found || strings.HasPrefix(strings.TrimSpace(line), "#") {
				continue
			}
			count++
			call = regexp.MustCompile(`( [|>&]|\)).*`).ReplaceAllString(strings.ReplaceAll(call, `"$(date +%s)"`, "1"), "")
			root := (&app{}).root()
			target, args, err := root.Find(strings.Fields(call))
			if err == nil {
				err = target.ParseFlags(args)
			}
			if err == nil {
				err = target.ValidateArgs(target.Flags().Args())
			}
			if err != nil || target == root || cmd.HasParent() && !strings.HasPrefix(target.CommandPath(), cmd.CommandPath()) {
				t.Errorf("%s: example %q: %v (%s)", cmd.CommandPath(), line, err, target.CommandPath())
			}
		}
		if count == 0 {
			t.Errorf("%s has no example", cmd.CommandPath())
		}
	}
	root := (&app{}).root()
	for path := range examples {
		if found, rest, err := root.Find(strings.Fields(path)); err != nil || len(rest) > 0 || path != "" && found == root {
			t.Errorf("there are examples for %q, which is no command", path)
		}
	}
}

// TestManual holds the page to the program, both ways: every command and flag is on it, and no others are.
func TestManual(t *testing.T) {
	text, err := os.ReadFile(manual)
	if err != nil {
		t.Fatal(err)
	}
	page := string(text)
	known := map[string]bool{"help": true, "h": true}
	for _, cmd := range commands((&app{}).root()) {
		_, path, _ := strings.Cut(cmd.CommandPath(), " ")
		if path != "" && !ofCobra(cmd) && !regexp.MustCompile(`(?m)^\.It Xo Cm `+path+`\b|^\.It Cm `+path+`\b`).MatchString(page) {
			t.Errorf("the command %q is not on the page", path)
		}
		cmd.LocalFlags().VisitAll(func(flag *pflag.Flag) {
			if !ofCobra(cmd) {
				known[flag.Name] = true
				known[flag.Shorthand] = true
			}
			if flag.Name != "help" && !ofCobra(cmd) && !strings.Contains(page, "Fl -"+flag.Name+"\n") && !strings.Contains(page, "Fl -"+flag.Name+" ") {
				t.Errorf("%s: the flag --%s is not on the page", cmd.CommandPath(), flag.Name)
			}
		})
	}
	for _, match := range regexp.MustCompile(`\bFl -?([0-9A-Za-z-]+)`).FindAllStringSubmatch(page, -1) {
		if !known[match[1]] {
			t.Errorf("the page has a flag %q that no command has", match[1])
		}
	}
}

func TestManualIsCleanMdoc(t *testing.T) {
	mandoc, err := exec.LookPath("mandoc")
	if err != nil {
		t.Fatal("mandoc is needed (Debian: mandoc)")
	}
	if out, err := exec.Command(mandoc, "-Tlint", "-Wwarning", manual).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestManualsKeepTheirQuotes: mdoc takes the quotes of an argument that begins with one away, so they are written \(dq.
func TestManualsKeepTheirQuotes(t *testing.T) {
	lost := regexp.MustCompile(`^\..* "[^"]*"[^ ]`)
	pages, err := filepath.Glob(filepath.Join(filepath.Dir(manual), "*"))
	if err != nil || len(pages) < 3 {
		t.Fatalf("%d manuals: %v", len(pages), err)
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(text), "\n") {
			if lost.MatchString(line) {
				t.Errorf("%s:%d: %s", page, i+1, line)
			}
		}
	}
}
