package spa

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"sallyport/helper/internal/step"
)

const (
	protocolVersion   = "3.0.0"
	randomDigits      = 16
	maxUser, maxField = 64, 256 // base64 characters
	// messageAccess and messageAccessTimeout are the two kinds of request that are served.
	messageAccess, messageAccessTimeout = "1", "3"
)

var errFields = errors.New("the fields are not those of an access request")

// kinds names the messages that fwknop knows and that are refused, for the log.
var kinds = map[string]string{
	"0": "a command", "2": "NAT access", "4": "NAT access", "5": "local NAT access", "6": "local NAT access",
}

// parse reads the decrypted fields: random : user : time : version : type : message [: timeout] : digest.
func parse(plain string) (Request, error) {
	for _, c := range []byte(plain) {
		if c < 0x20 || c > 0x7e {
			return Request{}, errors.New("the packet is not printable text")
		}
	}
	cut := strings.LastIndexByte(plain, ':')
	if cut < 0 {
		return Request{}, errFields
	}
	if !digestMatches(plain[:cut], plain[cut+1:]) {
		return Request{}, errors.New("the inner digest does not match")
	}
	fields := strings.Split(plain[:cut], ":")
	if len(fields) < 6 {
		return Request{}, errFields
	}
	if len(fields[0]) != randomDigits || !digits(fields[0]) {
		return Request{}, fmt.Errorf("the random value is not %d digits", randomDigits)
	}
	if user, err := decodeField(fields[1], maxUser); err != nil || user == "" {
		return Request{}, errors.New("the user name is not base64 text")
	}
	seconds, err := strconv.ParseInt(fields[2], 10, 64)
	if err != nil || !digits(fields[2]) {
		return Request{}, errors.New("the time is not a number of seconds")
	}
	if fields[3] != protocolVersion {
		return Request{}, fmt.Errorf("the protocol version is not %s", protocolVersion)
	}
	request := Request{Sent: time.Unix(seconds, 0)}
	if request.OpenFor, err = kindOf(fields); err != nil {
		return Request{}, err
	}
	message, err := decodeField(fields[5], maxField)
	if err != nil {
		return Request{}, errors.New("the message is not base64 text")
	}
	request.Allow, request.Ports, err = parseMessage(message)
	return request, err
}

// kindOf refuses what is no plain access request, and gives the timeout of one that has it.
func kindOf(fields []string) (time.Duration, error) {
	switch kind := fields[4]; {
	case kind == messageAccess && len(fields) == 6:
		return 0, nil
	case kind == messageAccessTimeout && len(fields) == 7:
		seconds, err := strconv.ParseUint(fields[6], 10, 31)
		if err != nil || seconds == 0 || !digits(fields[6]) {
			return 0, errors.New("the timeout is not a positive number of seconds")
		}
		return time.Duration(seconds) * time.Second, nil
	case kinds[kind] != "":
		return 0, fmt.Errorf("%s is not offered here, only access", kinds[kind])
	}
	return 0, errFields
}

// parseMessage reads "address,protocol/port[,protocol/port…]".
func parseMessage(message string) (netip.Addr, []step.Step, error) {
	parts := strings.Split(message, ",")
	allow, err := netip.ParseAddr(parts[0])
	if err != nil || allow.Zone() != "" || allow.Is4In6() {
		return netip.Addr{}, nil, errors.New("the address to allow is not an IPv4 or IPv6 address")
	}
	if len(parts) < 2 {
		return netip.Addr{}, nil, errors.New("no port is asked for")
	}
	var ports []step.Step
	for _, part := range parts[1:] {
		name, number, _ := strings.Cut(part, "/")
		port, err := strconv.ParseUint(number, 10, 16)
		one := step.Step{Value: uint16(port)}
		switch name {
		case "tcp":
			one.Protocol = step.TCP
		case "udp":
			one.Protocol = step.UDP
		}
		if err != nil || port == 0 || !digits(number) || one.Protocol == 0 {
			return netip.Addr{}, nil, errors.New("a port asked for is not like tcp/22 or udp/53")
		}
		ports = append(ports, one)
	}
	return allow, ports, nil
}

func decodeField(text string, limit int) (string, error) {
	if len(text) > limit {
		return "", errBase64
	}
	data, err := base64.RawStdEncoding.Strict().DecodeString(text)
	return string(data), err
}

func digits(text string) bool {
	for _, c := range []byte(text) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return text != ""
}

// digestMatches compares the inner digest; its length says which hash it is, SHA-2 or SHA-3 of that length.
func digestMatches(text, claimed string) bool {
	for _, h := range []hash.Hash{md5.New(), sha1.New(), sha256.New(), sha512.New384(), sha512.New(), sha3.New256(), sha3.New512()} {
		if base64.RawStdEncoding.EncodedLen(h.Size()) != len(claimed) {
			continue
		}
		h.Write([]byte(text))
		if base64.RawStdEncoding.EncodeToString(h.Sum(nil)) == claimed {
			return true
		}
	}
	return false
}
