package main

import (
	"bytes"
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"sallyport/helper/internal/spa"
	"sallyport/helper/internal/testnet"
)

var (
	fwknopKey  = base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32)))
	fwknopHMAC = base64.StdEncoding.EncodeToString([]byte(strings.Repeat("h", 64)))
	otherHMAC  = base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", 64)))
)

const spaDoor = `
[[door]]
name = "ssh"
ports = ["22/tcp", "53/udp"]
open_for = "2s"
max_open_for = "20s"
  [[door.key]]
  user = "bob"
  method = "spa"
  key_base64_file = "bob.b64"
  hmac_key_base64_file = "bob.hmac"
`

func newSPAServer(t *testing.T, config string) *server {
	t.Helper()
	if _, err := exec.LookPath("fwknop"); err != nil {
		t.Fatal("this test needs the real fwknop client: apt-get install fwknop-client")
	}
	s := newServer(t, config)
	s.write("bob.b64", fwknopKey+"\n")
	s.write("bob.hmac", fwknopHMAC+"\n")
	return s
}

// fwknop runs the real client in the client's namespace; it gives the packet that was sent.
func (s *server) fwknop(args ...string) []byte {
	s.t.Helper()
	packet := filepath.Join(s.dir, "packet")
	_ = os.Remove(packet)
	all := append([]string{"fwknop", "--no-home-dir", "--no-rc-file", "-E", filepath.Join(s.dir, "args"), "--no-save-args", "-B", packet,
		"-D", "192.0.2.1", "-U", "bob", "--use-hmac", "--key-base64-rijndael", fwknopKey, "--key-base64-hmac", fwknopHMAC}, args...)
	s.client.Run(all...)
	sent, err := os.ReadFile(packet)
	if err != nil {
		s.t.Fatal(err)
	}
	return bytes.TrimSpace(sent)
}

// TestRealFwknopClientOpensADoor: the port is filtered, Debian's client sends, the port is open, then closes.
func TestRealFwknopClientOpensADoor(t *testing.T) {
	t.Parallel()
	s := newSPAServer(t, strings.Replace(spaDoor, "2s", "6s", 1))
	d := s.start()
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Filtered)
	packet := s.fwknop("-A", "tcp/22", "-a", "192.0.2.2")
	d.waitForOpened("door=ssh user=bob source=192.0.2.2 action=open ", "result=opened for=6s")
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Opened)
	s.expect("192.0.2.3", "192.0.2.1:22", testnet.Filtered)
	if grants := s.status().Grants; len(grants) != 1 || grants[0].Ports != "22/tcp" {
		t.Errorf("only what was asked for is open: %+v", grants)
	}
	d.waitFor("event=closed")
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Filtered)

	s.client.SendUDP("192.0.2.2", "192.0.2.1:62201", packet)
	d.waitFor("result=replayed")
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Filtered)

	// What the client asks for counts, up to the door's most.
	s.fwknop("-A", "tcp/22", "-a", "192.0.2.2", "-f", "10")
	d.waitFor("result=opened for=10s")
	s.fwknop("-A", "tcp/22,udp/53", "-a", "192.0.2.2", "-f", "4000", "--time-offset-plus", "20")
	d.waitForLine("offset=(20|1[0-9]) result=opened for=20s") // it ages on its way
}

// TestPacketsThatOpenNothing sends what must not open a door, and then what does.
func TestPacketsThatOpenNothing(t *testing.T) {
	t.Parallel()
	s := newSPAServer(t, strings.Replace(spaDoor, "2s", "20s", 1))
	d := s.start()
	good := []string{"-A", "tcp/22", "-a", "192.0.2.2"}
	made := func(args ...string) []byte { return s.fwknop(append([]string{"-T"}, append(good, args...)...)...) }
	send := func(payload []byte) { s.client.SendUDP("192.0.2.2", "192.0.2.1:62201", payload) }
	fresh := made()

	flipped := bytes.Clone(fresh)
	flipped[50] ^= 1
	send(flipped)
	send(made("--key-base64-hmac", otherHMAC))
	send(nil)
	send(append(bytes.Clone(fresh), bytes.Repeat([]byte("A"), spa.MaxSize-len(fresh))...))
	send(fresh[:len(fresh)-1])
	send(append(bytes.Clone(fresh), '\n'))
	send(append([]byte("U2FsdGVkX1"), fresh...))
	for want, packet := range map[string][]byte{
		"sent more than 2m0s":        made("--time-offset-minus", "121"),
		"sent more than 2m0s ago or": made("--time-offset-plus", "150"), // it ages while the others are made
		"23/tcp is not a port":       made("-A", "tcp/22,tcp/23"),
		"leaves the address open":    made("-a", "0.0.0.0"),
		"is not the one":             made("-a", "192.0.2.3"),
		"a command is not offered":   made("-C", "/bin/true"),
		"NAT access is not offered":  made("-N", "10.0.0.1:22"),
		"padding is wrong":           made("-M", "OFB"),
	} {
		send(packet)
		d.waitFor(want)
	}
	s.client.SendUDP("192.0.2.3", "192.0.2.1:62201", fresh) // sniffed, and sent from elsewhere
	s.client.SendUDP("192.0.2.2", "192.0.2.1:62202", fresh)
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Filtered)
	s.expect("192.0.2.3", "192.0.2.1:22", testnet.Filtered)
	if strings.Contains(d.log.String(), "result=opened") || len(s.status().Grants) != 0 {
		t.Fatalf("something opened:\n%s", d.log)
	}
	send(fresh) // none of all this has used it up
	d.waitFor("result=opened")
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Opened)
	for _, secret := range []string{fwknopKey[:20], fwknopHMAC[:20], string(fresh[:20])} {
		if strings.Contains(d.log.String(), secret) {
			t.Error("the log holds a secret or a packet")
		}
	}
}

func TestSPAReplayRecordOutlivesKillAndReload(t *testing.T) {
	t.Parallel()
	s := newSPAServer(t, strings.Replace(spaDoor, "2s", "20s", 1))
	d := s.start()
	first := s.fwknop("-A", "tcp/22", "-a", "192.0.2.2")
	d.waitFor("result=opened")
	d.end(syscall.SIGKILL)

	d = s.start()
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Opened) // the grant lives on
	s.client.SendUDP("192.0.2.2", "192.0.2.1:62201", first)
	d.waitFor("result=replayed")

	s.write("sallyportd.toml", "state_dir = \""+s.dir+"/state\"\n"+strings.Replace(spaDoor, "[[door.key]]", "[[door.key]]\nudp_port = 5353", 1))
	s.inside(0, "reload")
	s.client.SendUDP("192.0.2.2", "192.0.2.1:5353", first)
	s.fwknop("-A", "tcp/22", "-a", "192.0.2.2", "-p", "5353", "-f", "15")
	d.waitFor("result=opened for=")
	if opened := strings.Count(d.log.String(), "result=opened"); opened != 1 {
		t.Errorf("%d packets opened the door; the one that was replayed before is none of them:\n%s", opened, d.log)
	}
	s.write("sallyportd.toml", "state_dir = \""+s.dir+"/state\"\n"+rotatingDoor)
	s.inside(0, "reload")
	d.waitFor("result=removed")
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Filtered)
	if exit := d.end(syscall.SIGTERM); exit != 0 {
		t.Fatalf("exit %d:\n%s", exit, d.log)
	}
}

// waitForOpened waits for a packet that was judged within ten seconds.
func (p *process) waitForOpened(before, after string) {
	p.t.Helper()
	p.waitForLine(regexp.QuoteMeta(before) + "offset=(0|-[0-9]) " + regexp.QuoteMeta(after))
}

// TestAddressLeftOpenAndIPv6: the packet's own source is taken where the config allows it. Packets over IPv6 are an
// extension that the real client cannot make, so its packet with an open address is sent over IPv6.
func TestAddressLeftOpenAndIPv6(t *testing.T) {
	t.Parallel()
	s := newSPAServer(t, strings.Replace(spaDoor, "2s", "20s", 1)+"  require_source_address = false\n  hmac_digest = \"sha512\"\n")
	d := s.start()
	s.fwknop("-A", "tcp/22", "-s", "--hmac-digest-type", "sha512")
	d.waitForOpened("source=192.0.2.2 action=open ", "result=opened")
	packet := s.fwknop("-T", "-A", "tcp/22", "-s", "--hmac-digest-type", "sha512")
	s.client.SendUDP("2001:db8::3", "[2001:db8::1]:62201", packet)
	d.waitForOpened("source=2001:db8::3 action=open ", "result=opened")
	s.expect("2001:db8::3", "[2001:db8::1]:22", testnet.Opened)
	s.expect("2001:db8::2", "[2001:db8::1]:22", testnet.Filtered)
}
