package knockdimport

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sallyport/helper/internal/daemonconfig"
	"sallyport/helper/internal/knockdconf"
	"sallyport/helper/internal/step"
)

// imported translates a file and has daemonconfig check what comes out.
func imported(t *testing.T, text string) (Result, *daemonconfig.Config) {
	t.Helper()
	config, err := knockdconf.Parse("knockd.conf", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	result := Import("knockd.conf", config)
	path := filepath.Join(t.TempDir(), "sallyportd.toml")
	if err := os.WriteFile(path, []byte(result.TOML), 0o600); err != nil {
		t.Fatal(err)
	}
	loaded, err := daemonconfig.Load(path)
	if err != nil && !strings.Contains(err.Error(), "there is no door") {
		t.Fatalf("%v in\n%s", err, result.TOML)
	}
	return result, loaded
}

func (r Result) text() string {
	var b strings.Builder
	for _, note := range r.Notes {
		b.WriteString(note.Text + "\n")
	}
	return b.String()
}

const classic = `[options]
	UseSyslog
	Interface = eth1
[openSSH]
	sequence    = 7000,8000:udp,9000
	seq_timeout = 5
	command     = /sbin/iptables -A INPUT -s %IP% -p tcp --dport 22 -j ACCEPT
	tcpflags    = syn
[closeSSH]
	sequence    = 9000,8000,7000
	seq_timeout = 5
	command     = /sbin/iptables -D INPUT -s %IP% -p tcp --dport 22 -j ACCEPT
	tcpflags    = syn
[web]
	sequence      = 2222:udp,3333:tcp,4444:udp
	seq_timeout   = 500
	tcpflags      = fin,!ack
	target        = 192.0.2.1
	start_command = ufw insert 1 allow from %IP% to any port 443 proto tcp
	start_command_6 =
	cmd_timeout   = 60
	stop_command  = ufw delete allow from %IP% to any port 443 proto tcp
[wake up!]
	sequence = 11,22,33
	start_command = /usr/bin/env true "%IP%" --port=9
	stop_command = /usr/bin/env false %IP%
[shell]
	sequence = 44,55,66
	start_command = echo %IP% >> /tmp/x
[short]
	sequence = 44,55
	start_command = nft add rule inet filter input ip saddr %IP% tcp dport 22 accept
`

func TestClassicConfig(t *testing.T) {
	result, c := imported(t, classic)
	if len(c.Doors) != 3 || len(c.Interfaces) != 1 || c.Interfaces[0] != "eth1" {
		t.Fatalf("%+v\n%s", c, result.TOML)
	}
	ssh, web, wake := c.Doors[0], c.Doors[1], c.Doors[2]
	if key := ssh.Keys[0].Sequence; ssh.Name != "openSSH" || ssh.Ports[0].Low != 22 || ssh.OpenFor.Hours() != 24 ||
		step.Format(key.Open) != "7000:tcp,8000:udp,9000:tcp" || step.Format(key.Close) != "9000:tcp,8000:tcp,7000:tcp" || key.Window.Seconds() != 5 {
		t.Errorf("%+v %+v", ssh, key)
	}
	if key := web.Keys[0].Sequence; web.Ports[0].Low != 443 || web.OpenFor.Seconds() != 60 || key.Window.Seconds() != 120 || key.Flags.OnlyPureSYN() {
		t.Errorf("%+v %+v", web, key)
	}
	if strings.Join(wake.OnOpen, " ") != "/usr/bin/env true {ip} --port=9" || strings.Join(wake.OnClose, " ") != "/usr/bin/env false {ip}" ||
		wake.Name != "wake-up-" || wake.OpenFor.Seconds() != 10 {
		t.Errorf("%+v", wake)
	}
	for _, want := range []string{
		"[closeSSH] → close_sequence of [openSSH]", "usesyslog: left out", "target: left out", "start_command_6: left out; IPv6 knocks did nothing",
		"[shell] is left out: its command is not understood", "[short] is left out: its sequence has 2 steps", "are secrets", "open_for = \"24h\" is the longest",
	} {
		if !strings.Contains(result.text(), want) {
			t.Errorf("no note %q in\n%s", want, result.text())
		}
	}
	// Every line that says something has a note.
	noted := map[int]bool{}
	for _, note := range result.Notes {
		noted[note.Line] = true
	}
	for n, line := range strings.Split(classic, "\n") {
		trimmed := strings.TrimSpace(line)
		if trimmed != "" && trimmed != "[options]" && !noted[n+1] {
			t.Errorf("line %d has no note: %s", n+1, trimmed)
		}
	}
	if !strings.Contains(result.TOML, "#   start_command = echo %IP% >> /tmp/x") {
		t.Errorf("what is left out must stay as a comment:\n%s", result.TOML)
	}
}

func TestFirewallCommands(t *testing.T) {
	for command, want := range map[string]string{
		"/sbin/iptables -A INPUT -s %IP% --dport 22 -j ACCEPT":                                                          "+22/tcp",
		"iptables -t filter -I INPUT 1 -s %IP% -p udp --destination-port 1194 -j ACCEPT":                                "+1194/udp",
		"iptables -D INPUT -s %IP% -p tcp -m multiport --dports 22,80,6000:6010 -j ACCEPT":                              "-22/tcp,80/tcp,6000-6010/tcp",
		"sudo /usr/sbin/iptables -A INPUT -s %IP% -p tcp --dport ssh -j ACCEPT # open":                                  "+22/tcp",
		"iptables -A INPUT -s %IP% -p tcp --dport 22 -j ACCEPT; ip6tables -A INPUT -s %IP% -p tcp --dport 22 -j ACCEPT": "+22/tcp",
		"iptables -A INPUT -p tcp --dport 22 -j ACCEPT":                                                                 "+22/tcp everybody",
		"nft insert rule inet filter input ip saddr %IP% tcp dport { 22, 80 } counter accept":                           "+22/tcp,80/tcp",
		"nft 'add rule inet filter input ip saddr %IP% udp dport 60000-60010 accept'":                                   "",
		"nft add rule ip filter input ip saddr %IP% tcp sport 1024-65535 udp dport {1194} accept":                       "+1194/udp",
		"nft delete rule ip filter input th dport 22 tcp dport ssh":                                                     "-22/tcp everybody",
		"nft add rule ip filter input ip saddr %IP% tcp dport { 22, 80 accept":                                          "",
		"nft add rule ip filter input ip saddr %IP% sctp dport 22 accept":                                               "",
		"nft add rule ip filter input ip saddr %IP% tcp dport":                                                          "",
		"ufw allow from %IP% to any port 22":                                                                            "+22/tcp",
		"ufw allow proto udp from %IP% to any port 1194":                                                                "+1194/udp",
		"ufw delete allow from %IP% to any port 22 proto tcp":                                                           "-22/tcp",
		"ufw allow 22/tcp": "+22/tcp everybody",
		`firewall-cmd --zone=public --add-rich-rule='rule family="ipv4" source address="%IP%" port port="22" protocol="tcp" accept'`: "+22/tcp",
		`firewall-cmd --add-rich-rule 'rule source address=%IP% port port=1194-1195 protocol=udp accept'`:                            "+1194-1195/udp",
		`firewall-cmd --add-rich-rule='rule source address="%IP%" port port="22" protocol="sctp" accept'`:                            "",
		`firewall-cmd --add-rich-rule='rule source address="%IP%" port port="22" accept'`:                                            "",
		"firewall-cmd --remove-port=8443/tcp":                                                                  "-8443/tcp everybody",
		"firewall-cmd --add-service=https":                                                                     "+443/tcp everybody",
		"iptables -A INPUT -s %IP% -j ACCEPT":                                                                  "",
		"iptables -A FORWARD -s %IP% -p tcp --dport 22 -j ACCEPT":                                              "",
		"iptables -A INPUT -s %IP% -p tcp --dport 22 -j DROP":                                                  "",
		"iptables -t nat -A PREROUTING -p tcp --dport 22 -j ACCEPT":                                            "",
		"iptables -A INPUT -s %IP% -p tcp --dport 22 -j ACCEPT && sleep 10 && true":                            "",
		"iptables -A INPUT -s %IP% -p tcp --dport 22 -j ACCEPT; iptables -D INPUT -p tcp --dport 22 -j ACCEPT": "",
		"iptables -A INPUT -s $(echo %IP%) -p tcp --dport 22 -j ACCEPT":                                        "",
		"iptables -A INPUT -p tcp --dport":                                                                     "",
		"/usr/local/bin/open %IP%":                                                                             "",
		"":                                                                                                     "",
		"iptables 'unclosed":                                                                                   "",
	} {
		got := ""
		if r, err := understand(command); err == nil {
			got = map[bool]string{true: "+", false: "-"}[r.opens] + strings.Join(r.ports, ",")
			if r.everybody {
				got += " everybody"
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", command, got, want)
		}
	}
}

func TestNamesAndQuotesCannotBreakOut(t *testing.T) {
	result, c := imported(t, "[a\"b\\]\n sequence = 1,2,3\n command = ufw allow 22\n[---]\n sequence = 4,5,6\n command = ufw allow 23\n[a\"b\\]\n sequence=7,8,9\n command=/bin/echo \"a b\" 'c\"d' \xff%IP%\n"+
		"[x]\n one_time_sequences = /nonexistent\"\n command = echo \x01 | true\n")
	if len(c.Doors) != 3 || c.Doors[0].Name != "a-b-" || c.Doors[1].Name != "door" || c.Doors[2].Name != "a-b--2" {
		t.Fatalf("%+v\n%s", c, result.TOML)
	}
	if got := c.Doors[2].OnOpen; got[1] != "a b" || got[2] != `c"d` {
		t.Fatalf("%q", got)
	}
}

func TestSameSequenceTwice(t *testing.T) {
	result, c := imported(t, "[a]\nsequence=1,2,3\ncommand=ufw allow 22\n[b]\nsequence=9,1,2,3\ncommand=ufw allow 23\n[c]\nsequence=1,2,3\ncommand=ufw delete allow 22\n")
	if len(c.Doors) != 1 || strings.Count(result.text(), "is left out") != 2 {
		t.Fatalf("%s\n%s", result.TOML, result.text())
	}
}

func FuzzImport(f *testing.F) {
	f.Add([]byte(classic))
	f.Fuzz(func(t *testing.T, data []byte) {
		config, err := knockdconf.Parse("k", data)
		if err != nil {
			return
		}
		for _, d := range config.Doors {
			if d.OneTimeFile != "" {
				return // its file is not there
			}
		}
		path := filepath.Join(t.TempDir(), "c.toml")
		result := Import("k", config)
		if err := os.WriteFile(path, []byte(result.TOML), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := daemonconfig.Load(path); err != nil && !strings.Contains(err.Error(), "there is no door") && !strings.Contains(err.Error(), "interfaces:") && !strings.Contains(err.Error(), "1024 is the most") {
			t.Fatalf("%v in\n%s", err, result.TOML)
		}
	})
}
