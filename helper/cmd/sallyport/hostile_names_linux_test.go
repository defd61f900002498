package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sallyport/helper/internal/hostile"
)

// asCompleted has bash complete "sallyport knock " with our own script, where a function that prints the file called names
// stands for this program, and prints what bash makes of it, NUL after each.
const asCompleted = `
source /usr/share/bash-completion/bash_completion
source completion
sallyport() { cat names; echo :4; }
COMP_WORDS=(sallyport knock ''); COMP_CWORD=2; COMP_LINE='sallyport knock '; COMP_POINT=${#COMP_LINE}; COMP_TYPE=63
__start_sallyport
printf '%s\0' "${COMPREPLY[@]}"
`

// TestHostileNamesAreCompletedAsTheyAre lets ten thousand names through to bash: those that are offered come out as they
// went in, and nothing in them is obeyed.
func TestHostileNamesAreCompletedAsTheyAre(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Fatal("bash is needed (Debian: apt-get install bash bash-completion)")
	}
	words := hostile.Words(4, 10_000)
	offered := map[string]bool{}
	for _, name := range words {
		if offerable(name) {
			offered[name] = true
		}
	}
	if len(offered) < 1000 {
		t.Fatalf("only %d of %d names are offered", len(offered), len(words))
	}
	folder := t.TempDir()
	var script strings.Builder
	a := &app{term: terminal{out: &script, err: &script, in: os.Stdin}}
	root := a.root()
	if err := root.GenBashCompletionV2(&script, true); err != nil {
		t.Fatal(err)
	}
	var names strings.Builder
	for name := range offered {
		names.WriteString(name + "\n")
	}
	for file, text := range map[string]string{"completion": script.String(), "names": names.String()} {
		if err := os.WriteFile(filepath.Join(folder, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(bash, "--norc", "--noprofile", "-c", asCompleted)
	cmd.Dir = folder
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + folder, "LC_ALL=C.UTF-8"}
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("bash: %v", err)
	}
	completed := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
	if len(completed) != len(offered) {
		t.Errorf("%d names went in, %d came out", len(offered), len(completed))
	}
	for _, name := range completed {
		if !offered[name] {
			t.Errorf("bash offers %q, which is no name", name)
		}
	}
	if entries, _ := os.ReadDir(folder); len(entries) != 2 {
		t.Errorf("a name was obeyed: %v", entries)
	}
}
