package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func job(address string, packets ...string) string {
	return fmt.Sprintf(`{"v":1,"address":%q,"packets":[%s]}`, address, strings.Join(packets, ","))
}

const (
	echo128  = `{"kind":"icmp","payload":128,"afterMs":0}`
	echo0    = `{"kind":"icmp","payload":0,"ttl":5,"afterMs":20}`
	echo1400 = `{"kind":"icmp","payload":1400,"afterMs":20}`
	syn7000  = `{"kind":"tcp","port":7000,"flags":["syn"],"afterMs":20}`
	odd7001  = `{"kind":"tcp","port":7001,"flags":["syn","fin"],"ttl":9,"sourcePort":40001,"afterMs":20}`
	all7002  = `{"kind":"tcp","port":7002,"flags":["fin","syn","rst","psh","ack","urg"],"sourcePort":40001,"afterMs":20}`
)

var allSent = regexp.MustCompile(`^(\{"sent":\d+,"ms":[\d.]+\}\n)+\{"done":true\}\n$`)

func TestOnTheWire(t *testing.T) {
	l := newLab(t)
	var out string
	var code int
	dump := l.capture(func() {
		out, code = l.send([]string{l.program}, job("10.66.0.2", echo128, echo0, echo1400, syn7000, odd7001, all7002))
	})
	if code != 0 || !allSent.MatchString(out) || strings.Count(out, "sent") != 6 {
		t.Errorf("exit %d, said %s", code, out)
	}
	expect(t, dump,
		`ttl 64,.*ICMP \(1\), length 156\)\s+10.66.0.1 > 10.66.0.2: ICMP echo request, id \d+, seq \d+, length 136\n`,
		`ttl 5,.*ICMP \(1\), length 28\)\s+10.66.0.1 > 10.66.0.2: ICMP echo request,.* length 8\n`,
		`length 1428\)\s+10.66.0.1 > 10.66.0.2: ICMP echo request,.* length 1408\n`,
		`ttl 64,.*TCP.*\s+10.66.0.1.\d+ > 10.66.0.2.7000: Flags \[S\], cksum 0x\w+ \(correct\), .*mss 1460,sackOK,TS .*wscale 7`,
		`ttl 9,.*TCP.*\s+10.66.0.1.40001 > 10.66.0.2.7001: Flags \[FS\], cksum 0x\w+ \(correct\)`,
		`ttl 64,.*TCP.*\s+10.66.0.1.40001 > 10.66.0.2.7002: Flags \[FSRP.U\], cksum 0x\w+ \(correct\)`)
	if strings.Contains(dump, "wrong icmp cksum") || strings.Contains(dump, "bad cksum") {
		t.Errorf("a checksum is wrong:\n%s", dump)
	}
	dump = l.capture(func() {
		out, code = l.send([]string{l.program}, job("fd66::2", echo128, echo0, echo1400, syn7000, odd7001))
	})
	if code != 0 || !allSent.MatchString(out) {
		t.Errorf("IPv6: exit %d, said %s", code, out)
	}
	expect(t, dump,
		`hlim 64, next-header ICMPv6 \(58\) payload length: 136\) fd66::1 > fd66::2: \[icmp6 sum ok\] ICMP6, echo request`,
		`hlim 5, next-header ICMPv6 \(58\) payload length: 8\) fd66::1 > fd66::2: \[icmp6 sum ok\] ICMP6, echo request`,
		`payload length: 1408\) fd66::1 > fd66::2: \[icmp6 sum ok\] ICMP6, echo request`,
		`hlim 64, next-header TCP .* fd66::1.\d+ > fd66::2.7000: Flags \[S\], cksum 0x\w+ \(correct\), .*mss 1440`,
		`hlim 9, next-header TCP .* fd66::1.40001 > fd66::2.7001: Flags \[FS\], cksum 0x\w+ \(correct\)`)
}

func TestLinkLocal(t *testing.T) {
	l := newLab(t)
	far := regexp.MustCompile(`fe80::[0-9a-f:]+`).FindString(l.must("ip", "-n", l.beyond, "-6", "addr", "show", "dev", "v1"))
	waitFor(t, "duplicate address detection", func() bool {
		return !strings.Contains(l.must("ip", "-n", l.here, "-6", "addr", "show", "dev", "v0"), "tentative")
	})
	dump := l.capture(func() {
		if out, code := l.send([]string{l.program}, job(far+"%v0", syn7000, echo128)); code != 0 {
			t.Errorf("exit %d, said %s", code, out)
		}
	})
	expect(t, dump, `> `+far+`\.7000: Flags \[S\], cksum 0x\w+ \(correct\)`, `> `+far+`: \[icmp6 sum ok\] ICMP6, echo request`)
	refused(t, l, job(far+"%nope", echo128), 4, `"code":"no-route"`, `no interface \"nope\"`)
}

func TestPingSocketsNeedNoPrivilege(t *testing.T) {
	l := newLab(t)
	out, code := l.send(asNobody(l.program), job("10.66.0.2", echo128))
	if code != 3 || !strings.Contains(out, `"no-capability"`) || !strings.Contains(out, "ping_group_range") {
		t.Errorf("closed range: exit %d, said %s", code, out)
	}
	l.must("ip", "netns", "exec", l.here, "sysctl", "-qw", "net.ipv4.ping_group_range=0 2147483647")
	for _, address := range []string{"10.66.0.2", "fd66::2"} {
		dump := l.capture(func() {
			if out, code := l.send(asNobody(l.program), job(address, echo128, echo0, echo128)); code != 0 {
				t.Errorf("exit %d, said %s", code, out)
			}
		})
		if n := strings.Count(dump, "echo request"); n != 3 {
			t.Errorf("%d echo requests:\n%s", n, dump)
		}
		expect(t, dump, `(ttl|hlim) 64`, `(ttl|hlim) 5`, `(ttl|hlim) 64`)
	}
	out, code = l.send(asNobody(l.program, "--probe"), "")
	if code != 0 || !strings.HasPrefix(out, `{"icmp":true,"icmp6":true,"rawTcp":false,"hint":"f=`) {
		t.Errorf("exit %d, said %s", code, out)
	}
}

func TestRawTCPNeedsTheCapability(t *testing.T) {
	l := newLab(t)
	out, code := l.send(asNobody(l.program), job("10.66.0.2", syn7000))
	if code != 3 || !strings.Contains(out, `"no-capability"`) || !strings.Contains(out, `"hint":"f=`+l.program+`; sudo groupadd`) {
		t.Errorf("exit %d, said %s", code, out)
	}
	withCap := filepath.Join(filepath.Dir(l.program), "with-cap")
	l.must("cp", l.program, withCap)
	l.must("setcap", "cap_net_raw+ep", withCap)
	dump := l.capture(func() {
		if out, code := l.send(asNobody(withCap), job("10.66.0.2", syn7000, echo128)); code != 0 {
			t.Errorf("exit %d, said %s", code, out)
		}
	})
	expect(t, dump, `10.66.0.2.7000: Flags \[S\], cksum 0x\w+ \(correct\)`, `echo request`)
	out, code = l.send(asNobody(withCap, "--probe"), "")
	if code != 0 || out != `{"icmp":true,"icmp6":true,"rawTcp":true,"hint":null}`+"\n" {
		t.Errorf("exit %d, said %s", code, out)
	}
}

func TestWhatTheKernelWillNotSend(t *testing.T) {
	l := newLab(t)
	refused(t, l, job("192.0.2.9", echo128), 4, `"code":"no-route"`)
	refused(t, l, job("10.66.0.255", echo128), 2, `"code":"bad-job"`, "a broadcast address on this network")
	l.must("ip", "netns", "exec", l.here, "nft", "add table inet t; add chain inet t o { type filter hook output priority 0; }; add rule inet t o tcp dport 7001 drop")
	out, code := l.send([]string{l.program}, job("10.66.0.2", syn7000, odd7001, all7002))
	want := `{"sent":0,"ms":0}` + "\n" + `{"error":{"code":"network","message":"the kernel refused to send: operation not permitted"`
	if code != 4 || !strings.HasPrefix(out, want) || strings.Count(out, "\n") != 2 {
		t.Errorf("exit %d, said %s", code, out)
	}
}

func TestBusySourcePortSendsNothing(t *testing.T) {
	l := newLab(t)
	node := exec.Command("ip", "netns", "exec", l.here, "node", "-e", "require('net').createServer().listen(40001,'0.0.0.0',()=>console.log('up'))")
	var up lockedBuffer
	node.Stdout = &up
	if err := node.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = node.Process.Kill(); _ = node.Wait() }()
	waitFor(t, "a listener", func() bool { return up.String() != "" })
	refused(t, l, job("10.66.0.2", syn7000, odd7001), 2, `"code":"bad-job"`, "packets[1].sourcePort: expected a free port, 40001 is in use")
}

func expect(t *testing.T, dump string, patterns ...string) {
	t.Helper()
	rest := dump
	for _, pattern := range patterns {
		found := regexp.MustCompile(pattern).FindStringIndex(rest)
		if found == nil {
			t.Errorf("not on the wire, or not in this order: %s\n%s", pattern, dump)
			return
		}
		rest = rest[found[1]:]
	}
}

// refused wants one error line and nothing sent.
func refused(t *testing.T, l *lab, text string, exit int, says ...string) {
	t.Helper()
	out, code := l.send([]string{l.program}, text)
	if code != exit || strings.Count(out, "\n") != 1 || !strings.HasPrefix(out, `{"error":`) {
		t.Errorf("exit %d, said %s", code, out)
	}
	for _, s := range says {
		if !strings.Contains(out, s) && !strings.Contains(out, strings.ReplaceAll(s, `"`, `\"`)) {
			t.Errorf("did not say %s: %s", s, out)
		}
	}
}
