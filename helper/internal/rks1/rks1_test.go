package rks1

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sallyport/helper/internal/step"
)

type vector struct {
	Why       string
	Secret    string
	Time      int64
	Period    int64
	Counter   uint64
	Action    string
	Steps     int
	Protocols []string
	Range     string
	Sequence  string
}

func readVectors(t *testing.T, name string) []vector {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "..", "test", "vectors", name))
	if err != nil {
		t.Fatalf("the vectors are shared with the TypeScript side: %v", err)
	}
	var vectors []vector
	if err := json.Unmarshal(raw, &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors) == 0 {
		t.Fatalf("%s holds no cases", name)
	}
	return vectors
}

func (v vector) params() (Params, error) {
	p := Params{Period: v.Period, Steps: v.Steps}
	var err error
	if p.Low, p.High, err = ParseRange(v.Range); err != nil {
		return p, err
	}
	if len(v.Protocols) > 0 {
		p.Protocols, err = ParseProtocols(strings.Join(v.Protocols, ","))
	}
	return p, err
}

func TestVectors(t *testing.T) {
	for i, v := range readVectors(t, "rks1.json") {
		p, err := v.params()
		if err == nil {
			err = p.Check()
		}
		if err != nil {
			t.Errorf("case %d: %v", i, err)
			continue
		}
		secret, err := ParseSecret(v.Secret)
		if err != nil {
			t.Errorf("case %d: %v", i, err)
			continue
		}
		counter := Counter(v.Time, v.Period)
		if counter != v.Counter {
			t.Errorf("case %d: counter %d, want %d", i, counter, v.Counter)
		}
		if got := step.Format(Derive(secret, counter, Action(v.Action), p)); got != v.Sequence {
			t.Errorf("case %d: %s, want %s", i, got, v.Sequence)
		}
	}
}

func TestInvalidVectors(t *testing.T) {
	for i, v := range readVectors(t, "rks1-invalid.json") {
		if v.Action != "open" && v.Action != "close" {
			continue // the action is a closed type here; the command line's test covers the words
		}
		p, err := v.params()
		if err == nil {
			err = p.Check()
		}
		if err == nil {
			_, err = ParseSecret(v.Secret)
		}
		if err == nil {
			t.Errorf("case %d was taken; it must be refused: %s", i, v.Why)
		} else if len(v.Secret) > 8 && strings.Contains(err.Error(), v.Secret) {
			t.Errorf("case %d: the error repeats the secret", i)
		}
	}
}

func TestSecretReading(t *testing.T) {
	const plain = "AAAQEAYEAUDAOCAJBIFQYDIOB4IBCEQTCQKRMFYYDENBWHA5DYPQ"
	want, err := ParseSecret(plain)
	if err != nil || len(want) != 32 {
		t.Fatalf("%d bytes, %v", len(want), err)
	}
	for _, text := range []string{strings.ToLower(plain), plain + "====", plain[:20] + " \t\n" + plain[20:] + "\r\n"} {
		got, err := ParseSecret(text)
		if err != nil || string(got) != string(want) {
			t.Errorf("another spelling was refused or misread: %v", err)
		}
	}
	for _, text := range []string{plain[:51] + "R", plain[:49], plain[:51], plain + "B", "", plain[:24], "0" + plain[1:],
		strings.Repeat("A", 104), plain + "é", strings.Replace(plain, "I", "ı", 1)} {
		if _, err := ParseSecret(text); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}

func TestDefaultsGive81Bits(t *testing.T) {
	if bits := Defaults().Bits(); math.Floor(bits) != 81 {
		t.Fatalf("%f bits", bits)
	}
	if w := Defaults().Warnings(); len(w) != 0 {
		t.Fatalf("the defaults warn: %q", w)
	}
}

func TestWarnings(t *testing.T) {
	p := Defaults()
	p.Period, p.Steps = 301, 3
	if w := p.Warnings(); len(w) != 2 {
		t.Fatalf("want a warning for the period and one for the bits, got %q", w)
	}
}

func TestDeriveHoldsItsPromises(t *testing.T) {
	secret := []byte("0123456789abcdef")
	p := Params{Period: 30, Steps: 10, Protocols: []step.Protocol{step.ICMP, step.TCP, step.UDP}, Low: 2000, High: 2010}
	for counter := range uint64(3000) {
		seenPorts, seenSizes := map[uint16]bool{}, map[uint16]bool{}
		for _, s := range Derive(secret, counter, Open, p) {
			seen := seenPorts
			if s.Protocol == step.ICMP {
				seen = seenSizes
				if s.Value < 32 || s.Value > 992 {
					t.Fatalf("icmp size %d", s.Value)
				}
			} else if s.Value < p.Low || s.Value > p.High {
				t.Fatalf("port %d", s.Value)
			}
			if seen[s.Value] {
				t.Fatalf("counter %d repeats %v", counter, s)
			}
			seen[s.Value] = true
		}
	}
}
