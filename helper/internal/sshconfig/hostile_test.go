package sshconfig

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sallyport/helper/internal/hostile"
)

const hostileProgram = "/opt/sally port/100%/sallyport"

// TestHostileProfiles writes the blocks of ten thousand profiles, most of them meant to do harm and none of them checked
// before, and has the real ssh read each that was not skipped: it may see our host, user, port and command, and no more.
func TestHostileProfiles(t *testing.T) {
	const count = 10_000
	ssh, err := exec.LookPath("ssh")
	if err != nil {
		t.Fatal("ssh is needed (Debian: apt-get install openssh-client)")
	}
	names, hosts, users := hostile.Words(1, count), hostile.Words(2, count), hostile.Words(3, count)
	profiles := make([]Host, count)
	for i := range profiles {
		profiles[i] = Host{ID: fmt.Sprintf("id-%d", i), Name: names[i], HostName: hosts[i], User: users[i], Port: 1 + i}
		switch i % 4 { // where three are hostile at once, hardly any is left to be read
		case 0:
			profiles[i].HostName, profiles[i].User = "web1.example.org", ""
		case 1:
			profiles[i].Name, profiles[i].User = fmt.Sprintf("n%d", i), "ops"
		case 2:
			profiles[i].Name, profiles[i].HostName = fmt.Sprintf("n%d", i), "web1.example.org"
		}
	}
	blocks := NewBlocks(profiles, hostileProgram)
	if len(blocks.Aliases)+len(blocks.Skipped) != count || len(blocks.Aliases) < 1000 {
		t.Fatalf("%d written and %d skipped of %d", len(blocks.Aliases), len(blocks.Skipped), count)
	}
	byName := map[string]Host{}
	for i := len(profiles) - 1; i >= 0; i-- { // the first of a name is the one that is written
		if problem(profiles[i]) == "" {
			byName[profiles[i].Name] = profiles[i]
		}
	}
	folder := t.TempDir()
	t.Chdir(folder)
	plain := common(sshReads(t, ssh, folder, "Host web1\n  HostName h\n", []string{"web1"})[0])
	texts := strings.Split(blocks.Text, "\nHost ")[1:]
	if len(texts) != len(blocks.Aliases) {
		t.Fatalf("%d blocks for %d aliases: a word has become a block", len(texts), len(blocks.Aliases))
	}
	// A few at a time, so that ssh does not read the whole file for each.
	for start := 0; start < len(texts); start += 50 {
		end := min(start+50, len(texts))
		aliases := blocks.Aliases[start:end]
		answers := sshReads(t, ssh, folder, "Host "+strings.Join(texts[start:end], "\nHost "), aliases)
		for i, answer := range answers {
			check(t, byName[aliases[i]], answer, plain)
		}
	}
	if _, err := os.Stat(hostile.Mark); err == nil {
		t.Error("a word was obeyed by a shell")
	}
}

// sshReads gives what ssh makes of each alias. xargs splits at NUL, so that nothing else reads them.
func sshReads(t *testing.T, ssh, folder, text string, aliases []string) []string {
	t.Helper()
	file := filepath.Join(folder, "config")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("xargs", "-0", "-n", "1", ssh, "-T", "-F", file, "-G")
	cmd.Stdin = strings.NewReader(strings.Join(aliases, "\x00") + "\x00")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("ssh -G: %v", err)
	}
	answers := strings.Split("\n"+string(out), "\nhost ")[1:]
	if len(answers) != len(aliases) {
		t.Fatalf("ssh answered %d times for %d aliases", len(answers), len(aliases))
	}
	return answers
}

func check(t *testing.T, host Host, answer, plain string) {
	t.Helper()
	want := []string{
		// A host name is folded to lower case by ssh, an address is not (ssh.c).
		"hostname " + host.HostName, fmt.Sprintf("port %d", host.Port),
		fmt.Sprintf(`proxycommand "%s" proxy --profile %s`, strings.ReplaceAll(hostileProgram, "%", "%%"), host.ID),
	}
	if host.User != "" {
		want = append(want, "user "+host.User)
	}
	lines := strings.Split(answer, "\n")
	for _, line := range want {
		if !containsFolded(lines, line) {
			t.Errorf("%+v: ssh does not read %q in\n%s", host, line, answer)
		}
	}
	if rest := common(answer); rest != plain {
		t.Errorf("%+v: ssh reads\n%s\ninstead of\n%s", host, rest, plain)
	}
}

func containsFolded(lines []string, line string) bool {
	for _, one := range lines {
		if one == line || strings.HasPrefix(line, "hostname ") && strings.EqualFold(one, line) {
			return true
		}
	}
	return false
}

// common is what ssh says of every host, without what is this one's.
func common(answer string) string {
	var kept []string
	for i, line := range strings.Split(strings.TrimSpace(answer), "\n") {
		keyword, _, _ := strings.Cut(line, " ")
		switch keyword {
		case "hostname", "user", "port", "proxycommand":
		default:
			if i > 0 { // the first is the alias
				kept = append(kept, line)
			}
		}
	}
	return strings.Join(kept, "\n")
}
