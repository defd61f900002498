package daemonconfig

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sallyport/helper/internal/step"
)

const (
	secretA = "AAAQEAYEAUDAOCAJBIFQYDIOB4IBCEQTCQKRMFYYDENBWHA5DYPQ"
	secretB = "777777777777777777777777777777777777777777777777777Q"
)

// load writes a config and two secret files and reads them.
func load(t *testing.T, text string) (*Config, error) {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{"c.toml": text, "a.key": secretA + "\n", "b.key": strings.ToLower(secretB), "short.key": "AAAA"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "open.key"), []byte(secretB), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(dir, "open.key"), 0o644); err != nil {
		t.Fatal(err)
	}
	return Load(filepath.Join(dir, "c.toml"))
}

const full = `
interfaces = ["eth0"]
state_dir = "/tmp/state"
[gate]
mode = "nftables"
on_exit = "open"
always_allow = ["203.0.113.0/24", "2001:db8::1"]
[[door]]
name = "ssh"
ports = ["22/tcp", "60000-60010/udp"]
open_for = "1m"
max_open_for = "10m"
  [[door.key]]
  user = "alice"
  method = "rotating"
  secret_file = "a.key"
  period = "60s"
  steps = 4
  protocols = ["udp", "icmp"]
  range = "20000-39999"
  skew = 2
  [[door.key]]
  user = "legacy"
  method = "sequence"
  sequence = "7043:tcp,8211:udp,icmp:128"
  close_sequence = "9000:tcp,8211:udp,7043:tcp"
  window = "20s"
  tcpflags = "syn"
[[door]]
name = "web"
ports = ["8080/tcp"]
  [[door.key]]
  user = "alice"
  method = "rotating"
  secret = "` + secretB + `"
`

func TestFullConfig(t *testing.T) {
	c, err := load(t, full)
	if err != nil {
		t.Fatal(err)
	}
	alice, legacy, web := c.Doors[0].Keys[0].Rotating, c.Doors[0].Keys[1].Sequence, c.Doors[1]
	if c.Interfaces[0] != "eth0" || c.OnExit != LeaveOpen || len(c.AlwaysAllow) != 2 || c.ControlSocket() != "/tmp/state/sallyportd.sock" ||
		c.Doors[0].OpenFor != time.Minute || c.Doors[0].MaxOpenFor != 10*time.Minute || len(c.GatedPorts()) != 3 {
		t.Fatalf("%+v", c)
	}
	if len(alice.Secret) != 32 || alice.Params.Period != 60 || alice.Params.Steps != 4 || alice.Params.Low != 20000 || alice.Skew != 2 ||
		alice.Params.Protocols[1] != step.ICMP {
		t.Fatalf("%+v", alice.Params)
	}
	if step.Format(legacy.Close) != "9000:tcp,8211:udp,7043:tcp" || legacy.Window != 20*time.Second {
		t.Fatalf("%+v", legacy)
	}
	if web.OpenFor != 30*time.Second || web.MaxOpenFor != 300*time.Second || web.Keys[0].Rotating.Skew != 1 || web.Keys[0].Rotating.Params.Period != 30 {
		t.Fatalf("the defaults: %+v", web)
	}
}

const head = "[[door]]\nname = \"ssh\"\nports = [\"22/tcp\"]\n"

const rotating = "[[door.key]]\nuser = \"alice\"\nmethod = \"rotating\"\nsecret_file = \"a.key\"\n"

func sequenceKey(user, steps string) string {
	return fmt.Sprintf("[[door.key]]\nuser = %q\nmethod = \"sequence\"\nsequence = %q\n", user, steps)
}

// TestProblems: each text has one mistake, on the given line, and the message must hold the words.
func TestProblems(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		line int
		want string
	}{
		"not TOML":            {"x = = 1\n", 1, "not TOML"},
		"a key twice":         {"state_dir = \"/a\"\nstate_dir = \"/b\"\n", 2, "not TOML"},
		"unknown key":         {"statedir = \"/x\"\n" + head + rotating, 1, `unknown key "statedir"; expected one of interfaces`},
		"unknown table":       {head + rotating + "[gates]\nmode = \"none\"\n", 8, `unknown key "gates"`},
		"unknown key in key":  {head + rotating + "perod = \"30s\"\n", 8, `unknown key "perod"`},
		"no door":             {"state_dir = \"/x\"\n", 1, "there is no door"},
		"no key":              {head, 1, "nobody can open it"},
		"key is no list":      {head + "key = [1]\n", 4, "expected [[door.key]] tables"},
		"relative state_dir":  {"state_dir = \"x\"\n" + head + rotating, 1, "absolute path"},
		"bad mode":            {"[gate]\nmode = \"iptables\"\n" + head + rotating, 2, `expected "nftables" or "none"`},
		"mode none":           {"[gate]\nmode = \"none\"\n" + head + rotating, 3, "it has ports, but mode"},
		"bad network":         {"[gate]\nalways_allow = [\"10.0.0.0/33\"]\n" + head + rotating, 2, "not an address or network"},
		"list of numbers":     {"interfaces = [1]\n" + head + rotating, 1, "expected a list of interface names"},
		"bad port":            {"[[door]]\nname = \"ssh\"\nports = [\"22\"]\n" + rotating, 3, `"22" is not a port`},
		"port 0":              {"[[door]]\nname = \"ssh\"\nports = [\"0/tcp\"]\n" + rotating, 3, "not a port"},
		"backward range":      {"[[door]]\nname = \"ssh\"\nports = [\"30-20/tcp\"]\n" + rotating, 3, "not a port"},
		"too many ports":      {"[[door]]\nname = \"ssh\"\nports = [\"1-65535/tcp\"]\n" + rotating, 3, "1024 is the most"},
		"no ports":            {"[[door]]\nname = \"ssh\"\n" + rotating, 1, "ports: expected"},
		"bad name":            {"[[door]]\nname = \"a b\"\nports = [\"22/tcp\"]\n" + rotating, 2, "expected 1 to 48 letters"},
		"number for duration": {head + "open_for = 30\n" + rotating, 4, `such as "30s"`},
		"too long":            {head + "open_for = \"25h\"\n" + rotating, 4, `to "24h"`},
		"max below open_for":  {head + "open_for = \"60s\"\nmax_open_for = \"30s\"\n" + rotating, 5, "at least open_for"},
		"half a second":       {head + rotating + "period = \"30.5s\"\n", 8, "whole seconds"},
		"period out of range": {head + rotating + "period = \"9s\"\n", 8, `from "10s" to "24h"`},
		"steps out of range":  {head + rotating + "steps = 11\n", 8, "from 3 to 10"},
		"skew out of range":   {head + rotating + "skew = 6\n", 8, "from 0 to 5"},
		"bad protocol":        {head + rotating + "protocols = [\"sctp\"]\n", 8, "not a protocol"},
		"no protocol":         {head + rotating + "protocols = []\n", 8, "no protocol"},
		"bad range":           {head + rotating + "range = \"5-\"\n", 8, "write it like 10000-49999"},
		"under 40 bits":       {head + rotating + "steps = 3\nrange = \"10000-10099\"\n", 9, "at least 40 bits"},
		"unknown method":      {head + "[[door.key]]\nuser = \"a\"\nmethod = \"magic\"\n", 6, `expected "rotating", "sequence", "one-time" or "spa"`},
		"method missing":      {head + "[[door.key]]\nuser = \"a\"\n", 4, `method is missing; expected "rotating", "sequence", "one-time" or "spa"`},
		"one-time":            {head + "[[door.key]]\nuser = \"a\"\nmethod = \"one-time\"\n", 6, "sequences_file is missing"},
		"missing secret file": {head + strings.Replace(rotating, "a.key", "none.key", 1), 7, "cannot be read"},
		"readable secret":     {head + strings.Replace(rotating, "a.key", "open.key", 1), 7, "chmod o-rwx"},
		"short secret":        {head + strings.Replace(rotating, "a.key", "short.key", 1), 7, "it takes 16 to 64"},
		"secret is a folder":  {head + strings.Replace(rotating, "a.key", ".", 1), 7, "not a regular file"},
		"no secret":           {head + "[[door.key]]\nuser = \"a\"\nmethod = \"rotating\"\n", 6, "there is no secret"},
		"secret given twice":  {head + rotating + "secret = \"" + secretB + "\"\n", 8, "expected one of them"},
		"secret used twice":   {head + rotating + strings.Replace(rotating, "alice", "bob", 1), 11, `used already (door "ssh", key of "alice", line 7)`},
		"user twice":          {head + rotating + strings.Replace(rotating, "a.key", "b.key", 1), 8, "one key per user"},
		"door twice":          {head + rotating + head + strings.Replace(rotating, "a.key", "b.key", 1), 8, "expected another name"},
		"sequence missing":    {head + "[[door.key]]\nuser = \"a\"\nmethod = \"sequence\"\n", 4, "sequence is missing"},
		"two steps":           {head + sequenceKey("a", "7000,8000"), 7, "2 steps; expected 3 to 32"},
		"bad step":            {head + sequenceKey("a", "7000,70000,1"), 7, "step 2: port 70000 is out of range"},
		"step twice running":  {head + sequenceKey("a", "7000,8000,8000"), 7, "steps 2 and 3 are the same"},
		"contained":           {head + sequenceKey("a", "1001,2003,3002") + sequenceKey("b", "9,1001,2003,3002,8"), 7, `is contained in that of door "ssh", key of "b"`},
		"same sequence":       {head + sequenceKey("a", "1001,2003,3002") + sequenceKey("b", "1001,2003,3002"), 11, "is the same as"},
		"bad flags":           {head + sequenceKey("a", "7,9,8") + "tcpflags = \"syn,foo\"\n", 8, "not a TCP flag"},
		"no name":             {"[[door]]\nports = [\"22/tcp\"]\n" + rotating, 1, `name is missing; expected a name, such as "ssh"`},
		"name is a number":    {"[[door]]\nname = 5\nports = [\"22/tcp\"]\n" + rotating, 2, "name: expected a name"},
		"no user":             {head + strings.Replace(rotating, "user = \"alice\"\n", "", 1), 4, "user is missing"},
		"ports is text":       {"[[door]]\nname = \"ssh\"\nports = \"22/tcp\"\n" + rotating, 3, "expected a list of ports"},
		"port is a number":    {"[[door]]\nname = \"ssh\"\nports = [22]\n" + rotating, 3, "22 is not text"},
		"protocols is text":   {head + rotating + "protocols = \"tcp,udp\"\n", 8, "expected a list of protocols"},
		"protocol twice":      {head + rotating + "skew = 1\nprotocols = [\"tcp\", \"tcp\"]\n", 9, "listed twice"},
		"too few ports":       {head + rotating + "range = \"10000-10004\"\n", 8, "more ports than steps"},
		"backward port range": {head + rotating + "range = \"50-10\"\nskew = 1\n", 8, "write it like 10000-49999"},
		"steps is text":       {head + rotating + "steps = \"5\"\n", 8, `steps = "5": expected a whole number`},
		"steps has a point":   {head + rotating + "steps = 5.0\n", 8, "steps = 5.0: expected a whole number"},
		"command is text":     {head + "on_open = \"/bin/true {ip}\"\n" + rotating, 4, "expected a list of a program"},
		"interface pattern":   {"interfaces = [\"eth*\"]\n" + head + rotating, 1, "patterns are not taken"},
		"door is a value":     {"door = 5\n", 1, "expected [[door]] tables"},
		"gate is a value":     {"gate = \"x\"\n" + head + rotating, 1, "expected a [gate] table"},
	} {
		_, err := load(t, c.text)
		var problems Problems
		if !errors.As(err, &problems) {
			t.Errorf("%s: %v, want problems", name, err)
			continue
		}
		if len(problems) != 1 || problems[0].Line != c.line || !strings.Contains(problems[0].Message, c.want) {
			t.Errorf("%s: want line %d with %q and nothing else, got:\n%v", name, c.line, c.want, err)
		}
		if strings.Contains(err.Error(), secretA) || strings.Contains(err.Error(), secretB) {
			t.Errorf("%s: the error repeats a secret", name)
		}
	}
}

func TestAllProblemsAtOnce(t *testing.T) {
	_, err := load(t, "statedir = 1\n"+head+"open_for = 1\n"+rotating+"skew = 9\n")
	var problems Problems
	if !errors.As(err, &problems) || len(problems) != 3 || problems[0].Line > problems[1].Line || problems[1].Line > problems[2].Line {
		t.Fatalf("want three problems in order of lines, got:\n%v", err)
	}
}

func TestWarnings(t *testing.T) {
	c, err := load(t, "interfaces = [\"no-such-name0\", \"lo\"]\n[gate]\nalways_allow = [\"0.0.0.0/0\"]\n"+head+sequenceKey("a", "7000,8000,9000")+
		strings.Replace(rotating, "a.key", "b.key", 1)+"period = \"10m\"\n")
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(c.Warnings, "\n")
	for _, want := range []string{"c.toml:1: interfaces: there is no \"no-such-name0\"", "\"lo\" is never gated", "c.toml:3: gate: always_allow", "only go one way", "same distance apart", "numbers are round", "c.toml:15: door \"ssh\", key of \"alice\": a period over 300 s"} {
		if !strings.Contains(all, want) {
			t.Errorf("no warning with %q in:\n%s", want, all)
		}
	}
}

func TestWarnsOfStepsAtGatedPorts(t *testing.T) {
	gated := strings.Replace(head, "22/tcp", "4000-4010/udp", 1)
	for sequence, want := range map[string]int{"7043,4005:udp,5122": 1, "4000:udp,7043,4010:udp": 2, "7043,4005:tcp,5122": 0, "3999:udp,icmp:400,4011:udp": 0} {
		c, err := load(t, gated+sequenceKey("a", sequence))
		if err != nil {
			t.Fatal(err)
		}
		said := strings.Join(c.Warnings, "\n")
		if strings.Count(said, "a port that a door keeps closed") != want || want == 1 && !strings.Contains(said, "sequence: step 2 is") {
			t.Errorf("%s: want %d, got %q", sequence, want, said)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(full))
	f.Add([]byte("[a.b]\n[[a.c]]\nd.e = 1\nx = { y = 1 }\n[[door]]\n[door.key]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		cfg, err := Check("c.toml", data, 0o600)
		if err == nil {
			if len(cfg.Doors) == 0 || slices.ContainsFunc(cfg.Doors, func(d Door) bool { return len(d.Keys) == 0 || len(d.Ports)+len(d.OnOpen) == 0 }) {
				t.Fatalf("%q is read as %+v", data, cfg)
			}
			return
		}
		for _, line := range strings.Split(err.Error(), "\n") {
			if !strings.HasPrefix(line, "c.toml:") {
				t.Fatalf("an error without a place: %q", line)
			}
		}
	})
}
