package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

const nobody = 65534

// TestUnprivilegedUserNamespace runs the daemon for a user without any privilege, in a user and network namespace of
// its own, where kernels refuse this and that.
func TestUnprivilegedUserNamespace(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Fatal("this test needs root: it gives its privileges away to make sure that none are left")
	}
	dir := t.TempDir()
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	binary, err := os.ReadFile(executable)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{
		"sallyportd":      string(binary),
		"sallyportd.toml": "state_dir = \"" + dir + "/state\"\n" + strings.Replace(rotatingDoor, `"22/tcp"`, `"22/tcp", "5000/udp"`, 1),
		"alice.key":       aliceSecret,
	}
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(path, nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chown(path, nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
	p := &process{t: t, log: &lockedBuffer{}}
	p.cmd = exec.Command("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all",
		"unshare", "--user", "--map-root-user", "--net", filepath.Join(dir, "sallyportd"), "run", "--config", filepath.Join(dir, "sallyportd.toml"))
	p.cmd.Env = append(os.Environ(), asCommand+"=1")
	p.cmd.Stderr = p.log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.cmd.Process.Kill() })
	p.waitFor("event=started")
	if strings.Contains(p.log.String(), "level=error") {
		t.Errorf("errors:\n%s", p.log)
	}
	if exit := p.end(syscall.SIGTERM); exit != 0 {
		t.Errorf("exit %d:\n%s", exit, p.log)
	}
}
