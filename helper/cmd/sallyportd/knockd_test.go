package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestKnockdConfOnTheCommandLine(t *testing.T) {
	dir := t.TempDir()
	conf := filepath.Join(dir, "knockd.conf")
	write := func(text string) {
		if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("[options]\n\tinterface = nosuch0\n[openSSH]\n\tsequence = 7000,8000,9000\n\tcommand = /sbin/iptables -A INPUT -s %IP% -p tcp --dport 22 -j ACCEPT\n")
	exit, out, errs := command("", "check", "--knockd-conf", conf)
	if exit != exitOK || !strings.Contains(out, "is good: 1 door, knockd's rules") || !strings.Contains(out, `no interface "nosuch0" now`) {
		t.Errorf("check: exit %d, %q, %q", exit, out, errs)
	}
	exit, out, errs = command("", "import-knockd", conf)
	if exit != exitOK || !strings.Contains(out, "ports = [\"22/tcp\"]") || !strings.Contains(errs, conf+":5: start_command → ports") {
		t.Errorf("import-knockd: exit %d, %q, %q", exit, out, errs)
	}
	text, err := os.ReadFile(conf)
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"import-knockd", "-"}, {"import-knockd", "--", "-"}} {
		exit, piped, said := command(string(text), args...)
		if exit != exitOK || piped != strings.ReplaceAll(out, conf, "standard input") || said != strings.ReplaceAll(errs, conf, "standard input") {
			t.Errorf("%q: exit %d, %q, %q", args, exit, piped, said)
		}
	}
	if exit, _, errs := command(strings.Repeat("#\n", maxKnockdConf/2+1), "import-knockd", "-"); exit != exitUsage || !strings.Contains(errs, "standard input is larger than") {
		t.Errorf("too much: exit %d, %q", exit, errs)
	}
	toml := filepath.Join(dir, "sallyportd.toml")
	if err := os.WriteFile(toml, []byte(out), 0o600); err != nil {
		t.Fatal(err)
	}
	if exit, out, errs := command("", "check", "--config", toml); exit != exitOK {
		t.Errorf("what import-knockd prints must be good: exit %d, %q, %q", exit, out, errs)
	}
	write("[a]\n\tone_time_sequences = " + dir + "/nosuch\n[b]\n\tone_time_sequences = " + dir + "\n")
	if exit, _, errs := command("", "check", "--knockd-conf", conf); exit != exitUsage || !strings.Contains(errs, conf+":1: section \"a\"") ||
		!strings.Contains(errs, conf+":3: section \"b\"") {
		t.Errorf("lists that are not there: exit %d, %q", exit, errs)
	}
	write("[a]\n\tsequence = 1\n\tcommand = true\n")
	if err := os.Chmod(conf, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"check", "--knockd-conf", conf}, {"run", "--knockd-conf", conf, "--state-dir", dir + "/state"}} {
		if exit, _, errs := command("", args...); exit != exitUsage || !strings.Contains(errs, conf+":1: everybody on this machine can write to this file (mode 0666)") {
			t.Errorf("%q of a file that everybody can change: exit %d, %q", args, exit, errs)
		}
	}
	if err := os.Chmod(conf, 0o644); err != nil {
		t.Fatal(err)
	}
	write("[a]\n\tsequence = 99999\n")
	for _, args := range [][]string{{"check", "--knockd-conf", conf}, {"run", "--knockd-conf", conf}, {"import-knockd", conf}} {
		if exit, out, errs := command("", args...); exit != exitUsage || out != "" || !strings.Contains(errs, conf+":2: sequence: step 1") {
			t.Errorf("%q: exit %d, %q, %q", args, exit, out, errs)
		}
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"run", "--knockd-conf", conf, "--config", toml}, "--config does not go with --knockd-conf"},
		{[]string{"run", "--state-dir", dir}, "goes with --knockd-conf only"},
		{[]string{"check", "--knockd-conf", "/nonexistent"}, "no such file"},
		{[]string{"import-knockd"}, "expected a file"},
		{[]string{"import-knockd", conf, "x"}, `unexpected "x"`},
		{[]string{"import-knockd", dir}, "not a regular file"},
	} {
		if exit, out, errs := command("", c.args...); exit != exitUsage || out != "" || !strings.Contains(errs, c.want) {
			t.Errorf("%q: exit %d, %q, %q", c.args, exit, out, errs)
		}
	}
}
