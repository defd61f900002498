package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// most is the exposure that systemd may say at most, in tenths.
const most = "16"

var unitNames = []string{"sallyportd.service", "sallyport-gate.service"}

// needs fails the test when a program is missing: these checks are not to pass unseen.
func needs(t *testing.T, program, debian string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Fatalf("%s is missing: apt-get install %s", program, debian)
	}
}

func TestUnitsAreSoundAndTight(t *testing.T) {
	needs(t, "systemd-analyze", "systemd")
	dir := t.TempDir()
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, name := range unitNames {
		unit, err := os.ReadFile(filepath.Join("..", "..", "..", "build", "systemd", name))
		if err != nil {
			t.Fatal(err)
		}
		text := string(unit)
		for _, want := range []string{"User=sallyport\n", "/usr/local/sbin/sallyportd "} {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %q", name, want)
			}
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(strings.ReplaceAll(text, "/usr/local/sbin/sallyportd", executable)), 0o644); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
		out, err := exec.Command("systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold="+most, path).CombinedOutput()
		if err != nil {
			t.Errorf("%s is more exposed than %s tenths: %v\n%s", name, most, err, out)
		}
	}
	out, err := exec.Command("systemd-analyze", append([]string{"verify", "--man=no"}, paths...)...).CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("systemd-analyze verify: %v\n%s", err, out)
	}
}

func TestManualPagesAreSound(t *testing.T) {
	needs(t, "mandoc", "mandoc")
	for _, name := range []string{"sallyportd.8", "sallyportd.toml.5"} {
		path := filepath.Join("..", "..", "..", "docs", "man", name)
		out, err := exec.Command("mandoc", "-T", "lint", "-W", "warning", path).CombinedOutput()
		if err != nil || len(out) > 0 {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
	page, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "man", "sallyportd.8"))
	if err != nil {
		t.Fatal(err)
	}
	_, listed, _ := strings.Cut(overview, "\n\n  ")
	for _, line := range strings.Split(listed, "\n") {
		name, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		if name != "" && strings.HasPrefix(line, " ") && !strings.Contains(string(page), ".It Cm "+name) {
			t.Errorf("the manual page lacks the command %q", name)
		}
	}
}
