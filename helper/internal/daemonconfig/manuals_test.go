package daemonconfig

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const (
	guide  = "../../../docs/server.md"
	readme = "../../../README.md"
	manual = "../../../docs/man/sallyportd.toml.5"
)

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestTheExamplesOfTheManualsLoad: what a person copies is taken as it stands, with the files that it names beside it.
func TestTheExamplesOfTheManualsLoad(t *testing.T) {
	fenced := regexp.MustCompile("(?s)```toml\n(.*?)```")
	literal := regexp.MustCompile(`(?s)\n\.Bd -literal[^\n]*\n(.*?)\n\.Ed\n`)
	files := map[string]string{
		"alice-ssh.key": secretA, "alice-wake.key": secretB, "pads.txt": "17043,28411:udp,31999\n",
		"bob.key": base64.StdEncoding.EncodeToString([]byte(secretA)[:32]), "bob.hmac": base64.StdEncoding.EncodeToString([]byte(secretB)),
	}
	for path, mark := range map[string]*regexp.Regexp{guide: fenced, readme: fenced, manual: literal} {
		examples := mark.FindAllStringSubmatch(read(t, path), -1)
		if len(examples) == 0 {
			t.Errorf("%s has no example", path)
		}
		for _, example := range examples {
			dir := t.TempDir()
			files["c.toml"] = example[1]
			for name, content := range files {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o640); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := Load(filepath.Join(dir, "c.toml")); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
	}
}

// TestTheManualsHaveEveryKey: the program itself lists the keys of each table when one is wrong.
func TestTheManualsHaveEveryKey(t *testing.T) {
	tables := []string{"nosuch = 1\n", "[gate]\nnosuch = 1\n", "[[door]]\nnosuch = 1\n"}
	for _, method := range []string{"rotating", "sequence", "one-time", "spa"} {
		tables = append(tables, "[[door]]\n[[door.key]]\nmethod = \""+method+"\"\nnosuch = 1\n")
	}
	listed := regexp.MustCompile(`unknown key "nosuch"; expected one of ([a-z0-9_, ]+)`)
	page, text := read(t, manual), read(t, guide)
	for _, table := range tables {
		_, err := load(t, table)
		if err == nil || !listed.MatchString(err.Error()) {
			t.Fatalf("%q: %v", table, err)
		}
		for _, key := range strings.Split(listed.FindStringSubmatch(err.Error())[1], ", ") {
			if key == "gate" || key == "door" || key == "key" {
				continue // tables
			}
			if !regexp.MustCompile(`(?m)^\.It Cm (.* , )?` + key + `( ,.*)?$|^\.(Cm|Va|Li) ` + key + `\b`).MatchString(page) {
				t.Errorf("%s is not in %s", key, manual)
			}
			if !regexp.MustCompile(`\b` + key + ` *=|\b` + key + "`").MatchString(text) {
				t.Errorf("%s is not in %s", key, guide)
			}
		}
	}
}
