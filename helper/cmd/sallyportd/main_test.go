package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// command runs one command line in this process.
func command(stdin string, args ...string) (exit int, out, errs string) {
	var stdout, stderr strings.Builder
	exit = execute(args, strings.NewReader(stdin), &stdout, &stderr)
	return exit, stdout.String(), stderr.String()
}

type deriveCase struct {
	Secret, Action, Range, Sequence, Why string
	Time, Period                         int64
	Steps                                int
	Protocols                            []string
}

func vectors(t *testing.T, name string) []deriveCase {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "..", "test", "vectors", name))
	if err != nil {
		t.Fatal(err)
	}
	var cases []deriveCase
	if err := json.Unmarshal(raw, &cases); err != nil || len(cases) == 0 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	return cases
}

func (c deriveCase) args() []string {
	return []string{"derive", "--secret-file", "-", "--time", strconv.FormatInt(c.Time, 10), "--action", c.Action,
		"--period", strconv.FormatInt(c.Period, 10), "--steps", strconv.Itoa(c.Steps),
		"--protocols", strings.Join(c.Protocols, ","), "--range", c.Range}
}

func TestDeriveVectors(t *testing.T) {
	for i, c := range vectors(t, "rks1.json") {
		exit, out, errs := command(c.Secret+"\n", c.args()...)
		if exit != exitOK || out != c.Sequence+"\n" || errs != "" {
			t.Errorf("case %d: exit %d, %q, %q", i, exit, out, errs)
		}
	}
	c := vectors(t, "rks1.json")[0]
	if exit, out, _ := command("", "derive", "--secret", strings.ToLower(c.Secret), "--time=0"); exit != exitOK || out != c.Sequence+"\n" {
		t.Errorf("the defaults: exit %d, %q", exit, out)
	}
}

// TestPaddedNumbers: 030 is 30, and neither 24 nor anything else that a C compiler reads.
func TestPaddedNumbers(t *testing.T) {
	c := vectors(t, "rks1.json")[0]
	if exit, out, errs := command(c.Secret, "derive", "--secret-file", "-", "--time", "000", "--period", "030", "--steps", "05"); exit != exitOK || out != c.Sequence+"\n" {
		t.Errorf("exit %d, %q, %q", exit, out, errs)
	}
	for _, number := range []string{"0x10", "1e3", "1_0", "", "99999999999999999999"} {
		if exit, _, errs := command(c.Secret, "derive", "--secret-file", "-", "--time", "0", "--period", number); exit != exitUsage || !strings.Contains(errs, "expected a whole number") {
			t.Errorf("%q: exit %d, %q", number, exit, errs)
		}
	}
}

func TestDeriveRefusesInvalidVectors(t *testing.T) {
	for i, c := range vectors(t, "rks1-invalid.json") {
		exit, out, errs := command(c.Secret+"\n", c.args()...)
		if exit != exitUsage || out != "" || !strings.HasPrefix(errs, "sallyportd: derive: ") {
			t.Errorf("case %d (%s): exit %d, %q, %q", i, c.Why, exit, out, errs)
		}
		if len(c.Secret) > 8 && strings.Contains(errs, c.Secret) {
			t.Errorf("case %d: the error repeats the secret", i)
		}
	}
}

func TestUsage(t *testing.T) {
	for _, c := range []struct {
		args []string
		exit int
		want string // in the output for 0, in the errors otherwise
	}{
		{nil, exitUsage, "Usage: sallyportd"},
		{[]string{"help"}, exitOK, "Usage: sallyportd"},
		{[]string{"version"}, exitOK, "sallyportd "},
		{[]string{"open"}, exitUsage, `unknown command "open"`},
		{[]string{"run", "--help"}, exitOK, "Usage: sallyportd run"},
		{[]string{"check", "-h"}, exitOK, "Usage: sallyportd check"},
		{[]string{"status", "--help"}, exitOK, "Usage: sallyportd status"},
		{[]string{"derive", "--help"}, exitOK, "Usage: sallyportd derive"},
		{[]string{"run", "--conf", "x"}, exitUsage, "run: there is no flag --conf; see"},
		{[]string{"run", "--config"}, exitUsage, "run: --config needs a value; see"},
		{[]string{"help", "status"}, exitOK, "Usage: sallyportd status"},
		{[]string{"--version"}, exitOK, "sallyportd "},
		{[]string{"check", "x"}, exitUsage, `unexpected "x"`},
		{[]string{"check", "--config", "/nonexistent.toml"}, exitUsage, "no such file"},
		{[]string{"check", "--config", "/"}, exitUsage, "not a regular file"},
		{[]string{"grants", "--help"}, exitOK, "Usage: sallyportd grants"},
		{[]string{"revoke", "--help"}, exitOK, "Usage: sallyportd revoke"},
		{[]string{"revoke", "--config", "/nonexistent.toml"}, exitUsage, "the address is missing"},
		{[]string{"revoke", "192.0.2.1", "192.0.2.2"}, exitUsage, `unexpected "192.0.2.2"`},
		{[]string{"user"}, exitUsage, "expected add, revoke or list"},
		{[]string{"user", "drop", "bob"}, exitUsage, `unknown command "drop"`},
		{[]string{"user", "--help"}, exitOK, "Usage: sallyportd user add"},
		{[]string{"user", "add", "--help"}, exitOK, "Usage: sallyportd user add"},
		{[]string{"user", "revoke", "bob", "-h"}, exitOK, "Usage: sallyportd user revoke"},
		{[]string{"user", "list", "--help"}, exitOK, "Usage: sallyportd user list"},
		{[]string{"user", "list", "ssh"}, exitUsage, `unexpected "ssh"`},
		{[]string{"user", "add", "--door", "ssh"}, exitUsage, "the name is missing"},
		{[]string{"user", "add", "bob"}, exitUsage, "--door is missing"},
		{[]string{"user", "add", "bob", "--door", "ssh", "alice"}, exitUsage, `unexpected "alice"`},
		{[]string{"user", "add", "../bob", "--door", "ssh"}, exitUsage, "1 to 48 letters"},
		{[]string{"user", "add", "--door", "ssh", "--", "-bob"}, exitUsage, "1 to 48 letters"},
		{[]string{"user", "add", "bob", "--door", "ssh", "--period", "1.5s"}, exitUsage, "--period: \"1.5s\" is no whole number"},
		{[]string{"user", "add", "bob", "--door", "ssh", "--period", "5"}, exitUsage, "10 to 86400 whole seconds"},
		{[]string{"user", "add", "bob", "--door", "ssh", "--steps", "2"}, exitUsage, "it takes 3 to 10"},
		{[]string{"user", "add", "bob", "--door", "ssh", "--protocols", "tcp,sctp"}, exitUsage, "--protocols:"},
		{[]string{"user", "add", "bob", "--door", "ssh", "--range", "9-1"}, exitUsage, "--range:"},
		{[]string{"user", "add", "bob", "--door", "ssh", "--skew", "6"}, exitUsage, "expected 0 to 5"},
		{[]string{"user", "revoke"}, exitUsage, "the name is missing"},
		{[]string{"derive", "--time", "5"}, exitUsage, "either --secret or --secret-file"},
		{[]string{"derive", "--secret", "A", "--secret-file", "-", "--time", "5"}, exitUsage, "either --secret or --secret-file"},
		{[]string{"derive", "--secret", "A"}, exitUsage, "--time is missing"},
		{[]string{"derive", "--secret", "A", "--time", "x"}, exitUsage, "invalid value"},
		{[]string{"derive", "--secret-file", "/nonexistent", "--time", "1"}, exitUsage, "no such file"},
	} {
		exit, out, errs := command("", c.args...)
		text := errs
		if c.exit == exitOK {
			text = out
		}
		if exit != c.exit || !strings.Contains(text, c.want) || strings.Contains(errs, "goroutine") {
			t.Errorf("%q: exit %d, %q, %q", c.args, exit, out, errs)
		}
	}
}

func TestCheckAndStatusWithoutADaemon(t *testing.T) {
	dir := t.TempDir()
	config := filepath.Join(dir, "c.toml")
	write := func(text string) {
		if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("state_dir = \"" + dir + "\"\n[[door]]\nname = \"ssh\"\nports = [\"22/tcp\"]\n[[door.key]]\nuser = \"a\"\nmethod = \"sequence\"\nsequence = \"7000,8000,9000\"\n")
	exit, out, _ := command("", "check", "--config", config)
	if exit != exitOK || !strings.Contains(out, "1 door, 1 key") || !strings.Contains(out, "warning: "+config+":8: ") {
		t.Errorf("check: exit %d, %q", exit, out)
	}
	exit, out, errs := command("", "status", "--config", config)
	if exit != exitFailure || out != "" || !strings.Contains(errs, "no sallyportd is running") {
		t.Errorf("status: exit %d, %q, %q", exit, out, errs)
	}
	write("[[door]]\nname = 5\nprots = []\n")
	exit, _, errs = command("", "check", "--config", config)
	if exit != exitUsage || !strings.Contains(errs, config+":3: ") || !strings.Contains(errs, " problem") {
		t.Errorf("a bad config: exit %d, %q", exit, errs)
	}
}

// TestWordsThatPeopleTry: what other programs answer to, this one does too.
func TestWordsThatPeopleTry(t *testing.T) {
	for _, args := range [][]string{{"version"}, {"--version"}, {"-version"}} {
		if exit, out, errs := command("", args...); exit != exitOK || out != "sallyportd "+version+"\n" || errs != "" {
			t.Errorf("%q: exit %d, %q, %q", args, exit, out, errs)
		}
	}
	if exit, out, errs := command("", "version", "2"); exit != exitUsage || out != "" || !strings.Contains(errs, `unexpected "2"`) {
		t.Errorf("version 2: exit %d, %q, %q", exit, out, errs)
	}
	for _, name := range []string{"run", "check", "revoke", "derive", "version", "import-knockd"} {
		_, want, _ := command("", name, "--help")
		if exit, out, errs := command("", "help", name); exit != exitOK || out != want || !strings.HasPrefix(out, "Usage: sallyportd "+name) || errs != "" {
			t.Errorf("help %s: exit %d, %q, %q", name, exit, out, errs)
		}
	}
	for _, args := range [][]string{{"help"}, {"help", "nosuch"}, {"help", "help"}} {
		if exit, out, _ := command("", args...); exit != exitOK || out != overview {
			t.Errorf("%q: exit %d, %q", args, exit, out)
		}
	}
}
