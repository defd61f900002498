package daemonconfig

import (
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sallyport/helper/internal/spa"
)

var (
	spaKey  = base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32)))
	spaHMAC = base64.StdEncoding.EncodeToString([]byte(strings.Repeat("h", 64)))
)

func spaKeyOf(user, key, hmac string) string {
	return fmt.Sprintf("[[door.key]]\nuser = %q\nmethod = \"spa\"\nkey_base64 = %q\nhmac_key_base64 = %q\n", user, key, hmac)
}

func TestSPAKey(t *testing.T) {
	cfg, err := load(t, head+spaKeyOf("bob", spaKey, spaHMAC))
	if err != nil {
		t.Fatal(err)
	}
	bob := cfg.Doors[0].Keys[0].SPA
	if bob == nil || len(bob.Key) != 32 || len(bob.HMACKey) != 64 || bob.Digest != spa.SHA256 || bob.Port != 62201 || !bob.RequireSource {
		t.Fatalf("the defaults: %+v", bob)
	}
	text := head + strings.NewReplacer("key_base64 = ", "key_base64 = ", spaKey, strings.TrimRight(spaKey, "=")).Replace(spaKeyOf("bob", spaKey, spaHMAC)) +
		"hmac_digest = \"sha512\"\nudp_port = 5353\nrequire_source_address = false\n"
	if cfg, err = load(t, text); err != nil {
		t.Fatal(err)
	}
	if bob = cfg.Doors[0].Keys[0].SPA; bob.Digest != spa.SHA512 || bob.Port != 5353 || bob.RequireSource || !slices.Equal(cfg.SPAPorts(), []uint16{5353}) {
		t.Fatalf("%+v", bob)
	}
	cfg, err = load(t, head+spaKeyOf("bob", base64.StdEncoding.EncodeToString([]byte("password")), spaHMAC))
	if err != nil || !strings.Contains(strings.Join(cfg.Warnings, "\n"), "only 8 bytes") {
		t.Fatalf("a short key: %v, %v", cfg, err)
	}
}

func TestCommandDoor(t *testing.T) {
	const door = "[[door]]\nname = \"wake\"\non_open = [\"/bin/echo\", \"{ip}\"]\non_close = [\"/bin/echo\", \"{user}\"]\n"
	cfg, err := load(t, "[gate]\nmode = \"none\"\n"+door+rotating)
	if err != nil || !cfg.NoGate || len(cfg.Doors[0].OnOpen) != 2 || cfg.Doors[0].OnClose[1] != "{user}" || len(cfg.GatedPorts()) != 0 {
		t.Fatalf("%+v, %v", cfg, err)
	}
	cfg, err = load(t, head+"on_open = [\"/nonexistent\"]\n"+rotating)
	if err != nil || !strings.Contains(strings.Join(cfg.Warnings, "\n"), "c.toml:4: door \"ssh\": on_open: /nonexistent is not a program") {
		t.Fatalf("%+v, %v", cfg, err)
	}
}

func TestSPAAndCommandProblems(t *testing.T) {
	loose := filepath.Join(t.TempDir(), "loose")
	if err := os.WriteFile(loose, nil, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(loose, 0o757); err != nil {
		t.Fatal(err)
	}
	encode := base64.StdEncoding.EncodeToString
	for name, c := range map[string]struct {
		text string
		line int
		want string
	}{
		"no HMAC key":       {head + "[[door.key]]\nuser = \"a\"\nmethod = \"spa\"\nkey_base64 = \"" + spaKey + "\"\n", 6, "there is no hmac_key_base64"},
		"not base64":        {head + spaKeyOf("a", "a-b_", spaHMAC), 7, "this is not base64"},
		"stray bits":        {head + spaKeyOf("a", strings.TrimRight(spaKey, "=")[:42]+"t", spaHMAC), 7, "this is not base64"},
		"too short":         {head + spaKeyOf("a", encode([]byte("seven..")), spaHMAC), 7, "7 bytes; expected 8 to 32"},
		"too long":          {head + spaKeyOf("a", encode(make([]byte, 33)), spaHMAC), 7, "expected 8 to 32"},
		"one key for both":  {head + spaKeyOf("a", spaKey, spaKey), 8, "used already"},
		"shared key":        {head + spaKeyOf("a", spaKey, spaHMAC) + spaKeyOf("b", encode(make([]byte, 32)), spaHMAC), 13, `used already (door "ssh", key of "a", line 8)`},
		"digest":            {head + spaKeyOf("a", spaKey, spaHMAC) + "hmac_digest = \"md5\"\n", 9, `expected "sha256", "sha384" or "sha512"`},
		"port":              {head + spaKeyOf("a", spaKey, spaHMAC) + "udp_port = 0\n", 9, "from 1 to 65535"},
		"no boolean":        {head + spaKeyOf("a", spaKey, spaHMAC) + "require_source_address = \"yes\"\n", 9, "true or false"},
		"unknown":           {head + spaKeyOf("a", spaKey, spaHMAC) + "period = \"30s\"\n", 9, "unknown key"},
		"missing file":      {head + "[[door.key]]\nuser = \"a\"\nmethod = \"spa\"\nkey_base64_file = \"x\"\n", 7, "cannot be read"},
		"relative program":  {head + "on_open = [\"wake\"]\n" + rotating, 4, "absolute path"},
		"placeholder":       {head + "on_close = [\"/bin/true\", \"{host}\"]\n" + rotating, 4, "only {ip}"},
		"command as text":   {head + "on_open = \"/bin/true\"\n" + rotating, 4, "expected a list"},
		"empty command":     {head + "on_open = []\n" + rotating, 4, "expected a program"},
		"loose program":     {head + "on_open = [\"" + loose + "\"]\n" + rotating, 4, "chmod o-w"},
		"ports and no gate": {"[gate]\nmode = \"none\"\n" + head + rotating, 3, "it has ports"},
	} {
		_, err := load(t, c.text)
		var problems Problems
		if !errors.As(err, &problems) {
			t.Errorf("%s: %v, want problems", name, err)
			continue
		}
		if !slices.ContainsFunc(problems, func(p Problem) bool { return p.Line == c.line && strings.Contains(p.Message, c.want) }) {
			t.Errorf("%s: want line %d with %q, got:\n%v", name, c.line, c.want, err)
		}
		if strings.Contains(err.Error(), spaKey) || strings.Contains(err.Error(), spaHMAC) {
			t.Errorf("%s: the error repeats a secret", name)
		}
	}
}
