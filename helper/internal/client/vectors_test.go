package client

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// readVectors takes a file that the TypeScript suite reads too.
func readVectors(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "test", "vectors", name))
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestSocketPathVectors(t *testing.T) {
	var cases []struct {
		Home          string
		XDGRuntimeDir *string
		UID           int
		Path          string
	}
	readVectors(t, "socket-path.json", &cases)
	if len(cases) < 5 {
		t.Fatalf("only %d cases", len(cases))
	}
	for _, c := range cases {
		s := Surroundings{OS: "linux", UID: c.UID, Env: func(name string) string {
			if name == "XDG_RUNTIME_DIR" && c.XDGRuntimeDir != nil {
				return *c.XDGRuntimeDir
			}
			return ""
		}}
		if got := s.SocketPath(c.Home); got != c.Path {
			t.Errorf("%s: got %s, want %s", c.Home, got, c.Path)
		}
	}
}

func TestProofVectors(t *testing.T) {
	var cases []struct{ Key, ServerNonce, ClientNonce, ClientProof, ServerProof string }
	readVectors(t, "control-proof.json", &cases)
	if len(cases) < 2 {
		t.Fatalf("only %d cases", len(cases))
	}
	raw := func(text string) []byte {
		b, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for i, c := range cases {
		for label, want := range map[string]string{clientLabel: c.ClientProof, serverLabel: c.ServerProof} {
			if got := hex.EncodeToString(proof(raw(c.Key), label, raw(c.ServerNonce), raw(c.ClientNonce))); got != want {
				t.Errorf("case %d, %s: got %s, want %s", i, label, got, want)
			}
		}
	}
}

func TestHome(t *testing.T) {
	cases := []struct {
		os, home string
		env      map[string]string
		want     string
	}{
		{"linux", "/home/ada", nil, "/home/ada/.config/sallyport"},
		{"linux", "/home/ada", map[string]string{"XDG_CONFIG_HOME": "/cfg"}, "/cfg/sallyport"},
		{"linux", "/home/ada", map[string]string{"XDG_CONFIG_HOME": "cfg"}, "/home/ada/.config/sallyport"},
		{"linux", "/home/ada", map[string]string{"SALLYPORT_HOME": "/srv/s/"}, "/srv/s"},
		{"linux", "", nil, ""},
		{"darwin", "/Users/ada", map[string]string{"XDG_CONFIG_HOME": "/cfg"}, "/Users/ada/Library/Application Support/Sallyport"},
		{"windows", "", nil, ""},
	}
	for _, c := range cases {
		s := Surroundings{OS: c.os, UserHome: c.home, Env: func(name string) string { return c.env[name] }}
		got, err := s.Home()
		if got != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%+v: got %q, %v", c, got, err)
		}
	}
}
