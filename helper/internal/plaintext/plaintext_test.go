package plaintext

import (
	"testing"
	"unicode"
)

func TestLine(t *testing.T) {
	cases := map[string]string{
		"web1":                 "web1",
		"bücher 7000 → ok":     "bücher 7000 → ok",
		"a\x1b[2Jb":            `a\x1b[2Jb`,
		"a\nb\r\tc":            `a\x0ab\x0d\x09c`,
		"evil\u202etxt":        `evil\u202etxt`,
		"zero\u200bwidth":      `zero\u200bwidth`,
		"c1\u009bm":            `c1\x9bm`,
		"bad\xff\xfeutf8":      `bad\xff\xfeutf8`,
		"real \ufffd stays":    "real \ufffd stays",
		"line\u2028separator":  `line\u2028separator`,
		"non-breaking\u00a0ok": "non-breaking\u00a0ok",
	}
	for in, want := range cases {
		if got := Line(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func FuzzLine(f *testing.F) {
	f.Add("a\x1b[2J\xff")
	f.Fuzz(func(t *testing.T, s string) {
		for _, r := range Line(s) {
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
				t.Fatalf("%q leaves %q", s, r)
			}
		}
	})
}
