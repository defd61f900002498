package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"sallyport/helper/internal/testterm"
)

// interactive is how each shell is started without anybody's own settings, and what makes it complete our commands. What a
// person is told to do is the same: the README's "Completions".
var interactive = map[string]struct {
	argv  []string
	setUp string
}{
	"bash": {[]string{"bash", "--norc", "--noprofile", "-i"}, "source /usr/share/bash-completion/bash_completion; source <(sallyport completion bash)"},
	"zsh":  {[]string{"zsh", "-f", "-i"}, "autoload -Uz compinit; compinit -u -d $HOME/.zcompdump; source <(sallyport completion zsh)"},
	"fish": {[]string{"fish", "--no-config", "-i"}, "sallyport completion fish | source"},
}

// completes SHELL LINE types the line into the real shell on a terminal of its own, then Tab, and when the profiles have been
// asked for, Enter: what is run then is what the shell made of it.
func completes(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: completes SHELL LINE")
	}
	shell, known := interactive[args[0]]
	if !known {
		ts.Fatalf("there is no shell %s in this test", args[0])
	}
	if _, err := exec.LookPath(shell.argv[0]); err != nil {
		ts.Fatalf("%s is needed (Debian: apt-get install %s)", args[0], args[0])
	}
	master, slave, err := testterm.Open()
	ts.Check(err)
	defer master.Close()
	home := ts.MkAbs("home-" + args[0])
	ts.Check(os.MkdirAll(home, 0o700))
	cmd := exec.Command(shell.argv[0], shell.argv[1:]...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = []string{
		"HOME=" + home, "XDG_CONFIG_HOME=" + home, "XDG_DATA_HOME=" + home, "XDG_RUNTIME_DIR=" + home, "TERM=dumb", "LC_ALL=C.UTF-8",
		"PATH=" + ts.Getenv("PATH"), "SALLYPORT_HOME=" + ts.Getenv("SALLYPORT_HOME"), "BASH_ENV=", "ENV=",
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	ts.Check(cmd.Start())
	_ = slave.Close()
	screen := testterm.Watch(master)
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	await := func(what string, there func() bool) {
		for late := time.Now().Add(60 * time.Second); !there(); time.Sleep(20 * time.Millisecond) {
			if time.Now().After(late) {
				ts.Fatalf("%s: waited for %s in vain; the screen has:\n%s", args[0], what, screen())
			}
		}
	}
	says := func(text string) { await(text, func() bool { return strings.Contains(screen(), text) }) }
	asked := func() int {
		text, _ := os.ReadFile(filepath.Clean(ts.MkAbs("asked")))
		return bytes.Count(text, []byte(`"method":"list"`))
	}
	// The quotes keep the echo of what is typed from being taken for what it prints.
	fmt.Fprintf(master, "%s; echo RE''ADY\r", shell.setUp)
	says("READY")
	before := asked()
	fmt.Fprintf(master, "%s\t", args[1])
	await("the list of profiles to be asked for", func() bool { return asked() > before })
	time.Sleep(500 * time.Millisecond) // the shell now has the names, and writes what it makes of them
	fmt.Fprintf(master, "\r")
	fmt.Fprintf(master, "echo DO''NE\r")
	says("DONE")
}
