package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// What is here holds for every command there is, and for every one to come.

// runHere runs a command line in this process. Nothing may reach anybody: what is asked here ends before that.
func runHere(t *testing.T, args ...string) (exit int, out, err string) {
	t.Helper()
	t.Setenv("SALLYPORT_HOME", filepath.Join(t.TempDir(), "nobody"))
	var stdout, stderr bytes.Buffer
	exit = run(t.Context(), args, terminal{in: os.Stdin, out: &stdout, err: &stderr})
	return exit, stdout.String(), stderr.String()
}

func wordsOf(cmd *cobra.Command) []string { return strings.Fields(cmd.CommandPath())[1:] }

func TestEveryCommandRefusesInJSON(t *testing.T) {
	for _, cmd := range commands((&app{}).root()) {
		exit, out, said := runHere(t, append(wordsOf(cmd), "--no-such-flag", "--json")...)
		if cmd.Name() == "proxy" { // its standard output is a connection's
			out, said = said, out
		}
		var refusal struct {
			Verdict, Code, Message string
			Exit                   int
			Error                  struct {
				Code, Message string
				Exit          int
			}
		}
		if err := json.Unmarshal([]byte(out), &refusal); err != nil || strings.Count(out, "\n") != 1 || said != "" {
			t.Errorf("%s --no-such-flag --json: expected one JSON object and nothing else, got %q and %q", cmd.CommandPath(), out, said)
			continue
		}
		if cmd.Name() == "knock" && refusal.Verdict == "error" {
			refusal.Error.Code, refusal.Error.Message, refusal.Error.Exit = refusal.Code, refusal.Message, refusal.Exit
		}
		if exit != 2 || refusal.Error.Exit != 2 || refusal.Error.Code != "bad-input" || refusal.Error.Message == "" {
			t.Errorf("%s --no-such-flag --json: exit %d, %s", cmd.CommandPath(), exit, out)
		}
	}
}

func TestEveryCommandHasHelpInWordsAndJSON(t *testing.T) {
	for _, cmd := range commands((&app{}).root()) {
		exit, out, said := runHere(t, append(wordsOf(cmd), "--help")...)
		if exit != 0 || said != "" || !strings.Contains(out, "Usage:") || !strings.Contains(out, "Exit codes:") {
			t.Errorf("%s --help: exit %d, %q, %q", cmd.CommandPath(), exit, out, said)
		}
		if short := cmd.Short; short == "" || strings.HasSuffix(short, ".") || strings.Contains(short, "\n") {
			t.Errorf("%s: Short is %q; expected one clause without a full stop", cmd.CommandPath(), short)
		}
		for _, args := range [][]string{append(wordsOf(cmd), "--help", "--json"), append([]string{"help", "--json"}, wordsOf(cmd)...)} {
			exit, out, said = runHere(t, args...)
			var help commandHelp
			if err := json.Unmarshal([]byte(out), &help); err != nil || exit != 0 || said != "" || help.Command != cmd.CommandPath() || help.Summary != cmd.Short {
				t.Errorf("sallyport %v: exit %d, %v, %q, %q", args, exit, err, out, said)
			}
		}
		cmd.LocalFlags().VisitAll(func(flag *pflag.Flag) {
			called, _ := pflag.UnquoteUsage(flag)
			if flag.Value.Type() != "bool" && !strings.Contains(flag.Usage, "`") && !ofCobra(cmd) {
				t.Errorf("%s --%s: the usage does not say what the value is called: put it in backquotes (it shows as %q)", cmd.CommandPath(), flag.Name, called)
			}
		})
	}
}

// TestExitCodesAreTheManuals holds the help's table to the page's.
func TestExitCodesAreTheManuals(t *testing.T) {
	page, err := os.ReadFile(manual)
	if err != nil {
		t.Fatal(err)
	}
	_, out, _ := runHere(t, "--help")
	for _, code := range exitCodes {
		if row := fmt.Sprintf("\n.It %d\n%s\n", code.Exit, code.Means); !strings.Contains(string(page), row) {
			t.Errorf("docs/man/sallyport.1 lacks the exit code: %q", row)
		}
		if row := fmt.Sprintf("  %-4d %s\n", code.Exit, code.Means); !strings.Contains(out, row) {
			t.Errorf("sallyport --help lacks the exit code: %q", row)
		}
	}
}

// TestTheManualSaysWhatJSONIs holds each command to a line on what its --json prints.
func TestTheManualSaysWhatJSONIs(t *testing.T) {
	page, err := os.ReadFile(manual)
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(page), "\n.Sh JSON\n")
	section, _, ended := strings.Cut(section, "\n.Sh ")
	if !found || !ended {
		t.Fatal("docs/man/sallyport.1 has no section JSON")
	}
	for _, cmd := range commands((&app{}).root()) {
		path := strings.Join(wordsOf(cmd), " ")
		if cmd.HasSubCommands() != (path == "completion") || ofCobra(cmd) {
			continue
		}
		if !strings.Contains(section, "\n.It Cm "+path+"\n") {
			t.Errorf("docs/man/sallyport.1, section JSON: say what sallyport %s --json prints, under .It Cm %s", path, path)
		}
	}
}

// TestEveryCommandHasScripts wants of each command: a run that goes well, one that is refused, and one with --json.
func TestEveryCommandHasScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	var all strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		script, _, _ := strings.Cut(string(text), "\n-- ")
		all.WriteString(script + "\n")
	}
	for _, cmd := range commands((&app{}).root()) {
		path := regexp.QuoteMeta(cmd.CommandPath())
		for what, line := range map[string]string{
			"goes well (exec sallyport …)":     `(?m)^exec ` + path + `( .*)?$|^exits 7 ` + path + ` `, // 7 is how the scripts' ssh ends
			"is refused (exits 2 sallyport …)": `(?m)^exits [1-5] ` + path + `( .*)?$`,
			"is asked for JSON (… --json)":     `(?m)^(exec|exits \d+) ` + path + `( .*)? --json( |$)`,
		} {
			if cmd.HasSubCommands() && !strings.Contains(what, "refused") || ofCobra(cmd) {
				continue
			}
			if !regexp.MustCompile(line).MatchString(all.String()) {
				t.Errorf("testdata has no script in which %q %s: add a line that matches %s", cmd.CommandPath(), what, line)
			}
		}
	}
}

// TestOnlyFilesCompleteFiles: a shell that offers files where a name or number is expected misleads, and one that offers none
// where a file is, annoys.
func TestOnlyFilesCompleteFiles(t *testing.T) {
	for _, cmd := range commands((&app{}).root()) {
		cmd.LocalFlags().VisitAll(func(flag *pflag.Flag) {
			if flag.Value.Type() == "bool" || ofCobra(cmd) {
				return
			}
			_, out, _ := runHere(t, append(append([]string{"__complete"}, wordsOf(cmd)...), "--"+flag.Name, "")...)
			called, _ := pflag.UnquoteUsage(flag)
			if offers := strings.Contains(out, "\n:0\n") || strings.HasPrefix(out, ":0\n"); offers != (called == "file") {
				t.Errorf("%s --%s, whose value is called %q: completion says %q", cmd.CommandPath(), flag.Name, called, out)
			}
		})
	}
}

// TestNamesCompleteNames: where a profile's name is expected, the profiles are offered; add makes a new one.
func TestNamesCompleteNames(t *testing.T) {
	for _, cmd := range commands((&app{}).root()) {
		if !strings.Contains(cmd.Use, " NAME") || cmd.Name() == "add" || cmd.Flag("profile") != nil {
			continue
		}
		if reflect.ValueOf(cmd.ValidArgsFunction).Pointer() == reflect.ValueOf(cobra.NoFileCompletions).Pointer() {
			t.Errorf("%s does not complete profiles: give it ValidArgsFunction: a.completeProfiles", cmd.CommandPath())
		}
	}
	for line, want := range map[string]string{
		"knock x --action ": "close", "import x --from ": "fwknoprc", "secrets move --to ": "passphrase", "installer x --format ": "sh",
	} {
		_, out, _ := runHere(t, append([]string{"__complete"}, strings.Split(line, " ")...)...)
		if !strings.Contains("\n"+out, "\n"+want+"\n") || !strings.HasSuffix(out, ":4\n") {
			t.Errorf("sallyport %s: completion says %q", line, out)
		}
	}
}

func TestClosest(t *testing.T) {
	names := []string{"knock", "connect", "list", "sequence-file", "json"}
	for typed, want := range map[string]string{
		"nock": "knock", "conect": "connect", "lsit": "list", "kno": "knock", "sequence": "sequence-file", "file": "sequence-file",
		"x": "", "": "", "frobnicate": "", "jsom": "json", "KNOCK": "",
	} {
		if got := closest(typed, names); got != want {
			t.Errorf("%q: got %q, want %q", typed, got, want)
		}
	}
}

// TestOtherProgramsWordsLeadSomewhere: a suggestion that is refused in turn would be worse than none.
func TestOtherProgramsWordsLeadSomewhere(t *testing.T) {
	root := (&app{}).root()
	for word, meant := range elsewhere {
		if _, _, err := root.Find([]string{word}); err == nil {
			if found, _, _ := root.Find([]string{word}); found != root {
				t.Errorf("%q is a command of its own", word)
			}
		}
		cmd, rest, err := root.Find(strings.Fields(meant))
		if err != nil || cmd == root || cmd.ParseFlags(rest) != nil {
			t.Errorf("%q leads to %q, which is no command", word, meant)
		}
	}
}
