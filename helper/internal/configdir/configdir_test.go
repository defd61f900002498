package configdir

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// place makes a directory with a config in it.
func place(t *testing.T, mode os.FileMode) (dir, config string) {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	config = filepath.Join(dir, "c.toml")
	if err := os.WriteFile(config, []byte("old"), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(config, mode); err != nil {
		t.Fatal(err)
	}
	return dir, config
}

func open(t *testing.T, config string) *Dir {
	t.Helper()
	d, err := Open(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d
}

func names(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, entry := range entries {
		all = append(all, entry.Name())
	}
	return strings.Join(all, " ")
}

func TestReplaceKeepsModeAndOwner(t *testing.T) {
	dir, config := place(t, 0o604)
	root := os.Geteuid() == 0
	if root {
		if err := os.Chown(config, 65533, 65534); err != nil {
			t.Fatal(err)
		}
	}
	// What a process left that was killed is no hindrance.
	if err := os.WriteFile(filepath.Join(dir, ".c.toml.new"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := open(t, config).Replace([]byte("new")); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(config)
	if err != nil || info.Mode().Perm() != 0o604 {
		t.Fatalf("%v, %v", info, err)
	}
	if stat := info.Sys().(*syscall.Stat_t); root && (stat.Uid != 65533 || stat.Gid != 65534) {
		t.Errorf("it belongs to %d:%d", stat.Uid, stat.Gid)
	}
	if data, err := os.ReadFile(config); string(data) != "new" || names(t, dir) != "c.toml" {
		t.Errorf("%q, %v, %s", data, err, names(t, dir))
	}
}

func TestSecretsAreNeverWrittenOver(t *testing.T) {
	dir, config := place(t, 0o640)
	outside := filepath.Join(t.TempDir(), "outside")
	if err := os.Symlink(outside, filepath.Join(dir, "bob-ssh-2.key")); err != nil {
		t.Fatal(err)
	}
	root := os.Geteuid() == 0
	if root {
		if err := os.Chown(dir, 0, 65534); err != nil {
			t.Fatal(err)
		}
	}
	d := open(t, config)
	for _, want := range []string{"bob-ssh.key", "bob-ssh-3.key"} {
		name, err := d.AddSecret("bob", "ssh", want)
		if err != nil || name != want {
			t.Fatalf("%s, %v", name, err)
		}
		info, err := os.Lstat(filepath.Join(dir, name))
		if err != nil || info.Mode() != 0o640 {
			t.Fatalf("%v, %v", info, err)
		}
		if stat := info.Sys().(*syscall.Stat_t); root && (stat.Uid != 0 || stat.Gid != 65534) {
			t.Errorf("it belongs to %d:%d; the directory lets the group 65534 in", stat.Uid, stat.Gid)
		}
		if data, err := os.ReadFile(filepath.Join(dir, name)); string(data) != want+"\n" {
			t.Errorf("%q, %v", data, err)
		}
	}
	if _, err := os.Lstat(outside); err == nil {
		t.Error("a link was followed")
	}
	if err := d.Drop("bob-ssh-3.key"); err != nil || names(t, dir) != "bob-ssh-2.key bob-ssh.key c.toml" {
		t.Errorf("%v, %s", err, names(t, dir))
	}
}

func TestRemoveSecretStaysInTheDirectory(t *testing.T) {
	dir, config := place(t, 0o640)
	outside := t.TempDir()
	for _, path := range []string{filepath.Join(outside, "a.key"), filepath.Join(dir, "b.key"), filepath.Join(dir, "c.key")} {
		if err := os.WriteFile(path, []byte("x"), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{"link.key": filepath.Join(outside, "a.key"), "sub": outside} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	d := open(t, config)
	for name, want := range map[string]string{
		filepath.Join(outside, "a.key"): "not in the config's directory",
		"sub/a.key":                     "not in the config's directory",
		"../" + filepath.Base(dir) + "/folder/../../x.key": "no such file",
		"link.key":                  "not a regular file",
		"folder":                    "not a regular file",
		"gone.key":                  "no such file",
		"b.key":                     "",
		filepath.Join(dir, "c.key"): "",
	} {
		path, err := d.RemoveSecret(name)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) || !filepath.IsAbs(path) {
			t.Errorf("%s: %s, %v", name, path, err)
		}
	}
	if names(t, dir) != "c.toml folder link.key sub" || names(t, outside) != "a.key" {
		t.Errorf("%s, %s", names(t, dir), names(t, outside))
	}
}

func TestLinkedConfigs(t *testing.T) {
	dir, config := place(t, 0o640)
	elsewhere := t.TempDir()
	away, inside, folder := filepath.Join(elsewhere, "away.toml"), filepath.Join(dir, "inside.toml"), filepath.Join(elsewhere, "folder")
	for link, to := range map[string]string{away: config, inside: "c.toml", folder: dir} {
		if err := os.Symlink(to, link); err != nil {
			t.Fatal(err)
		}
	}
	if d, err := Open(away); err == nil || !strings.Contains(err.Error(), "give the file itself: --config "+config) {
		t.Errorf("%+v, %v", d, err)
	}
	for _, path := range []string{inside, filepath.Join(folder, "c.toml")} {
		d, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if d.Config() != config {
			t.Errorf("%s is taken for %s", path, d.Config())
		}
		if err := d.Replace([]byte("through " + path)); err != nil {
			t.Error(err)
		}
		d.Close()
		if info, err := os.Lstat(inside); err != nil || info.Mode().Type() != os.ModeSymlink {
			t.Errorf("the link is gone: %v, %v", info, err)
		}
	}
	if _, err := Open(filepath.Join(dir, "none.toml")); err == nil || !strings.Contains(err.Error(), "read the config") {
		t.Error(err)
	}
}

func TestOneAtATime(t *testing.T) {
	_, config := place(t, 0o640)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			d, err := Open(config)
			if err != nil {
				t.Error(err)
				return
			}
			defer d.Close()
			data, _, err := d.Read()
			if err == nil {
				err = d.Replace(append(data, '+'))
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if data, err := os.ReadFile(config); string(data) != "old++++++++" {
		t.Errorf("%q, %v: a change was lost", data, err)
	}
}
