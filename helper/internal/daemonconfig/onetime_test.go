package daemonconfig

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sallyport/helper/internal/step"
)

// loadPads reads a config with a one-time key and its list; more is put behind the key.
func loadPads(t *testing.T, list, more string) (*Config, error) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "pads.txt"), []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "c.toml")
	text := "[[door]]\nname = \"ssh\"\nports = [\"22/tcp\"]\n[[door.key]]\nuser = \"pads\"\nmethod = \"one-time\"\nsequences_file = \"pads.txt\"\n" + more
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Load(config)
}

func TestOneTimeList(t *testing.T) {
	c, err := loadPads(t, "# used up\n#1000,2000,3000\n\n 1041:tcp, 2911:udp,3712\n777,icmp:99,555\n", "window = \"20s\"\n")
	if err != nil {
		t.Fatal(err)
	}
	key := c.Doors[0].Keys[0].OneTime
	if len(key.Sequences) != 2 || step.Format(key.Sequences[0]) != "1041:tcp,2911:udp,3712:tcp" || key.Window.Seconds() != 20 {
		t.Fatalf("%+v", key)
	}
}

func TestOneTimeProblems(t *testing.T) {
	for list, want := range map[string]string{
		"":                                     "c.toml:7: door \"ssh\", key of \"pads\": sequences_file: there is no sequence",
		"1,2,3\n1,2\n":                         "pads.txt:2: door \"ssh\", key of \"pads\": 2 steps; expected 3 to 32",
		"# x\nssh,2,3\n":                       "pads.txt:2: ",
		"1,2,2\n":                              "steps 2 and 3 are the same",
		"1,2,3\n4,5,6\n1:tcp,2,3\n":            "pads.txt:3: door \"ssh\", key of \"pads\": this sequence is on line 1 too",
		strings.Repeat("1,2,3\n", 4097):        "4096 is the most",
		"1,2,3\n" + strings.Repeat("#", 2<<20): "larger than",
	} {
		if _, err := loadPads(t, list, ""); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: %v, want %s", list, err, want)
		}
	}
	static := "[[door.key]]\nuser = \"b\"\nmethod = \"sequence\"\nsequence = \"9,1,2,3,9\"\n"
	if _, err := loadPads(t, "4,5,6\n1,2,3\n", static); err == nil || !strings.Contains(err.Error(), "pads.txt line 2: this sequence is contained in") {
		t.Errorf("contained in a static one: %v", err)
	}
}
