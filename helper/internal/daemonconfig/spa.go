package daemonconfig

import (
	"encoding/base64"
	"strings"

	"sallyport/helper/internal/spa"
	"sallyport/helper/internal/spaport"
)

const (
	spaPort = 62201 // fwknop's own
	// weakKey is the length in bytes under which a key is likely to be a passphrase.
	weakKey = 16
)

// SPA is a key of method "spa" (fwknop's single packets).
type SPA struct {
	Key, HMACKey []byte
	Digest       spa.Digest
	Port         uint16
	// RequireSource refuses packets that leave the address to let in open (0.0.0.0).
	RequireSource bool
}

// SPAPorts are the UDP ports that packets come to.
func (c *Config) SPAPorts() []uint16 {
	var ports []uint16
	seen := map[uint16]bool{}
	for _, door := range c.Doors {
		for _, key := range door.Keys {
			if key.SPA != nil && !seen[key.SPA.Port] {
				seen[key.SPA.Port] = true
				ports = append(ports, key.SPA.Port)
			}
		}
	}
	return ports
}

func (l *loader) spa(r *reader) *SPA {
	key := &SPA{
		Digest:        spa.Digest(r.oneOf("hmac_digest", string(spa.SHA256), string(spa.SHA256), string(spa.SHA384), string(spa.SHA512))),
		Port:          uint16(r.integer("udp_port", spaPort, 1, 65535)),
		RequireSource: r.boolean("require_source_address", true),
	}
	key.Key = l.base64Secret(r, "key_base64", spa.MaxKey)
	key.HMACKey = l.base64Secret(r, "hmac_key_base64", spa.MaxHMACKey)
	l.spaPorts[key.Port] = true
	if len(l.spaPorts) == spaport.MaxPorts+1 {
		r.fail("udp_port", "udp_port: the keys use more than %d different ports", spaport.MaxPorts)
	}
	return key
}

// base64Secret reads a secret in base64 from the value called name or the file that name_file names; errors never
// repeat it.
func (l *loader) base64Secret(r *reader, name string, most int) []byte {
	text, from := l.secretText(r, name, name+"_file", "a secret in base64")
	if from == "" {
		return nil
	}
	secret, err := base64.RawStdEncoding.Strict().DecodeString(strings.TrimRight(text, "="))
	if err != nil {
		r.fail(from, "%s: this is not base64; expected letters, digits, + and / as fwknop --key-gen prints them", from)
		return nil
	}
	if len(secret) < spa.MinKey || len(secret) > most {
		r.fail(from, "%s: %d bytes; expected %d to %d", from, len(secret), spa.MinKey, most)
		return nil
	}
	if len(secret) < weakKey {
		r.warn(from, "%s: only %d bytes, which can be guessed from one packet if it is a passphrase; fwknop --key-gen makes long ones", from, len(secret))
	}
	l.noteSecret(r, from, secret)
	return secret
}
