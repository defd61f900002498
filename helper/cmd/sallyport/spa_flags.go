package main

import (
	"context"

	"github.com/spf13/pflag"

	"sallyport/helper/internal/client"
)

const (
	flagSPAKey  = "spa-key-file"
	flagSPAHMAC = "spa-hmac-file"
)

// spaNames are the flags that only fwknop's single packet authorization has, besides the one that chooses it.
var spaNames = []string{flagSPAHMAC, "spa-hmac-digest", "spa-port", "spa-timeout", "spa-allow", "spa-user"}

// spaFlags are what an SPA packet is made with and asks for.
type spaFlags struct {
	key, hmac, digest, allow, user string
	port, timeout                  int
}

func (s *spaFlags) register(set *pflag.FlagSet) {
	set.StringVar(&s.key, flagSPAKey, "", "fwknop: a `file` with KEY_BASE64, or -")
	set.StringVar(&s.hmac, flagSPAHMAC, "", "fwknop: a `file` with HMAC_KEY_BASE64, or -")
	set.StringVar(&s.digest, "spa-hmac-digest", "", "fwknop: `digest` of the HMAC: sha256, sha384 or sha512 (sha256)")
	set.IntVar(&s.port, "spa-port", 0, "fwknop: UDP `port` that the packet goes to (62201)")
	set.IntVar(&s.timeout, "spa-timeout", 0, "fwknop: `seconds` to ask for (what the server gives)")
	set.StringVar(&s.allow, "spa-allow", "", "fwknop: IPv4 `address` to let in (where the packet comes from)")
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
	key, err := a.readSecret(ctx, flagSPAKey, s.key)
	if err != nil {
		return nil, err
	}
	hmac, err := a.readSecret(ctx, flagSPAHMAC, s.hmac)
	if err != nil {
		return nil, err
	}
	settings := &client.SPASettings{ServerPort: s.port, HMACDigest: s.digest, Timeout: s.timeout, Username: s.user}
	if s.allow != "" {
		settings.Allow = &client.SPAAllow{Kind: "fixed", Address: s.allow}
	}
	return &client.Method{Kind: "spa", Key: key, HMACKey: hmac, Settings: settings}, nil
}
