package capture

import (
	"encoding/hex"
	"net/netip"
	"strings"
	"testing"

	"sallyport/helper/internal/step"
)

func bytes(t *testing.T, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const (
	// From 192.0.2.7 to 192.0.2.1: total length, fragment bits and protocol are put in.
	ip4  = "4500 LLLL 0000 FFFF 40PP 0000 c0000207 c0000201 "
	ip6  = "60000000 LLLL PP40 20010db8000000000000000000000007 20010db8000000000000000000000001 "
	tcp  = "9c40 1b58 00000000 00000000 5002 0000 0000 0000" // port 7000, SYN
	udp  = "9c40 1f40 0009 0000 00"                          // port 8000
	echo = "0800 0000 0000 0000"
)

func v4(length, fragment, protocol, rest string) string {
	return strings.NewReplacer("LLLL", length, "FFFF", fragment, "PP", protocol).Replace(ip4) + rest
}

func v6(length, next, rest string) string {
	return strings.NewReplacer("LLLL", length, "PP", next).Replace(ip6) + rest
}

func TestParse(t *testing.T) {
	for name, c := range map[string]struct{ packet, want string }{
		"tcp":                      {v4("0028", "4000", "06", tcp), "7000:tcp"},
		"udp":                      {v4("001d", "0000", "11", udp), "8000:udp"},
		"udp, padded frame":        {v4("001c", "0000", "11", udp+"0000000000000000"), "8000:udp"},
		"icmp, cut off":            {v4("009c", "0000", "01", echo), "icmp:128"},
		"icmp, empty":              {v4("001c", "0000", "01", echo+"ffff"), "icmp:0"},
		"first fragment":           {v4("0028", "2000", "06", tcp), "7000:tcp"},
		"options":                  {"4600 002c 0000 0000 4006 0000 c0000207 c0000201 01010101" + tcp, "7000:tcp"},
		"later fragment":           {v4("0028", "0001", "06", tcp), ""},
		"first fragment of echo":   {v4("009c", "2000", "01", echo), ""},
		"echo reply":               {v4("009c", "0000", "01", "0000"+echo[4:]), ""},
		"header cut off":           {v4("0028", "0000", "06", tcp[:30]), ""},
		"length lies":              {v4("0014", "0000", "06", tcp), ""},
		"port 0":                   {v4("0028", "0000", "06", "9c40 0000"+tcp[9:]), ""},
		"other protocol":           {v4("0028", "0000", "2f", tcp), ""},
		"header length lies":       {"44" + v4("0028", "0000", "06", tcp)[2:], ""},
		"icmpv6 in ipv4":           {v4("009c", "0000", "3a", "8000"+echo[4:]), ""},
		"tcp, IPv6":                {v6("0014", "06", tcp), "7000:tcp"},
		"udp, IPv6":                {v6("0009", "11", udp), "8000:udp"},
		"icmp, IPv6":               {v6("0088", "3a", "8000"+echo[4:]), "icmp:128"},
		"icmp in IPv6":             {v6("0088", "01", echo), ""},
		"hop-by-hop":               {v6("001c", "00", "0600 0000 0000 0000"+tcp), "7000:tcp"},
		"long options, icmp":       {v6("0098", "3c", "3a01 0000 0000 0000 0000 0000 0000 0000"+"8000"+echo[4:]), "icmp:128"},
		"IPv6 first fragment":      {v6("001c", "2c", "0600 0001 00000001"+tcp), "7000:tcp"},
		"IPv6 later fragment":      {v6("001c", "2c", "0600 0009 00000001"+tcp), ""},
		"extension cut off":        {v6("001c", "00", "06ff 0000 0000 0000"+tcp), ""},
		"extensions without end":   {v6("00ff", "00", strings.Repeat("0000 0000 0000 0000", 9)+tcp), ""},
		"IPv4-mapped source":       {strings.Replace(v6("0014", "06", tcp), "20010db8000000000000000000000007", "00000000000000000000ffffc0000207", 1), ""},
		"loopback source":          {strings.Replace(v4("0028", "0000", "06", tcp), "c0000207", "7f000001", 1), ""},
		"multicast source":         {strings.Replace(v4("0028", "0000", "06", tcp), "c0000207", "e0000001", 1), ""},
		"broadcast source":         {strings.Replace(v4("0028", "0000", "06", tcp), "c0000207", "ffffffff", 1), ""},
		"no source":                {strings.Replace(v4("0028", "0000", "06", tcp), "c0000207", "00000000", 1), ""},
		"version 5":                {"55" + v4("0028", "0000", "06", tcp)[2:], ""},
		"nothing":                  {"", ""},
		"one byte":                 {"45", ""},
		"IPv6 header cut off":      {"6000000000", ""},
		"IPv6 length less than it": {v6("0004", "06", tcp), ""},
	} {
		p, ok := parse(bytes(t, c.packet), false)
		got := ""
		if ok {
			got = p.Step.String()
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if ok && p.Step.Protocol == step.TCP && p.Flags != 2 {
			t.Errorf("%s: flags %#x", name, p.Flags)
		}
		if ok && p.Source != netip.MustParseAddr("192.0.2.7") && p.Source != netip.MustParseAddr("2001:db8::7") {
			t.Errorf("%s: from %s", name, p.Source)
		}
	}
}

func TestLoopbackIsTakenWhereAsked(t *testing.T) {
	data := bytes(t, strings.Replace(v4("0028", "0000", "06", tcp), "c0000207", "7f000001", 1))
	if _, ok := parse(data, false); ok {
		t.Error("taken unasked")
	}
	if p, ok := parse(data, true); !ok || !p.Source.IsLoopback() {
		t.Errorf("%+v, %v", p, ok)
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{v4("0028", "4000", "06", tcp), v6("001c", "00", "0600 0000 0000 0000"+tcp), v6("0088", "3a", "8000"+echo[4:])} {
		b, _ := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if p, ok := parse(data, false); ok && (p.Step.Protocol == 0 || !p.Source.IsValid() || p.Source.IsUnspecified()) {
			t.Fatalf("%x: %+v", data, p)
		}
	})
}
