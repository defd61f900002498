// Package spa reads fwknop's single packets (protocol 3.0.0). It is pure: bytes, a key and the time come in, a
// request that was proven or the reason against it goes out. Nothing of a packet is looked at before its HMAC
// is proven in constant time, and every part is read strictly: one packet has one form.
package spa

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"net/netip"
	"time"

	"sallyport/helper/internal/step"
)

const (
	// MinSize and MaxSize bound the payload of a datagram that can be a packet, in bytes.
	MinSize, MaxSize = 140, 1500
	// MaxAge is how far a packet's time may lie from the server's, in either direction.
	MaxAge = 120 * time.Second
	// MaxKey and MaxHMACKey are the longest keys in bytes that fwknop takes; MinKey is the shortest here.
	MaxKey, MaxHMACKey, MinKey = 32, 128, 8
	// wirePrefix is the base64 of "Salted_"; senders leave it out, but the HMAC covers it.
	wirePrefix = "U2FsdGVkX1"
)

// ErrNotProven means that the HMAC is not of this key: the packet is somebody else's, or nobody's.
var ErrNotProven = errors.New("the HMAC does not match")

// Digest is the hash of the HMAC; it is not on the wire.
type Digest string

const (
	SHA256 Digest = "sha256"
	SHA384 Digest = "sha384"
	SHA512 Digest = "sha512"
)

func (d Digest) hash() func() hash.Hash {
	switch d {
	case SHA384:
		return sha512.New384
	case SHA512:
		return sha512.New
	}
	return sha256.New
}

// Key opens the packets of one user.
type Key struct {
	secret []byte
	mac    hash.Hash
	length int // base64 characters of the HMAC
	sum    []byte
}

// NewKey prepares a key: secret is what fwknop calls KEY (a passphrase or decoded KEY_BASE64), hmacKey is
// HMAC_KEY. A Key is not safe for concurrent use.
func NewKey(secret, hmacKey []byte, digest Digest) *Key {
	mac := hmac.New(digest.hash(), hmacKey)
	return &Key{secret: secret, mac: mac, length: base64.RawStdEncoding.EncodedLen(mac.Size())}
}

// Proof is the HMAC of a packet; it names the packet in the replay record.
type Proof []byte

// Request is what a proven packet asks for.
type Request struct {
	// Allow is the address to let in; unspecified asks for the one that the packet came from.
	Allow netip.Addr
	Ports []step.Step
	// OpenFor is what the client asks for, 0 when it leaves that to the server.
	OpenFor time.Duration
	Sent    time.Time
}

// Candidate tells cheaply whether a payload can be a packet at all: its size and its alphabet.
func Candidate(payload []byte) bool {
	if len(payload) < MinSize || len(payload) > MaxSize {
		return false
	}
	for _, c := range payload {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '+' || c == '/'
		if !letter {
			return false
		}
	}
	return true
}

// Prove checks the HMAC of a payload that is a Candidate. Only a packet with a proof may be opened.
func (k *Key) Prove(payload []byte) (Proof, error) {
	cut := len(payload) - k.length
	if cut <= 0 {
		return nil, ErrNotProven
	}
	claimed, err := base64.RawStdEncoding.Strict().DecodeString(string(payload[cut:]))
	if err != nil {
		return nil, ErrNotProven
	}
	k.mac.Reset()
	k.mac.Write([]byte(wirePrefix))
	k.mac.Write(payload[:cut])
	k.sum = k.mac.Sum(k.sum[:0])
	if !hmac.Equal(k.sum, claimed) {
		return nil, ErrNotProven
	}
	return claimed, nil
}

// Open decrypts and reads a payload that Prove has proven. The error says what a sender did wrong.
func (k *Key) Open(payload []byte) (Request, error) {
	plain, err := k.decrypt(wirePrefix + string(payload[:len(payload)-k.length]))
	if err != nil {
		return Request{}, fmt.Errorf("decrypt: %w", err)
	}
	return parse(plain)
}

// Fresh tells whether a request was sent within MaxAge of now, and how far the sender's clock is ahead.
func (r Request) Fresh(now time.Time) (offset time.Duration, fresh bool) {
	offset = r.Sent.Sub(now.Truncate(time.Second))
	return offset, offset.Abs() <= MaxAge
}
