package main

import (
	"context"
	"net"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"sallyport/helper/internal/client"
)

const (
	flagSPAKey  = "spa-key-file"
	flagSPAHMAC = "spa-hmac-file"

	flagSPANAT      = "spa-nat"
	flagSPALocalNAT = "spa-local-nat"
)

// spaNames are the flags that only fwknop's single packet authorization has, besides the one that chooses it.
var spaNames = []string{flagSPAHMAC, "spa-hmac-digest", "spa-port", "spa-timeout", "spa-allow", "spa-user", "spa-ports", flagSPANAT, flagSPALocalNAT}

// spaFlags are what an SPA packet is made with and asks for.
type spaFlags struct {
	key, hmac, digest, allow, user, ports, nat string
	port, timeout, localNAT                    int
}

func (s *spaFlags) register(set *pflag.FlagSet) {
	set.StringVar(&s.key, flagSPAKey, "", "fwknop: a `file` with KEY_BASE64, or -")
	set.StringVar(&s.hmac, flagSPAHMAC, "", "fwknop: a `file` with HMAC_KEY_BASE64, or -")
	set.StringVar(&s.digest, "spa-hmac-digest", "", "fwknop: `digest` of the HMAC: sha256, sha384 or sha512 (sha256)")
	numberVar(set, &s.port, "spa-port", 0, "fwknop: UDP `port` that the packet goes to (62201)")
	numberVar(set, &s.timeout, "spa-timeout", 0, "fwknop: `seconds` to ask for (what the server gives)")
	set.StringVar(&s.allow, "spa-allow", "", "fwknop: `address` to let in, or echo=URL of a service to ask for it (where the packet comes from)")
	set.StringVar(&s.nat, flagSPANAT, "", "fwknop: `host:port` behind the server to forward to")
	numberVar(set, &s.localNAT, flagSPALocalNAT, 0, "fwknop: `port` of the server itself to forward to")
	set.StringVar(&s.ports, "spa-ports", "", "fwknop: further `ports` to ask for, like udp/53,tcp/443; only the protected one is proved")
	set.StringVar(&s.user, "spa-user", "", "fwknop: user `name` in the packet (sallyport)")
}

func (f *methodFlags) singlePacket(ctx context.Context, a *app) (*client.Method, error) {
	if name := f.changed(append([]string{flagCloseSequence, "tcp-flags"}, rotationNames...)); name != "" {
		return nil, client.BadInput("", "--%s does not go with --%s", name, flagSPAKey)
	}
	s := f.spa
	if !f.set.Changed(flagSPAHMAC) {
		return nil, client.BadInput("", "--%s needs --%s: packets without an HMAC are not sent", flagSPAKey, flagSPAHMAC)
	}
	if s.key == "-" && s.hmac == "-" {
		return nil, client.BadInput("", "--%s and --%s cannot both read standard input", flagSPAKey, flagSPAHMAC)
	}
	nat, err := f.nat()
	if err != nil {
		return nil, err
	}
	key, err := a.readKey(ctx, flagSPAKey, s.key)
	if err != nil {
		return nil, err
	}
	hmac, err := a.readKey(ctx, flagSPAHMAC, s.hmac)
	if err != nil {
		return nil, err
	}
	settings := &client.SPASettings{ServerPort: s.port, HMACDigest: s.digest, Timeout: s.timeout, Username: s.user, MorePorts: s.ports, NAT: nat}
	if url, isEcho := strings.CutPrefix(s.allow, "echo="); isEcho {
		settings.Allow = &client.SPAAllow{Kind: "echo", URL: url}
	} else if s.allow != "" {
		settings.Allow = &client.SPAAllow{Kind: "fixed", Address: s.allow}
	}
	return &client.Method{Kind: "spa", Key: key, HMACKey: hmac, Settings: settings}, nil
}

// nat is nil when nothing is to be forwarded.
func (f *methodFlags) nat() (*client.SPANAT, error) {
	switch {
	case f.set.Changed(flagSPANAT) && f.set.Changed(flagSPALocalNAT):
		return nil, client.BadInput("", "--%s and --%s do not go together", flagSPANAT, flagSPALocalNAT)
	case f.set.Changed(flagSPALocalNAT):
		if f.spa.localNAT < 1 || f.spa.localNAT > 65535 {
			return nil, client.BadInput("", "--%s: expected 1 to 65535, got %d", flagSPALocalNAT, f.spa.localNAT)
		}
		return &client.SPANAT{Kind: "local-nat", Port: f.spa.localNAT}, nil
	case f.set.Changed(flagSPANAT):
		host, text, err := net.SplitHostPort(f.spa.nat)
		port, notNumber := strconv.Atoi(text)
		if err != nil || notNumber != nil || host == "" || port < 1 || port > 65535 {
			return nil, client.BadInput("", "--%s: expected host:port, like 192.168.10.3:22, got %q", flagSPANAT, f.spa.nat)
		}
		return &client.SPANAT{Kind: "nat", Host: host, Port: port}, nil
	}
	return nil, nil
}
