package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"sallyport/helper/internal/rks1"
	"sallyport/helper/internal/testnet"
)

// TestTheServicesUserReadsWhatRootAdds: as under the unit, root changes what belongs to root and a group, and the daemon
// is of that group and has nothing but its two capabilities.
func TestTheServicesUserReadsWhatRootAdds(t *testing.T) {
	t.Parallel()
	s := newServer(t, longDoor)
	binary, err := os.ReadFile(s.executable())
	if err != nil {
		t.Fatal(err)
	}
	executable := filepath.Join(t.TempDir(), "sallyportd")
	state := filepath.Join(s.dir, "state")
	for _, err := range []error{
		testnet.WriteProgram(executable, binary), os.Mkdir(state, 0o700), os.Chown(state, nobody, nobody),
		os.Chown(s.dir, 0, nobody), os.Chmod(s.dir, 0o750), os.Chmod(filepath.Dir(s.dir), 0o755), os.Chmod(filepath.Dir(executable), 0o755),
		os.Chown(s.config, 0, nobody), os.Chown(filepath.Join(s.dir, "alice.key"), 0, nobody),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	const capabilities = "+net_raw,+net_admin"
	d := &process{t: t, log: &lockedBuffer{}}
	d.cmd = s.ns.Command("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps="+capabilities, "--ambient-caps="+capabilities,
		"--bounding-set=-all,"+capabilities, "--no-new-privs", executable, "run", "--config", s.config)
	d.cmd.Env = append(os.Environ(), asCommand+"=1")
	d.cmd.Stderr = d.log
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if d.cmd.ProcessState == nil {
			_ = d.cmd.Process.Kill()
			_ = d.cmd.Wait()
		}
	})
	d.waitFor("event=started")

	s.user(exitOK, carolSecret, "add", "carol", "--door", "ssh")
	for _, name := range []string{"carol-ssh.key", "sallyportd.toml"} {
		info, err := os.Stat(filepath.Join(s.dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if owner := info.Sys().(*syscall.Stat_t); info.Mode() != 0o640 || owner.Uid != 0 || owner.Gid != nobody {
			t.Errorf("%s: %v, %d:%d", name, info.Mode(), owner.Uid, owner.Gid)
		}
	}
	s.knock("192.0.2.3", code(carolSecret, rks1.Open, 0))
	d.waitFor("user=carol source=192.0.2.3 action=open offset=0 result=opened")
	s.user(exitOK, "", "revoke", "carol")
	s.expect("192.0.2.3", "192.0.2.1:22", testnet.Filtered)

	// A directory that keeps the group out: the daemon cannot read the secret, says so, and everything is as it was.
	if err := os.Chown(s.dir, 0, 1); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(s.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	s.refuses(exitFailure, "carol-ssh.key: permission denied", carolSecret, "add", "carol", "--door", "ssh")
	if exit := d.end(syscall.SIGTERM); exit != 0 || strings.Contains(d.log.String(), carolSecret) {
		t.Errorf("exit %d:\n%s", exit, d.log)
	}
}
