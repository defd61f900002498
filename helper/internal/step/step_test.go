package step

import (
	"encoding/json"
	"errors"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const vectorFile = "../../../test/vectors/steps.json"

func TestVectors(t *testing.T) {
	raw, err := os.ReadFile(filepath.FromSlash(vectorFile))
	if errors.Is(err, os.ErrNotExist) {
		t.Fatalf("%s is missing: the TypeScript and Go sides share it", vectorFile)
	}
	if err != nil {
		t.Fatal(err)
	}
	var cases struct {
		Valid []struct{ Text, Canonical string }
		// Fewer than a client may send are still valid notation.
		Invalid []struct{ Text, Why string }
	}
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases.Valid) == 0 || len(cases.Invalid) == 0 {
		t.Fatalf("%s holds no cases", vectorFile)
	}
	for _, c := range cases.Valid {
		steps, err := Parse(c.Text)
		if err != nil {
			t.Errorf("Parse(%q): %v", c.Text, err)
		} else if got := Format(steps); got != c.Canonical {
			t.Errorf("Parse(%q) = %s, want %s", c.Text, got, c.Canonical)
		}
	}
	for _, c := range cases.Invalid {
		if steps, err := Parse(c.Text); err == nil {
			t.Errorf("Parse(%q) = %s, want an error: %s", c.Text, Format(steps), c.Why)
		}
	}
}

func TestParseNamesTheStep(t *testing.T) {
	for text, want := range map[string]string{
		"":                  "empty",
		"7000,,8000":        "step 2: nothing between",
		"7000,70000":        "step 2: port 70000 is out of range",
		"0:tcp":             "step 1: port 0",
		"7000:sctp":         `"sctp" is not a protocol`,
		"7000:tcp:udp":      "too many colons",
		"icmp":              "icmp:<payload bytes>",
		"icmp:1401":         "too large",
		"+7000":             "not a port number",
		"7000:":             "is not a protocol",
		"99999999999999999": "not a port number",
	} {
		_, err := Parse(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Parse(%q) = %v, want an error with %q", text, err, want)
		}
	}
}

func TestFormatParseRoundTrip(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	for range 2000 {
		steps := make([]Step, 1+random.Intn(32))
		for i := range steps {
			steps[i] = Step{Protocol(1 + random.Intn(3)), uint16(1 + random.Intn(65535))}
			if steps[i].Protocol == ICMP {
				steps[i].Value %= MaxICMPPayload + 1
			}
		}
		text := Format(steps)
		back, err := Parse(strings.ToUpper(strings.ReplaceAll(text, ",", " , ")))
		if err != nil || Format(back) != text {
			t.Fatalf("Parse(Format) of %s = %v, %v", text, back, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("7000:tcp,8000:udp,icmp:128")
	f.Fuzz(func(t *testing.T, text string) {
		steps, err := Parse(text)
		if err != nil {
			return
		}
		if again, err := Parse(Format(steps)); err != nil || Format(again) != Format(steps) {
			t.Fatalf("%q does not round-trip: %v", text, err)
		}
	})
}
