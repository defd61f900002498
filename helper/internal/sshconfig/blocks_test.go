package sshconfig

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const program = "/opt/Sally port/100%/sallyport"

func TestBlock(t *testing.T) {
	blocks := NewBlocks([]Host{
		{ID: "id-1", Name: "web1", HostName: "web1.example.org", User: `EXAMPLE\ada`, Port: 2222},
		{ID: "id-2", Name: "Büro", HostName: "fe80::1%eth0", Port: 22},
	}, program)
	want := `
Host web1
  HostName web1.example.org
  User EXAMPLE\ada
  Port 2222
  ProxyCommand "/opt/Sally port/100%%/sallyport" proxy --profile id-1

Host Büro
  HostName fe80::1%%eth0
  Port 22
  ProxyCommand "/opt/Sally port/100%%/sallyport" proxy --profile id-2
`
	if blocks.Text != want || len(blocks.Skipped) != 0 {
		t.Errorf("got %s\nskipped %v", blocks.Text, blocks.Skipped)
	}
}

func TestWhatIsLeftOut(t *testing.T) {
	good := Host{ID: "id", Name: "web", HostName: "web.example.org", User: "ada", Port: 22}
	for _, test := range []struct {
		spoil func(*Host)
		want  string
	}{
		{func(h *Host) { h.Name = "my web" }, "its name has a space"},
		{func(h *Host) { h.Name = "a\nHost b" }, "its name has a space"},
		{func(h *Host) { h.Name = "web*" }, "its name has '*'"},
		{func(h *Host) { h.Name = "ada@web" }, "its name has '@'"},
		{func(h *Host) { h.Name = "ssh:web" }, "its name has ':'"},
		{func(h *Host) { h.Name = `we"b` }, `its name has '"'`},
		{func(h *Host) { h.Name = "we%h" }, "its name has '%'"},
		{func(h *Host) { h.Name = "!web" }, "does not begin with a letter or digit"},
		{func(h *Host) { h.Name = "-oProxyCommand=x" }, "does not begin with a letter or digit"},
		{func(h *Host) { h.Name = "" }, "its name is empty"},
		{func(h *Host) { h.HostName = "web\n  ProxyCommand x" }, "neither a host name nor an address"},
		{func(h *Host) { h.HostName = "-oProxyCommand=x" }, "neither a host name nor an address"},
		{func(h *Host) { h.HostName = "%h" }, "neither a host name nor an address"},
		{func(h *Host) { h.HostName = "fe80::1%$(id)" }, "neither a host name nor an address"},
		{func(h *Host) { h.User = "-oX" }, "its user has characters"},
		{func(h *Host) { h.User = `a\\b` }, "its user has characters"},
		{func(h *Host) { h.User = "a\nProxyCommand x" }, "its user has characters"},
		{func(h *Host) { h.Port = 0 }, "its port"},
		{func(h *Host) { h.ID = "x; id" }, "its id is not one"},
	} {
		host := good
		test.spoil(&host)
		blocks := NewBlocks([]Host{host}, program)
		if blocks.Text != "" || len(blocks.Skipped) != 1 || !strings.Contains(blocks.Skipped[0].Reason, test.want) {
			t.Errorf("%+v: got %q and %v, want %q", host, blocks.Text, blocks.Skipped, test.want)
		}
	}
	twice := NewBlocks([]Host{good, good}, program)
	if len(twice.Aliases) != 1 || len(twice.Skipped) != 1 || !strings.Contains(twice.Skipped[0].Reason, "another profile") {
		t.Errorf("the same name twice: %+v", twice)
	}
}

func TestProgramProblem(t *testing.T) {
	for path, fine := range map[string]bool{
		"/usr/bin/sallyport": true, "/opt/a b/c#d(e)'f/sallyport": true, "/home/jürgen/sallyport": true,
		"/x$(id)/sallyport": false, "/x`id`/s": false, `/x"y/s`: false, `/x\y/s`: false, "/x\ny/s": false, "/x!y/s": false,
		"/tmp/.mount_SallyAbC/resources/helpers/sallyport": false,
	} {
		if problem := ProgramProblem(path, false); (problem == "") != fine {
			t.Errorf("%q: %q", path, problem)
		}
	}
	if problem := ProgramProblem(`C:\Program Files\Sallyport\sallyport.exe`, true); problem != "" {
		t.Error(problem)
	}
}

// What ssh itself reads from the blocks of 10,000 generated profiles: for a sample, exactly our four values and nothing
// else that it would not have had without them.
func TestSSHReadsNothingElse(t *testing.T) {
	ssh, err := exec.LookPath("ssh")
	if err != nil {
		t.Fatal("an OpenSSH client is needed (Debian: openssh-client)")
	}
	hosts := generated(rand.New(rand.NewPCG(1, 2)), 10_000)
	blocks := NewBlocks(hosts, program)
	if len(blocks.Aliases)+len(blocks.Skipped) != len(hosts) || len(blocks.Aliases) < 200 || len(blocks.Skipped) < 5000 {
		t.Fatalf("%d written, %d left out: the generator does not test much", len(blocks.Aliases), len(blocks.Skipped))
	}
	line := regexp.MustCompile(`^(|Host [^\s"'#*?!]+|  HostName [\w.:%-]+|  User [\w.@\\-]+|  Port \d+|  ProxyCommand "/opt/Sally port/100%%/sallyport" proxy --profile id-\d+)$`)
	for _, text := range strings.Split(blocks.Text, "\n") {
		if !line.MatchString(text) {
			t.Fatalf("a line of another kind: %q", text)
		}
	}
	file := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(file, []byte(record{}.head()+blocks.Text), 0o600); err != nil {
		t.Fatal(err)
	}
	byName := map[string]Host{}
	for _, host := range hosts {
		if _, there := byName[host.Name]; !there && problem(host) == "" {
			byName[host.Name] = host
		}
	}
	bare := effective(t, ssh, os.DevNull, "nobody-has-this-name")
	for i := 0; i < len(blocks.Aliases); i += len(blocks.Aliases) / 150 {
		alias := blocks.Aliases[i]
		host := byName[alias]
		got := effective(t, ssh, file, alias)
		want := map[string]string{
			"hostname": strings.ToLower(host.HostName), "port": fmt.Sprint(host.Port),
			"proxycommand": `"/opt/Sally port/100%%/sallyport" proxy --profile ` + host.ID,
		}
		if host.User != "" {
			want["user"] = host.User
		}
		for key, value := range got {
			expected, ours := want[key]
			if !ours {
				expected = bare[key]
			}
			if key != "host" && key != "hostname" && value != expected || key == "hostname" && strings.ToLower(value) != expected {
				t.Errorf("%q (%+v): %s is %q, want %q", alias, host, key, value, expected)
			}
		}
		if got["proxycommand"] == "" {
			t.Errorf("%q has no ProxyCommand", alias)
		}
	}
}

// effective is what ssh would use, by keyword; of a keyword with several values the first.
func effective(t *testing.T, ssh, file, alias string) map[string]string {
	t.Helper()
	out, err := exec.Command(ssh, "-G", "-F", file, "--", alias).Output()
	if err != nil {
		t.Fatalf("ssh -G %q: %v", alias, err)
	}
	got := map[string]string{}
	for _, line := range strings.Split(string(out), "\n") {
		key, value, _ := strings.Cut(line, " ")
		if _, there := got[key]; !there {
			got[key] = value
		}
	}
	return got
}

// generated mixes what is fine with what ssh, a shell or a line-based file would trip over.
func generated(random *rand.Rand, count int) []Host {
	pieces := []string{"web", "a", "Z9", "é", "日本", ".", "-", "_", "db-1", "X", "7", "host", "none", "no"}
	nasty := []string{" ", "*", "?", "!", "%h", "%", "#", "\"", "'", "\\", "\n", "\r", "\t", "\x00", "\u202e", "$(id)", "`id`", ";", "|", "=", ",", "/", ":", "@", "~", "\nProxyCommand x\n", "\nMatch exec id", "-oX=", "\xff"}
	text := func() string {
		var b strings.Builder
		for range 1 + random.IntN(4) {
			if random.IntN(5) == 0 {
				b.WriteString(nasty[random.IntN(len(nasty))])
			} else {
				b.WriteString(pieces[random.IntN(len(pieces))])
			}
		}
		return b.String()
	}
	addresses := []string{"10.0.0.1", "2001:db8::1", "fe80::1%eth0", "web.example.org", "web.example.org."}
	hosts := make([]Host, count)
	for i := range hosts {
		hosts[i] = Host{ID: fmt.Sprintf("id-%d", i), Name: text(), HostName: text(), User: text(), Port: random.IntN(65600)}
		if random.IntN(3) > 0 {
			hosts[i].HostName = addresses[random.IntN(len(addresses))]
		}
		if random.IntN(3) > 0 {
			hosts[i].User = []string{"", "ada", `EXAMPLE\ada`, "ada@example.org"}[random.IntN(4)]
		}
	}
	return hosts
}
