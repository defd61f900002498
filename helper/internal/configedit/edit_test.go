package configedit

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// edits adds a new user and takes him out again, and takes another one out: every byte stays that should, and what cannot
// be done gives no text. It tells whether the user could be added.
func edits(t *testing.T, data []byte, door, user string) bool {
	t.Helper()
	key := bob
	key.User = "someone-new"
	after, err := Add(data, door, key)
	if err != nil && after != nil {
		t.Fatalf("%q, %v", after, err)
	}
	if err == nil {
		if d, _ := find(data, door); d.nobody.none() && !isInsertion(data, after) {
			t.Fatalf("%q became\n%q", data, after)
		}
		back, err := Remove(after, door, key.User)
		if err != nil || !back.Last && !bytes.Equal(back.Text, data) {
			t.Fatalf("%q became\n%q and back\n%q: %v", data, after, back.Text, err)
		}
	}
	removed, failed := Remove(data, door, user)
	if failed != nil && removed.Text != nil {
		t.Fatalf("%q, %v", removed.Text, failed)
	}
	if failed == nil {
		if d, err := find(removed.Text, door); err != nil || removed.Last != (len(d.keys) == 0) {
			t.Fatalf("%q became %q: %v", data, removed.Text, err)
		}
		if _, err := Remove(removed.Text, door, user); err == nil {
			t.Fatalf("%q is taken out of\n%q twice", user, data)
		}
	}
	return err == nil
}

// isInsertion tells whether a text is another one with something put in at one place.
func isInsertion(before, after []byte) bool {
	at := 0
	for at < len(before) && at < len(after) && before[at] == after[at] {
		at++
	}
	return len(after) > len(before) && bytes.HasSuffix(after, before[at:])
}

// FuzzEdit: whatever is in the file.
func FuzzEdit(f *testing.F) {
	for _, marked := range configs {
		text := strings.Replace(marked, "@", "", 1)
		f.Add([]byte(text), "ssh", "alice")
		f.Add([]byte(strings.ReplaceAll(text, "\n", "\r\n")), "web", "bob")
	}
	f.Add([]byte(head+nobody+"\n"), "ssh", "bob")
	f.Fuzz(func(t *testing.T, data []byte, door, user string) { edits(t, data, door, user) })
}

// TestRandomConfigs: configs of random pieces, in the orders and with the spaces that people leave.
func TestRandomConfigs(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	pick := func(texts ...string) string { return texts[r.IntN(len(texts))] }
	between := func() string {
		return pick("", "", "\n", "\n\n", "# a note\n", "  # a note\n\n", "\n# a [[door]]\n", " \t\n")
	}
	done := 0
	for range 4000 {
		var b strings.Builder
		b.WriteString(pick("", "# top\n", "state_dir = \"/x\"\n") + between())
		for d := range 1 + r.IntN(3) {
			fmt.Fprintf(&b, "%s%s%s\n%s", pick("", " ", "\t"), pick("[[door]]", "[[ door ]]", "[[\"door\"]]"), pick("", " # x"), between())
			name := fmt.Sprintf("name = %q\n", []string{"ssh", "web", "wake"}[d])
			ports := pick("", "ports = [\"22/tcp\"]\n", "ports = [\n\n  \"22/tcp\", # ssh\n]\n", "note = \"\"\"\n[[door.key]]\nuser = \"x\"\n\"\"\"\n")
			b.WriteString(pick(name+between()+ports, ports+name))
			for k := range r.IntN(4) {
				user := []string{"alice", "zoe", "yan"}[k]
				indent := pick("", "  ", "\t")
				fmt.Fprintf(&b, "%s%s%s\n%suser = %q%s\n%s", between(), indent, pick("[[door.key]]", "[[door . 'key']]"), indent, user, pick("", " # who"), between())
				b.WriteString(pick("", indent+"secret_file = 'x.key'\n", "protocols = [\"tcp\",\n\"udp\"]\n", "note = '''\n# no note'''\n"))
				b.WriteString(pick("", "", "", "[other]\nx = 1\n"))
			}
		}
		text := b.String() + between()
		if r.IntN(4) == 0 {
			text = strings.TrimRight(text, "\n")
		}
		text = strings.ReplaceAll(text, "\n", pick("\n", "\n", "\r\n"))
		if edits(t, []byte(text), "ssh", pick("alice", "zoe", "yan")) {
			done++
		}
	}
	if done < 3000 {
		t.Errorf("only %d of 4000 could be edited", done)
	}
}
