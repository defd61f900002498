package knockdconf

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"sallyport/helper/internal/matcher"
	"sallyport/helper/internal/step"
)

const everything = `# a comment
  # another one
[options]
	usesyslog
	LOGFILE   = /var/log/knockd.log
	pidfile = /run/knockd.pid
	Interface = eth1

[open SSH]
	Sequence      = 7000, 8000 : UDP ,9000:tcp
	Seq_Timeout   = 15
	TCPFlags      = SYN,!ack
	Target        = 192.0.2.9
	Start_Command = /sbin/iptables -A INPUT -s %IP% -m comment --comment a=b -j ACCEPT # note
	Start_Command_6 =
	Cmd_Timeout   = 5
	Stop_Command  = /sbin/iptables -D INPUT -s %IP% -j ACCEPT
	Stop_Command_6 = /sbin/ip6tables -D INPUT -s %IP% -j ACCEPT
[aliases]
	sequence = 1:udp
	timeout = 3
	command = true
	command_6 = false
[list]
	one_time_sequences = /etc/knockd/list
`

func TestEveryDirective(t *testing.T) {
	c, err := Parse("k.conf", []byte(everything))
	if err != nil {
		t.Fatal(err)
	}
	if !c.UseSyslog || c.LogFile != "/var/log/knockd.log" || c.PidFile != "/run/knockd.pid" || c.Interface != "eth1" || len(c.Doors) != 3 || len(c.Warnings) != 0 {
		t.Fatalf("%+v", c)
	}
	d := c.Doors[0]
	if d.Name != "open SSH" || d.Line != 9 || step.Format(d.Steps) != "7000:tcp,8000:udp,9000:tcp" || d.Timeout != 15*time.Second ||
		d.Flags != (Flags{matcher.SYN | matcher.ACK, matcher.SYN}) || d.Target != netip.MustParseAddr("192.0.2.9") || d.StopAfter != 5*time.Second {
		t.Fatalf("%+v", d)
	}
	four, six := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")
	if !strings.HasSuffix(d.Start.For(four), "--comment a=b -j ACCEPT # note") || d.Start.For(six) != "" || !strings.HasPrefix(d.Stop.For(six), "/sbin/ip6tables") {
		t.Fatalf("%+v", d)
	}
	a := c.Doors[1]
	if a.Timeout != 3*time.Second || a.StopAfter != DefaultStopAfter || a.Start.For(four) != "true" || a.Start.For(six) != "false" || a.Flags != (Flags{}) {
		t.Fatalf("%+v", a)
	}
	if l := c.Doors[2]; l.OneTimeFile != "/etc/knockd/list" || l.Timeout != DefaultTimeout || len(l.Steps) != 0 {
		t.Fatalf("%+v", l)
	}
	if c, err = Parse("k.conf", []byte("[a]\nsequence=1\nstart_command=x\n")); err != nil || c.Doors[0].Start.For(six) != "x" {
		t.Fatalf("a missing _6 must fall back: %+v, %v", c, err)
	}
}

// TestErrors also says what knockd 0.8 refuses, which was tried with the real one.
func TestErrors(t *testing.T) {
	for text, want := range map[string]string{
		"sequence=7000\n":       "k.conf:1: this line stands before the first section",
		"[a] # x\nsequence=1\n": "k.conf:1: this line stands before",
		"[]\n":                  "k.conf:1: a section without a name",
		"[options]\nUseSyslog = yes\n[a]\nsequence=1\n": "k.conf:2: UseSyslog takes no value",
		"[options]\nfoo=1\n[a]\nsequence=1\n":           `k.conf:2: "foo" is no directive of [options]`,
		"[options]\nsequence=1\n":                       `k.conf:2: "sequence" is no directive`,
		"[options]\nlogfile\n[a]\nsequence=1\n":         `k.conf:2: "logfile" has no value`,
		"[Options]\nUseSyslog\n[a]\nsequence=1\n":       `k.conf:2: "usesyslog" has no value`,
		"[a]\ncommand=x\n[b]\nsequence=1\n":             `k.conf:1: section "a" has no sequence`,
		"[a]\nsequence=1\nfoo=1\n":                      "k.conf:3: foo: no such directive",
		"[a]\nsequence\n":                               `k.conf:2: "sequence" has no value`,
		"[a]\nsequence=65536\n":                         "k.conf:2: sequence: step 1: port 65536",
		"[a]\nsequence=99999999999999999999\n":          "out of range",
		"[a]\nsequence=7000,8000:icmp\n":                `step 2: "icmp" is not a protocol`,
		"[a]\nsequence=7000:\n":                         `"" is not a protocol`,
		"[a]\nsequence=1" + strings.Repeat(",2", 32):    "33 steps",
		"[a]\nsequence=1\ntcpflags=syn, ack\n":          `k.conf:3: tcpflags: " ack" is not a TCP flag`,
		"[a]\nsequence=1\ntcpflags=\n":                  `"" is not a TCP flag`,
		"[a]\nsequence=1\ntcpflags=syn # x\n":           "is not a TCP flag",
		"[a]\nsequence=1\ntarget=foo\n":                 `k.conf:3: target: "foo" is not an IP address`,
		"[a]\none_time_sequences=\n":                    "expected the path of a file",
		"[a]\nsequence=1\n; x\n":                        `k.conf:3: "; x" has no value`,
		"[a]\nsequence=1\ncommand=a\x00b\n":             "k.conf:3: there is a NUL byte",
		"[a]\ncommand=" + strings.Repeat("x", MaxLine):  "k.conf:2: a line of",
	} {
		if _, err := Parse("k.conf", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	if _, err := Parse("k.conf", []byte("[a]\nfoo=1\nbar=2\n")); err == nil || strings.Count(err.Error(), "k.conf:") != 3 {
		t.Errorf("all problems at once: %v", err)
	}
}

// TestOddities are what knockd takes without a word; the real one prints the same sequences with --debug.
func TestOddities(t *testing.T) {
	for text, want := range map[string]string{
		"7000,8000 # c":           "7000:tcp,8000:tcp",
		"ssh,7000x,-5,70":         "0:tcp,7000:tcp,65531:tcp,70:tcp",
		"7000,,8000":              "7000:tcp,0:tcp,8000:tcp",
		"7000:tcp:udp":            "7000:tcp",
		"":                        "0:tcp",
		"  7000  ,  8000 : Udp\r": "7000:tcp,8000:udp",
	} {
		c, err := Parse("k.conf", []byte("[a]\r\nsequence = "+text+"\r\n"))
		if err != nil || step.Format(c.Doors[0].Steps) != want {
			t.Errorf("%q: %+v, %v", text, c, err)
		} else if odd := !strings.HasPrefix(text, " "); odd != (len(c.Warnings) > 0) {
			t.Errorf("%q: warnings %q", text, c.Warnings)
		}
	}
	c, err := Parse("k.conf", []byte("[a]\nsequence=1\nsequence=2,3\nseq_timeout=5x\ncmd_timeout=-1\ntcpflags=syn,!syn\n[a]\nsequence=4\n"))
	if err != nil || len(c.Doors) != 2 || step.Format(c.Doors[0].Steps) != "2:tcp,3:tcp" || c.Doors[0].Timeout != 5*time.Second ||
		c.Doors[0].StopAfter != 0 || c.Doors[0].Flags != (Flags{matcher.SYN, 0}) || len(c.Warnings) != 2 {
		t.Errorf("%+v, %v", c, err)
	}
	if c, err := Parse("k.conf", nil); err != nil || len(c.Warnings) != 1 {
		t.Errorf("knockd starts with an empty file: %+v, %v", c, err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(everything))
	f.Add([]byte("[options]\nUseSyslog\n[a]\nsequence=-1,x:udp,65535 # c\ntcpflags=!fin,urg\ntarget=::1\ncmd_timeout=99999999999\n"))
	f.Add([]byte("[a]\r\none_time_sequences = /x\r\nstart_command_6 =\r\n[]\n[[x]]\n=\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse("k.conf", data)
		if err != nil {
			for _, line := range strings.Split(err.Error(), "\n") {
				if !strings.HasPrefix(line, "k.conf:") {
					t.Fatalf("an error without a place: %q", line)
				}
			}
			return
		}
		for _, d := range c.Doors {
			if d.Name == "" || d.Line < 1 || len(d.Steps) > MaxSteps || len(d.Steps) == 0 && d.OneTimeFile == "" || d.StopAfter < 0 ||
				d.Flags.Want&^d.Flags.Mask != 0 || strings.ContainsAny(d.Start.IPv4+d.Stop.IPv4, "\n\x00") {
				t.Fatalf("%+v", d)
			}
			for _, s := range d.Steps {
				if s.Protocol != step.TCP && s.Protocol != step.UDP {
					t.Fatalf("%+v", d)
				}
			}
		}
	})
}
