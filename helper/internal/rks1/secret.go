package rks1

import (
	"encoding/base32"
	"fmt"
	"strings"
	"unicode"
)

// ParseSecret reads a secret as RFC 4648 base32, in any case, with spaces or '='. Bits after the last
// whole byte are refused, because they are what a mistyped or cut-off secret looks like. The error never
// holds the text.
func ParseSecret(text string) ([]byte, error) {
	clean := strings.Map(func(r rune) rune {
		if r == '=' || r == '\uFEFF' || unicode.IsSpace(r) {
			return -1
		}
		if r >= 'a' && r <= 'z' {
			return r - 'a' + 'A'
		}
		return r
	}, text)
	for _, r := range clean {
		if !(r >= 'A' && r <= 'Z') && !(r >= '2' && r <= '7') {
			return nil, fmt.Errorf("the secret holds a character that is not base32; use A-Z and 2-7")
		}
	}
	encoding := base32.StdEncoding.WithPadding(base32.NoPadding)
	secret, err := encoding.DecodeString(clean)
	// The standard decoder ignores stray bits; encoding again shows them.
	if err != nil || encoding.EncodeToString(secret) != clean {
		return nil, fmt.Errorf("the secret does not end where a base32 secret ends; part of it may be missing")
	}
	if len(secret) < MinSecretBytes || len(secret) > MaxSecretBytes {
		return nil, fmt.Errorf("the secret has %d bytes; it takes %d to %d", len(secret), MinSecretBytes, MaxSecretBytes)
	}
	return secret, nil
}
