package main

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"sallyport/helper/internal/rks1"
	"sallyport/helper/internal/step"
)

// classicText is the order that opens; classic is the sequence that knockd and the kernel's sets are given.
const classicText = "7000,9000,8000"

var classic = []step.Step{{Protocol: step.TCP, Value: 7000}, {Protocol: step.TCP, Value: 9000}, {Protocol: step.TCP, Value: 8000}}

func (l *lab) write(name, text string) string {
	path := filepath.Join(l.folder, name)
	l.check(os.WriteFile(path, []byte(text), 0o640))
	return path
}

// knockd runs the real one, with the commands of its stock configuration, in front of a port that is dropped.
func (l *lab) knockd(sequence string) *process {
	l.server.Run("iptables", "-A", "INPUT", "-p", "tcp", "--dport", "22", "-j", "DROP")
	config := l.write("knockd.conf", fmt.Sprintf(`[options]
  logfile = %s/knockd.log
[ssh]
  sequence = %s
  seq_timeout = 15
  tcpflags = syn
  command = /usr/sbin/iptables -I INPUT -s %%IP%% -p tcp --dport 22 -j ACCEPT
`, l.folder, sequence))
	p := l.start(l.server, "knockd", "-v", "-i", "veth0", "-c", config)
	p.says("listening on")
	return p
}

const spaPort = 62201

// fwknopd runs the real one with its own defaults.
func (l *lab) fwknopd() *process {
	l.server.Run("iptables", "-A", "INPUT", "-p", "tcp", "--dport", "22", "-j", "DROP")
	config := l.write("fwknopd.conf", "PCAP_INTF veth0;\n")
	access := l.write("access.conf", fmt.Sprintf("SOURCE ANY\nKEY_BASE64 %s\nHMAC_KEY_BASE64 %s\nOPEN_PORTS tcp/22\nFW_ACCESS_TIMEOUT 300\n", spaKey(1), spaKey(2)))
	p := l.start(l.server, "fwknopd", "-f", "-c", config, "-a", access, "--run-dir", l.folder, "--digest-file", l.folder+"/digest", "--pid-file", l.folder+"/pid")
	p.says("Starting fwknopd main event loop")
	return p
}

func spaKey(n byte) string {
	sum := sha256.Sum256([]byte{n})
	return base64.StdEncoding.EncodeToString(sum[:])
}

// spaPacket lets the real client write a packet without sending it.
func (l *lab) spaPacket(from string) []byte {
	file := filepath.Join(l.folder, "packet-"+from)
	cmd := exec.Command("fwknop", "-A", "tcp/22", "-a", from, "-D", serverAddress, "--use-hmac", "--key-base64-rijndael", spaKey(1),
		"--key-base64-hmac", spaKey(2), "--no-save-args", "--no-rc-file", "--test", "--save-packet", file)
	cmd.Env = append(os.Environ(), "HOME="+l.folder)
	if out, err := cmd.CombinedOutput(); err != nil {
		l.Fatalf("fwknop: %v: %s", err, out)
	}
	raw, err := os.ReadFile(file)
	l.check(err)
	return []byte(strings.TrimSpace(string(raw)))
}

// kernelSets is a knock detector of nftables alone: no daemon, no secret, no rotation.
func (l *lab) kernelSets() {
	rules := l.write("sets.nft", `table ip knock {
  set one { type ipv4_addr; flags timeout; timeout 15s; }
  set two { type ipv4_addr; flags timeout; timeout 15s; }
  set ok { type ipv4_addr; flags timeout; timeout 30s; }
  chain input {
    type filter hook input priority -10; policy accept;
    tcp dport 8000 ip saddr @two add @ok { ip saddr }
    tcp dport 9000 ip saddr @one add @two { ip saddr }
    tcp dport 7000 add @one { ip saddr }
    tcp dport 22 ip saddr != @ok drop
  }
}
`)
	l.server.Run("nft", "-f", rules)
}

// secretOf is the secret of the rotating key with a number.
func secretOf(i int) []byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "bench key %d", i))
	return sum[:]
}

// tcpOnly are the parameters that the bench's rotating keys have: the defaults over TCP, so that a first step is a SYN.
func tcpOnly() rks1.Params {
	p := rks1.Defaults()
	p.Protocols = []step.Protocol{step.TCP}
	return p
}

// sallyportd runs ours with one door and a number of rotating keys.
func (l *lab) sallyportd(program string, keys int) *process {
	var config strings.Builder
	fmt.Fprintf(&config, "state_dir = %q\n[[door]]\nname = \"ssh\"\nports = [\"22/tcp\"]\nopen_for = \"60s\"\n", l.folder+"/state")
	for i := range keys {
		secret := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secretOf(i))
		fmt.Fprintf(&config, "[[door.key]]\nuser = \"u%d\"\nmethod = \"rotating\"\nprotocols = [\"tcp\"]\nsecret = %q\n", i, secret)
	}
	p := l.start(l.server, program, "run", "--config", l.write("sallyportd.toml", config.String()))
	p.says("event=started")
	return p
}

// code is the rotating sequence of now. It waits out the end of a period, so that what follows falls into one.
func code(key int, room time.Duration) []step.Step {
	p := tcpOnly()
	period := time.Duration(p.Period) * time.Second
	for {
		now := time.Now()
		if left := period - time.Duration(now.UnixNano())%period; left > room {
			return rks1.Derive(secretOf(key), rks1.Counter(now.Unix(), p.Period), rks1.Open, p)
		}
		time.Sleep(50 * time.Millisecond)
	}
}
