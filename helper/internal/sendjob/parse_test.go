package sendjob

import (
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestParseTakesTheDocumentedJob(t *testing.T) {
	job, err := Parse([]byte(`{"v":1,"address":"203.0.113.7","packets":[
	  {"kind":"icmp","payload":128,"afterMs":0},
	  {"kind":"tcp","port":7000,"flags":["syn","fin"],"ttl":64,"sourcePort":40001,"afterMs":150}]}` + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := Job{Address: netip.MustParseAddr("203.0.113.7"), Packets: []Packet{
		{ICMP: &ICMP{Payload: 128}},
		{After: 150 * time.Millisecond, TTL: 64, TCP: &TCP{Port: 7000, SourcePort: 40001, Flags: SYN | FIN}},
	}}
	if !reflect.DeepEqual(job, want) {
		t.Errorf("got %+v, want %+v", job, want)
	}
}

func TestParseTakesLinkLocalWithItsZone(t *testing.T) {
	job, err := Parse([]byte(withAddress("fe80::1%eth0")))
	if err != nil || job.Address.Zone() != "eth0" {
		t.Errorf("got %v, %v", job.Address, err)
	}
}

func TestParseRefuses(t *testing.T) {
	cases := []struct{ name, text, says string }{
		{"nothing", ``, "got nothing"},
		{"not JSON", `knock`, "expected a JSON object"},
		{"cut off", `{"v":1,"address":"192.0.2.1"`, "ends too early"},
		{"cut off in a value", `{"v":1,"packets":[{"kind"`, "packets: expected a JSON value"},
		{"a list", `[1]`, "expected an object"},
		{"not UTF-8", "{\"v\":1,\"address\":\"\xff\"}", "not UTF-8"},
		{"oversize", `{"v":1,` + strings.Repeat(" ", MaxBytes) + `}`, "longer than 16384 bytes"},
		{"trailing text", withAddress("192.0.2.1") + "x", "expected nothing after the object"},
		{"second object", withAddress("192.0.2.1") + withAddress("192.0.2.1"), "expected nothing after the object"},
		{"unknown field", `{"v":1,"address":"192.0.2.1","packets":[],"file":"/etc/shadow"}`, "file: unknown field"},
		{"field in another case", `{"v":1,"Address":"192.0.2.1","packets":[]}`, "Address: unknown field"},
		{"field twice", `{"v":1,"v":1}`, "v: given twice"},
		{"no version", `{"address":"192.0.2.1","packets":[]}`, "v: missing"},
		{"version 2", `{"v":2,"address":"192.0.2.1","packets":[]}`, "v: expected a whole number 1 to 1, got \"2\""},
		{"no address", `{"v":1,"packets":[]}`, "address: missing"},
		{"address null", `{"v":1,"address":null,"packets":[]}`, "address: expected an IPv4 or IPv6 literal"},
		{"address a number", `{"v":1,"address":7,"packets":[]}`, "address: expected an IPv4 or IPv6 literal"},
		{"host name", withAddress("example.org"), "expected an IPv4 or IPv6 literal, got \"example.org\""},
		{"long address", withAddress(strings.Repeat("1", 65)), "got 65 bytes"},
		{"unspecified", withAddress("0.0.0.0"), "the unspecified address"},
		{"unspecified 6", withAddress("::"), "the unspecified address"},
		{"multicast", withAddress("224.0.0.1"), "a multicast address"},
		{"multicast 6", withAddress("ff02::1"), "a multicast address"},
		{"broadcast", withAddress("255.255.255.255"), "the broadcast address"},
		{"mapped", withAddress("::ffff:192.0.2.1"), "an IPv4-mapped address"},
		{"zone on global", withAddress("2001:db8::1%eth0"), "belongs to link-local addresses only"},
		{"link-local bare", withAddress("fe80::1"), "needs its interface"},
		{"no packets", `{"v":1,"address":"192.0.2.1"}`, "packets: missing"},
		{"packets null", `{"v":1,"address":"192.0.2.1","packets":null}`, "packets: expected a list"},
		{"no packet", `{"v":1,"address":"192.0.2.1","packets":[]}`, "1 to 64 packets, got 0"},
		{"65 packets", withPackets(strings.Repeat(icmp+",", 64) + icmp), "1 to 64 packets, got 65"},
		{"over a minute", withPackets(strings.Repeat(`{"kind":"icmp","payload":1,"afterMs":9000},`, 6) + `{"kind":"icmp","payload":1,"afterMs":6001}`), "adds up to 60001 ms"},
		{"packet not an object", withPackets(`7`), "packets[0]: expected an object"},
		{"no kind", withPackets(`{"payload":1,"afterMs":0}`), "packets[0].kind: missing"},
		{"kind udp", withPackets(`{"kind":"udp","afterMs":0}`), `packets[0].kind: expected "icmp" or "tcp", got "udp"`},
		{"no afterMs", withPackets(`{"kind":"icmp","payload":1}`), "packets[0].afterMs: missing"},
		{"afterMs negative", withPackets(`{"kind":"icmp","payload":1,"afterMs":-1}`), "packets[0].afterMs: expected a whole number 0 to 10000"},
		{"afterMs long", withPackets(`{"kind":"icmp","payload":1,"afterMs":10001}`), "packets[0].afterMs: expected"},
		{"afterMs a fraction", withPackets(`{"kind":"icmp","payload":1,"afterMs":0.5}`), "packets[0].afterMs: expected"},
		{"afterMs exponent", withPackets(`{"kind":"icmp","payload":1,"afterMs":1e2}`), "packets[0].afterMs: expected"},
		{"no payload", withPackets(`{"kind":"icmp","afterMs":0}`), "packets[0].payload: missing"},
		{"payload long", withPackets(`{"kind":"icmp","payload":1401,"afterMs":0}`), "payload: expected a whole number 0 to 1400"},
		{"icmp with a port", withPackets(`{"kind":"icmp","payload":1,"port":7,"afterMs":0}`), "packets[0].port: unknown field"},
		{"tcp with a payload", withPackets(`{"kind":"tcp","port":7,"flags":["syn"],"payload":1,"afterMs":0}`), "packets[0].payload: unknown field"},
		{"no port", withPackets(`{"kind":"tcp","flags":["syn"],"afterMs":0}`), "packets[0].port: missing"},
		{"port 0", withPackets(`{"kind":"tcp","port":0,"flags":["syn"],"afterMs":0}`), "packets[0].port: expected"},
		{"port 65536", withPackets(`{"kind":"tcp","port":65536,"flags":["syn"],"afterMs":0}`), "packets[0].port: expected"},
		{"port as text", withPackets(`{"kind":"tcp","port":"7","flags":["syn"],"afterMs":0}`), "packets[0].port: expected"},
		{"huge number", withPackets(`{"kind":"tcp","port":99999999999999999999,"flags":["syn"],"afterMs":0}`), "packets[0].port: expected"},
		{"no flags", withPackets(`{"kind":"tcp","port":7,"afterMs":0}`), "packets[0].flags: missing"},
		{"empty flags", withPackets(`{"kind":"tcp","port":7,"flags":[],"afterMs":0}`), "got an empty list"},
		{"unknown flag", withPackets(`{"kind":"tcp","port":7,"flags":["syn","ece"],"afterMs":0}`), "packets[0].flags: expected one or more"},
		{"flag twice", withPackets(`{"kind":"tcp","port":7,"flags":["syn","syn"],"afterMs":0}`), `"syn" is given twice`},
		{"flag upper case", withPackets(`{"kind":"tcp","port":7,"flags":["SYN"],"afterMs":0}`), "packets[0].flags: expected one or more"},
		{"ttl 0", withPackets(`{"kind":"icmp","payload":1,"ttl":0,"afterMs":0}`), "packets[0].ttl: expected a whole number 1 to 255"},
		{"ttl 256", withPackets(`{"kind":"icmp","payload":1,"ttl":256,"afterMs":0}`), "packets[0].ttl: expected"},
		{"ttl null", withPackets(`{"kind":"icmp","payload":1,"ttl":null,"afterMs":0}`), "packets[0].ttl: expected"},
		{"source port low", withPackets(`{"kind":"tcp","port":7,"flags":["syn"],"sourcePort":1023,"afterMs":0}`), "packets[0].sourcePort: expected a whole number 1024 to 65535"},
		{"second packet wrong", withPackets(icmp + `,{"kind":"icmp","payload":-1,"afterMs":0}`), "packets[1].payload: expected"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse([]byte(c.text))
			if err == nil {
				t.Fatal("accepted")
			}
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("said %q, which does not have %q", err, c.says)
			}
		})
	}
}

// FuzzParse looks for a job that is accepted out of bounds and for an error that could upset a terminal.
func FuzzParse(f *testing.F) {
	f.Add([]byte(withAddress("192.0.2.1")))
	f.Add([]byte(withAddress("fe80::1%eth0")))
	f.Add([]byte(withPackets(`{"kind":"tcp","port":7000,"flags":["syn","fin"],"ttl":64,"sourcePort":40001,"afterMs":150}`)))
	f.Add([]byte(`{"v":1,"address":"192.0.2.1","packets":[{"kind":"tcp","flags":null}]}`))
	f.Add([]byte("{\"\u001b[2J\":1}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		job, err := Parse(text)
		if err != nil {
			for _, r := range err.Error() {
				if r < ' ' || r == 0x7f {
					t.Fatalf("control character in %q", err)
				}
			}
			return
		}
		var total time.Duration
		for _, p := range job.Packets {
			total += p.After
			if (p.ICMP == nil) == (p.TCP == nil) {
				t.Fatalf("neither or both kinds: %+v", p)
			}
			if p.ICMP != nil && (p.ICMP.Payload < 0 || p.ICMP.Payload > MaxPayload) {
				t.Fatalf("payload out of bounds: %+v", p.ICMP)
			}
			if p.TCP != nil && (p.TCP.Port == 0 || p.TCP.Flags == 0 || p.TCP.SourcePort != 0 && p.TCP.SourcePort < MinSource) {
				t.Fatalf("tcp out of bounds: %+v", p.TCP)
			}
		}
		if n := len(job.Packets); n < 1 || n > MaxPackets || total > MaxTotalWait || notUnicast(job.Address) != "" {
			t.Fatalf("job out of bounds: %+v", job)
		}
	})
}

const icmp = `{"kind":"icmp","payload":1,"afterMs":0}`

func withAddress(address string) string {
	return `{"v":1,"address":"` + address + `","packets":[` + icmp + `]}`
}

func withPackets(packets string) string {
	return `{"v":1,"address":"192.0.2.1","packets":[` + packets + `]}`
}
