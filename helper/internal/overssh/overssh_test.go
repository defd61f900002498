package overssh

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const sum = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

func TestArgv(t *testing.T) {
	got := Argv(Target{Host: "web1", User: "ops", Port: 2222}, Link{Control: "/c", Terminal: true}, "true")
	want := strings.Fields("ssh -o ControlMaster=auto -o ControlPersist=15m -o ControlPath=/c -t -p 2222 -l ops -- web1 true")
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	got = Argv(Target{Host: "web1", Port: 2222, Pinned: "192.0.2.1"}, Link{}, "true")
	want = strings.Fields("ssh -o ControlMaster=no -o ControlPath=none -T -p 2222 -o HostName=192.0.2.1 -o HostKeyAlias=[web1]:2222 -- web1 true")
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// TestSharedSocket holds both calls to one socket, whatever its folder is called.
func TestSharedSocket(t *testing.T) {
	const control, option = "/home/100%C/c", "ControlPath=/home/100%%C/c"
	target := Target{Host: "web1"}
	if got := Argv(target, Link{Control: control}, "true"); !slices.Contains(got, option) {
		t.Errorf("it is opened as %q", got)
	}
	if got := EndShared(target, control); !slices.Equal(got, []string{"ssh", "-o", option, "-O", "exit", "--", "web1"}) {
		t.Errorf("it is ended as %q", got)
	}
}

func TestParseUploaded(t *testing.T) {
	got, err := ParseUploaded("Welcome!\r\nsallyport-uploaded /tmp/tmp.x1 " + sum + " 1000 1790000000\r\nbye\n")
	if err != nil || got != (Uploaded{"/tmp/tmp.x1", sum, false, 1790000000}) {
		t.Errorf("%+v, %v", got, err)
	}
	for _, said := range []string{
		"", "sallyport-uploaded /tmp/x " + sum[1:] + " 0 1", "sallyport-uploaded /tmp/x;rm " + sum + " 0 1",
		"sallyport-uploaded /tmp/../etc " + sum + " 0 1", "sallyport-uploaded tmp/x " + sum + " 0 1",
		"sallyport-uploaded /tmp/x " + sum + " 0 99999999999999999999",
	} {
		if got, err := ParseUploaded(said); err == nil {
			t.Errorf("%q was taken: %+v", said, got)
		}
	}
}

const installer = "echo installer \"$@\"; exit 4\n"

func sumOf(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) }

// TestUploadLeavesNothing has what did not arrive whole, or cannot be named in the answer, removed by the server itself.
func TestUploadLeavesNothing(t *testing.T) {
	for what, odd := range map[string]string{"torn": "", "an odd name": "a b"} {
		folder := filepath.Join(t.TempDir(), odd)
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		text := installer
		if odd == "" {
			text = installer[:5]
		}
		upload := exec.Command("sh", "-c", Upload(sumOf(installer)))
		upload.Env = append(os.Environ(), "TMPDIR="+folder)
		upload.Stdin = strings.NewReader(text)
		out, err := upload.Output()
		if err != nil || !strings.Contains(string(out), "sallyport-uploaded ") {
			t.Errorf("%s: %q, %v", what, out, err)
		}
		if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
			t.Errorf("%s: left %v, %v", what, left, err)
		}
	}
}

// TestDiscard removes what Run has not taken over, and only that.
func TestDiscard(t *testing.T) {
	for name, stays := range map[string]bool{"upload": false, "run.sh": true} {
		there := Uploaded{Folder: filepath.Join(t.TempDir(), "tmp.x1")}
		file := filepath.Join(there.Folder, name)
		if err := errors.Join(os.Mkdir(there.Folder, 0o700), os.WriteFile(file, nil, 0o600)); err != nil {
			t.Fatal(err)
		}
		_ = exec.Command("sh", "-c", Discard(there)).Run()
		if _, err := os.Stat(there.Folder); os.IsNotExist(err) == stays {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestUnchanged(t *testing.T) {
	mark := "sallyport-unchanged " + sum
	for said, want := range map[string]bool{
		"words\n" + mark + "\n": true, mark + "\r\n": true, mark: true,
		"": false, "nothing to change.\n": false, mark + "\nmore\n": false, "x " + mark + "\n": false, "sallyport-unchanged " + sum[1:] + "\n": false,
	} {
		if Unchanged(said, sum) != want {
			t.Errorf("%q", said)
		}
	}
}

// TestCommandsInShells has real shells read what a server's login shell would.
func TestCommandsInShells(t *testing.T) {
	for _, shell := range []string{"dash", "bash"} {
		folder := t.TempDir()
		upload := exec.Command(shell, "-c", Upload(sumOf(installer)))
		upload.Env = append(os.Environ(), "TMPDIR="+folder)
		upload.Stdin = strings.NewReader(installer)
		out, err := upload.Output()
		if err != nil {
			t.Fatalf("%s: %v", shell, err)
		}
		there, err := ParseUploaded(string(out))
		if err != nil || filepath.Dir(there.Folder) != folder {
			t.Fatalf("%s: %q, %v", shell, out, err)
		}
		if info, err := os.Stat(filepath.Join(there.Folder, "upload")); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: the upload is readable by others: %v, %v", shell, info, err)
		}
		there.Root = true // no sudo here
		out, err = exec.Command(shell, "-c", Run(there, false, []string{"--allow", "it's $HOME;"})).Output()
		if string(out) != "installer --allow it's $HOME;\n" || err == nil || err.Error() != "exit status 4" {
			t.Errorf("%s: %q, %v", shell, out, err)
		}
		if _, err := os.Stat(there.Folder); !os.IsNotExist(err) {
			t.Errorf("%s: the upload is still there", shell)
		}
	}
}

// TestBecomesRoot has a real shell find sudo, else doas, and say what is missing.
func TestBecomesRoot(t *testing.T) {
	folder := t.TempDir()
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(sh, filepath.Join(folder, "sh")); err != nil {
		t.Fatal(err)
	}
	confirm := func(asks bool) string {
		cmd := exec.Command(sh, "-c", Confirm(false, asks))
		cmd.Env = []string{"PATH=" + folder}
		out, _ := cmd.CombinedOutput()
		return string(out)
	}
	if said := confirm(false); !strings.Contains(said, "sudo: not found") && !strings.Contains(said, "sudo: command not found") {
		t.Errorf("with neither: %q", said)
	}
	for _, name := range []string{"doas", "sudo"} {
		program := "#!" + sh + "\necho " + name + " \"$@\"\n"
		if err := os.WriteFile(filepath.Join(folder, name), []byte(program), 0o700); err != nil {
			t.Fatal(err)
		}
		if said, want := confirm(false), name+" -n /usr/local/sbin/sallyport-setup --confirm\n"; said != want {
			t.Errorf("%q, want %q", said, want)
		}
		if said, want := confirm(true), name+" /usr/local/sbin/sallyport-setup --confirm\n"; said != want {
			t.Errorf("%q, want %q", said, want)
		}
	}
}
