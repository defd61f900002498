package doorcmd

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
)

func TestExpand(t *testing.T) {
	template := Template{"/bin/x", "{ip}", "--to={user}@{door}:{port}", "{ip}{ip}", "plain", "}"}
	if err := template.Check(); err != nil {
		t.Fatal(err)
	}
	got := template.Expand(Values{IP: netip.MustParseAddr("2001:db8::2"), User: "{door}", Door: "ssh", Port: 22})
	want := []string{"/bin/x", "2001:db8::2", "--to={door}@ssh:22", "2001:db8::22001:db8::2", "plain", "}"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	if got := template.Expand(Values{IP: netip.MustParseAddr("192.0.2.1")})[2]; got != "--to=@:" {
		t.Errorf("got %q", got)
	}
}

func TestCheck(t *testing.T) {
	for want, template := range map[string]Template{
		"a program":     {},
		"absolute path": {"wake", "{ip}"},
		"without {…}":   {"/bin/{user}"},
		"only {ip}":     {"/bin/x", "{host}"},
		"may hold only": {"/bin/x", "{ip"},
		"zero byte":     {"/bin/x", "a\x00b"},
		"are the most":  {"/bin/x", strings.Repeat("x", maxBytes)},
		"33 arguments":  append(Template{"/bin/x"}, make([]string, 32)...),
	} {
		if err := template.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", template, err, want)
		}
	}
}
