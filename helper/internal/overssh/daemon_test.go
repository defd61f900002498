package overssh

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// asRoot lets the shell take itself for root, so that nothing asks sudo.
func asRoot(command string) string { return strings.Replace(command, "id -u", "echo 0", 1) }

// server is a PATH with a sallyportd that shows its arguments and its standard input.
func server(t *testing.T) string {
	t.Helper()
	bin := t.TempDir()
	script := "#!/bin/sh\nprintf '<%s>' \"$@\"; cat; exit 3\n"
	if err := os.WriteFile(filepath.Join(bin, "sallyportd"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return bin + ":/usr/bin:/bin"
}

func inShell(shell, path, command string) (string, int) {
	call := exec.Command(shell, "-c", asRoot(command))
	call.Env = []string{"PATH=" + path}
	out, _ := call.CombinedOutput()
	return string(out), call.ProcessState.ExitCode()
}

func TestDaemonInShells(t *testing.T) {
	for _, shell := range []string{"dash", "bash"} {
		out, exit := inShell(shell, server(t), Daemon(false, []string{"user", "it's $HOME;"}))
		if want := "\nsallyport-began\n<user><it's $HOME;>"; out != want || exit != 3 {
			t.Errorf("%s: %q, %d", shell, out, exit)
		}
		out, exit = inShell(shell, "/usr/bin:/bin", Daemon(false, []string{"user"}))
		if out != "there is no sallyportd on this server\n" || exit != NoDaemon {
			t.Errorf("%s: %q, %d", shell, out, exit)
		}
	}
}

// TestSecretIsRead and is gone afterwards, also where there is no daemon to read it.
func TestSecretIsRead(t *testing.T) {
	for path, want := range map[string]string{
		server(t):       "\nsallyport-began\n<user><add>SECRET\n",
		"/usr/bin:/bin": "there is no sallyportd on this server\n",
	} {
		there := Uploaded{Folder: filepath.Join(t.TempDir(), "tmp.x1")}
		if err := os.Mkdir(there.Folder, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(there.Folder, "upload"), []byte("SECRET\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		command := DaemonWithSecret(there, false, []string{"user", "add"})
		if strings.Contains(command, "SECRET") {
			t.Errorf("the secret is in an argument: %q", command)
		}
		if out, _ := inShell("sh", path, command); out != want {
			t.Errorf("%q", out)
		}
		if _, err := os.Stat(there.Folder); !os.IsNotExist(err) {
			t.Error("the secret is still there")
		}
	}
}

func TestSaid(t *testing.T) {
	const login = "Welcome!\r\n[sudo] password for ops: "
	text := login + "\r\nsallyport-began\r\nadded bob\r\nreloaded\r\n"
	for size := 1; size <= len(text); size++ {
		var before bytes.Buffer
		said := &Said{Before: &before}
		for rest := text; rest != ""; {
			n := min(size, len(rest))
			_, _ = said.Write([]byte(rest[:n]))
			rest = rest[n:]
		}
		if strings.TrimRight(before.String(), "\r") != login || !said.Began || said.After() != "added bob\nreloaded" {
			t.Fatalf("in pieces of %d: %q, %q", size, before.String(), said.After())
		}
	}
	// A question is seen before it is answered, and what only begins like the mark is not lost.
	var before bytes.Buffer
	said := &Said{Before: &before}
	_, _ = said.Write([]byte("password: "))
	if before.String() != "password: " {
		t.Errorf("%q", before.String())
	}
	_, _ = said.Write([]byte("\nsallyport-beg"))
	if answer := said.After(); answer != "" || said.Began || before.String() != "password: \nsallyport-beg" {
		t.Errorf("%q, %q", before.String(), answer)
	}
	_, _ = said.Write(append([]byte("\nsallyport-began\n"), bytes.Repeat([]byte("x"), mostKept+5)...))
	if !said.Began || len(said.After()) != mostKept-len("\n") {
		t.Errorf("%v, %d", said.Began, len(said.After()))
	}
}
