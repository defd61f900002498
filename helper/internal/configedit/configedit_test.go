package configedit

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"sallyport/helper/internal/rks1"
)

var bob = Key{User: "bob", File: "bob-ssh.key", Params: rks1.Defaults(), Skew: 1}

const block = `[[door.key]]
user = "bob"
method = "rotating"
secret_file = "bob-ssh.key"
period = "30s"
steps = 5
protocols = ["tcp", "udp"]
range = "10000-49999"
skew = 1
`

const (
	head  = "[[door]]\nname = \"ssh\"\nports = [\"22/tcp\"]\n"
	alice = "[[door.key]]\nuser = \"alice\"\nmethod = \"rotating\"\nsecret_file = \"alice.key\"\n"
	web   = "[[door]]\nname = \"web\"\nports = [\"80/tcp\"]\n[[door.key]]\nuser = \"bob\"\nmethod = \"rotating\"\nsecret_file = \"web.key\"\n"
)

// indented puts blanks before every line.
func indented(text, by string) string {
	return by + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n"+by) + "\n"
}

// configs are texts as people write them. The mark is where the block of bob belongs, with the blank line before it.
var configs = map[string]string{
	"plain":               head + alice + "@" + web,
	"at the end":          web + head + alice + "@",
	"a blank line before": head + alice + "@\n" + web,
	"indented":            head + indented(alice, "  ") + "@",
	"tabs":                "\t" + head + indented(alice, "\t\t") + "@\n",
	"comments around": "# top\n" + head + "# of alice\n" + strings.Replace(alice, "\n", "  # her laptop\n", 1) +
		"# until spring\n@\n# The web server.\n" + web,
	"a comment of what follows": head + alice + "@# The web server.\n" + web,
	"comments at the end":       head + alice + "# the end\n@",
	"keys between other tables": head + alice + "[gate]\non_exit = \"open\"\n" + strings.ReplaceAll(alice, "alice", "zoe") + "@" + web,
	"values over many lines":    head + strings.Replace(alice, "secret_file", "protocols = [ # two\n  \"tcp\",\n\n  # and\n  \"udp\",\n]\nsecret_file", 1) + "@" + web,
	"a list at the end":         head + alice + "protocols = [\n  \"tcp\",\n  # not \"udp\"\n\n]  # so\n@" + web,
	"what looks like a table":   head + strings.Replace(alice, "alice.key", "[[door]]", 1) + "note = '''\n[[door]]\nname = \"web\"\n# no comment'''\n@" + web,
	"quoted names":              strings.ReplaceAll(head+alice, "door", "\"door\"") + "@" + strings.ReplaceAll(web, "[[door.key]]", "[[ 'door' . \"key\" ]]"),
	"one [door]":                strings.Replace(head, "[[door]]", "[door]", 1) + alice + "@",
	"no name first":             "[[door]]\nports = []\n\"name\" = 'ssh'\n" + alice + "@" + web,
	"another door first":        web + "\n\n" + head + "\n" + alice + "@\n\n\n",
}

// indents are those of the configs that have any.
var indents = map[string]string{"indented": "  ", "tabs": "\t\t"}

func TestAddAndRemove(t *testing.T) {
	for name, marked := range configs {
		for _, eol := range []string{"\n", "\r\n"} {
			text := strings.ReplaceAll(strings.Replace(marked, "@", "", 1), "\n", eol)
			added := "\n" + indented(block, indents[name])
			want := strings.ReplaceAll(strings.Replace(marked, "@", added, 1), "\n", eol)
			got, err := Add([]byte(text), "ssh", bob)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if string(got) != want {
				t.Errorf("%s:\n%q, want\n%q", name, got, want)
			}
			back, err := Remove(got, "ssh", "bob")
			if err != nil || string(back.Text) != text || back.Last || len(back.Files) != 1 || back.Files[0] != "bob-ssh.key" {
				t.Errorf("%s: back to %q, want\n%q (%v, %+v)", name, back.Text, text, err, back)
			}
		}
	}
}

func TestWithoutALineBreakAtTheEnd(t *testing.T) {
	for _, text := range []string{head + alice, head + alice + "# the end\n", head + alice + "\n"} {
		text = strings.TrimSuffix(text, "\n")
		got, err := Add([]byte(text), "ssh", bob)
		if err != nil || !bytes.HasPrefix(got, []byte(text)) {
			t.Fatalf("%q, %v", got, err)
		}
		back, err := Remove(got, "ssh", "bob")
		if err != nil || string(back.Text) != text {
			t.Errorf("%q, want %q: %v", back.Text, text, err)
		}
	}
}

func TestTheLastKey(t *testing.T) {
	text := "# top\n  [[door]]  # the door\r\nname = \"ssh\"\n\n# alice\n" + alice + "# behind\n" + web
	removed, err := Remove([]byte(text), "ssh", "alice")
	if err != nil || !removed.Last || removed.Files[0] != "alice.key" {
		t.Fatalf("%+v, %v", removed, err)
	}
	want := "# top\n  [[door]]  # the door\r\n  " + nobody + "\nname = \"ssh\"\n\n# alice\n# behind\n" + web
	if string(removed.Text) != want {
		t.Fatalf("%q, want\n%q", removed.Text, want)
	}
	again, err := Add(removed.Text, "ssh", bob)
	if err != nil || bytes.Contains(again, []byte("key = []")) || !bytes.Contains(again, []byte("# behind\n"+web)) {
		t.Fatalf("%q, %v", again, err)
	}
}

// TestByHand: what is not changed, because the change could not be made as a part of the text.
func TestByHand(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"a single [door.key]": {head + strings.Replace(alice, "[[door.key]]", "[door.key]", 1), "would not be TOML"},
		"dotted values":       {head + "key.user = \"alice\"\nkey.method = \"rotating\"\n", "would not be TOML"},
		"an inline list":      {head + "key = [{user = \"alice\"}]\n", "touch something else"},
		"an inline door":      {"door = [{name = \"ssh\", key = []}]\n", "no [[door]] table has the name"},
		"a door twice":        {head + alice + head + strings.ReplaceAll(alice, "alice", "zoe"), "touch something else"},
		"not TOML":            {head + "=\n", "invalid character"},
	} {
		after, err := Add([]byte(c.text), "ssh", bob)
		var byHand *ByHandError
		if after != nil || !errors.As(err, &byHand) || !strings.Contains(err.Error(), c.want) || !strings.HasSuffix(err.Error()+"\n", "reload\n"+indented(block, "  ")) {
			t.Errorf("%s: %q, %v", name, after, err)
		}
	}
	for name, text := range map[string]string{
		"dotted values":  head + "key.user = \"alice\"\nkey.method = \"rotating\"\n",
		"an inline list": head + "key = [{user = \"alice\"}]\n",
	} {
		removed, err := Remove([]byte(text), "ssh", "alice")
		var byHand *ByHandError
		if removed.Text != nil || !errors.As(err, &byHand) || !strings.Contains(err.Error(), "yourself, then: sallyportd reload") {
			t.Errorf("%s: %q, %v", name, removed.Text, err)
		}
	}
}
