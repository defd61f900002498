package sshconfig

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

var someBlocks = NewBlocks([]Host{{ID: "id-1", Name: "web1", HostName: "web1.example.org", Port: 22}}, "/usr/bin/sallyport")

// homeWith is a home folder; config is nil for none.
func homeWith(t *testing.T, config []byte) string {
	t.Helper()
	home := t.TempDir()
	if config != nil {
		put(t, filepath.Join(home, ".ssh", "config"), config)
	}
	return home
}

func put(t *testing.T, path string, text []byte) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, text, 0o640)); err != nil {
		t.Fatal(err)
	}
}

func install(t *testing.T, home string) Plan {
	t.Helper()
	plan, err := PlanInstall(home, someBlocks)
	if err == nil {
		err = Apply(plan)
	}
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func remove(t *testing.T, home string) Plan {
	t.Helper()
	plan, err := PlanRemove(home)
	if err == nil {
		err = Apply(plan)
	}
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// tree is every name under home with its type, mode and content.
func tree(t *testing.T, home string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(home, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		b.WriteString(info.Mode().String() + " " + strings.TrimPrefix(path, home) + "\n")
		if info.Mode().IsRegular() {
			text, err := os.ReadFile(path)
			b.WriteString(string(text) + "\x00\n")
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Whatever the configuration was: after install it is the old one below one line, a second install changes nothing, and
// remove leaves every byte and mode as they were.
func TestRemoveRestoresEveryByte(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	pieces := []string{"Host a\n", "Host b\r\n", "  User x\n", "\n", "\r\n", "\r", " ", "\t", "# c\n", "Include other\n", "Include sallyport.conf\n",
		"include=\"sallyport.conf\"\r\n", "Include ~/.ssh/sallyport.conf extra\n", "Include sallyport.conf", "Match all\n", "\xff\x00", "ö", "Include"}
	configs := [][]byte{nil, {}}
	for range 600 {
		var config []byte
		for range random.IntN(7) {
			config = append(config, pieces[random.IntN(len(pieces))]...)
		}
		configs = append(configs, config)
	}
	for _, config := range configs {
		home := homeWith(t, config)
		before := tree(t, home)
		plan := install(t, home)
		text, err := os.ReadFile(filepath.Join(home, ".ssh", "config"))
		if err != nil {
			t.Fatal(err)
		}
		if rest, found := strings.CutPrefix(string(text), includeLine); found && rest[strings.Index(rest, "\n")+1:] == string(config) {
			if plan.Changes[2].Action() == "keep" && len(config) != len(text) {
				t.Errorf("%q: the plan said that it stays", config)
			}
		} else if string(text) != string(config) || !includes(config, filepath.Join(home, ".ssh", fileName)) {
			t.Errorf("%q became %q", config, text)
		}
		installed := tree(t, home)
		if again := install(t, home); again.Changed() || tree(t, home) != installed {
			t.Errorf("%q: a second install changed something", config)
		}
		remove(t, home)
		if after := tree(t, home); after != before {
			t.Fatalf("%q: not as it was\nbefore %q\nafter  %q", config, before, after)
		}
	}
}

func TestWhatOthersWroteSinceStays(t *testing.T) {
	home := homeWith(t, []byte("Host a\n"))
	install(t, home)
	path := filepath.Join(home, ".ssh", "config")
	put(t, path, []byte("# mine\nInclude sallyport.conf\nHost a\nHost b\nInclude sallyport.conf\n"))
	plan := remove(t, home)
	text, _ := os.ReadFile(path)
	if string(text) != "# mine\nHost a\nHost b\nInclude sallyport.conf\n" || len(plan.Notes) != 0 {
		t.Errorf("got %q, notes %v", text, plan.Notes)
	}
}

func TestALineThatIsGone(t *testing.T) {
	home := homeWith(t, []byte("Host a\n"))
	install(t, home)
	put(t, filepath.Join(home, ".ssh", "config"), []byte("Host b\n  Include sallyport.conf\n"))
	if plan := install(t, home); plan.Changes[2].Action() != "change" || plan.Changes[1].Action() != "change" {
		t.Error("the line was not added again, or without a backup of the newer file")
	}
	put(t, filepath.Join(home, ".ssh", "config"), []byte("Host b\n"))
	plan := remove(t, home)
	if len(plan.Notes) != 1 || !strings.Contains(plan.Notes[0], "no longer in") || !strings.HasSuffix(tree(t, home), "config\nHost b\n\x00\n") {
		t.Errorf("notes %q\n%s", plan.Notes, tree(t, home))
	}
}

func TestALinkIsFollowedAndStays(t *testing.T) {
	home := t.TempDir()
	real := filepath.Join(home, "dotfiles", "ssh_config")
	put(t, real, []byte("Host a\n"))
	if err := errors.Join(os.Mkdir(filepath.Join(home, ".ssh"), 0o700), os.Chmod(real, 0o604),
		os.Symlink("../dotfiles/ssh_config", filepath.Join(home, ".ssh", "config"))); err != nil {
		t.Fatal(err)
	}
	if os.Getuid() == 0 {
		if err := os.Lchown(real, 12345, 54321); err != nil {
			t.Fatal(err)
		}
	}
	before, _ := os.Stat(real)
	initial := tree(t, home)
	install(t, home)
	after, err := os.Stat(real)
	if err != nil || after.Mode() != before.Mode() || ownerOf(after) != ownerOf(before) {
		t.Errorf("mode or owner of the real file: %v, %v", after, err)
	}
	text, _ := os.ReadFile(real)
	if string(text) != "Include sallyport.conf\nHost a\n" {
		t.Errorf("got %q", text)
	}
	remove(t, home)
	if tree(t, home) != initial {
		t.Errorf("not as it was:\n%s", tree(t, home))
	}
}

func TestTwoAtOnceAddOneLine(t *testing.T) {
	for range 20 {
		home := homeWith(t, []byte("Host a\n"))
		var all sync.WaitGroup
		done := make(chan error, 8)
		for range 8 {
			all.Go(func() {
				plan, err := PlanInstall(home, someBlocks)
				if err == nil {
					err = Apply(plan)
				}
				done <- err
			})
		}
		all.Wait()
		close(done)
		for err := range done {
			if err != nil && !errors.Is(err, ErrChanged) {
				t.Error(err)
			}
		}
		text, _ := os.ReadFile(filepath.Join(home, ".ssh", "config"))
		if string(text) != "Include sallyport.conf\nHost a\n" {
			t.Fatalf("got %q", text)
		}
	}
}
