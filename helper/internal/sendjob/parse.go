package sendjob

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
	"unicode/utf8"
)

const packetCount = "a list of 1 to 64 packets"

// Read takes one job from r. Its errors name the field and what was expected, and are fit for the person who wrote it.
func Read(r io.Reader) (Job, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return Job{}, fmt.Errorf("reading the job: %w", err)
	}
	return Parse(text)
}

// Parse checks one job's text.
func Parse(text []byte) (Job, error) {
	switch {
	case len(text) > MaxBytes:
		return Job{}, fmt.Errorf("the job is longer than %d bytes", MaxBytes)
	case len(text) == 0:
		return Job{}, errors.New("expected one JSON job on standard input, got nothing")
	case !utf8.Valid(text):
		return Job{}, errors.New("the job is not UTF-8 text")
	}
	o, err := readObject("", text)
	if err != nil {
		return Job{}, err
	}
	if err := o.only("v", "address", "packets"); err != nil {
		return Job{}, err
	}
	if _, err := o.integer("v", 1, 1); err != nil {
		return Job{}, err
	}
	address, err := parseAddress(o)
	if err != nil {
		return Job{}, err
	}
	packets, err := parsePackets(o)
	if err != nil {
		return Job{}, err
	}
	return Job{Address: address, Packets: packets}, nil
}

func parsePackets(o object) ([]Packet, error) {
	items, err := o.list("packets", packetCount)
	if err != nil {
		return nil, err
	}
	if len(items) < 1 || len(items) > MaxPackets {
		return nil, fmt.Errorf("packets: expected %s, got %d", packetCount, len(items))
	}
	packets := make([]Packet, 0, len(items))
	var total time.Duration
	for i, item := range items {
		p, err := parsePacket(fmt.Sprintf("packets[%d]", i), item)
		if err != nil {
			return nil, err
		}
		total += p.After
		packets = append(packets, p)
	}
	if total > MaxTotalWait {
		return nil, fmt.Errorf("packets: afterMs adds up to %d ms; expected at most %d", total.Milliseconds(), MaxTotalWait.Milliseconds())
	}
	return packets, nil
}

func parsePacket(where string, raw json.RawMessage) (Packet, error) {
	o, err := readObject(where, raw)
	if err != nil {
		return Packet{}, err
	}
	kind, err := o.text("kind", `"icmp" or "tcp"`)
	if err != nil {
		return Packet{}, err
	}
	after, err := o.integer("afterMs", 0, int(MaxWait.Milliseconds()))
	if err != nil {
		return Packet{}, err
	}
	p := Packet{After: time.Duration(after) * time.Millisecond}
	if o.has("ttl") {
		ttl, err := o.integer("ttl", 1, 255)
		if err != nil {
			return Packet{}, err
		}
		p.TTL = uint8(ttl)
	}
	switch kind {
	case "icmp":
		p.ICMP, err = parseICMP(o)
	case "tcp":
		p.TCP, err = parseTCP(o)
	default:
		return Packet{}, fmt.Errorf(`%s: expected "icmp" or "tcp", got %s`, o.path("kind"), quote([]byte(kind)))
	}
	if err != nil {
		return Packet{}, err
	}
	return p, nil
}

func parseICMP(o object) (*ICMP, error) {
	if err := o.only("kind", "payload", "ttl", "afterMs"); err != nil {
		return nil, err
	}
	payload, err := o.integer("payload", 0, MaxPayload)
	if err != nil {
		return nil, err
	}
	return &ICMP{Payload: payload}, nil
}

func parseTCP(o object) (*TCP, error) {
	if err := o.only("kind", "port", "flags", "ttl", "sourcePort", "afterMs"); err != nil {
		return nil, err
	}
	port, err := o.integer("port", 1, 65535)
	if err != nil {
		return nil, err
	}
	flags, err := parseFlags(o)
	if err != nil {
		return nil, err
	}
	tcp := &TCP{Port: uint16(port), Flags: flags}
	if o.has("sourcePort") {
		source, err := o.integer("sourcePort", MinSource, 65535)
		if err != nil {
			return nil, err
		}
		tcp.SourcePort = uint16(source)
	}
	return tcp, nil
}

func parseFlags(o object) (Flags, error) {
	const expected = `one or more of "fin", "syn", "rst", "psh", "ack", "urg"`
	items, err := o.list("flags", expected)
	if err != nil {
		return 0, err
	}
	var flags Flags
	for _, item := range items {
		var name string
		if err := json.Unmarshal(item, &name); err != nil || flagNames[name] == 0 {
			return 0, fmt.Errorf("%s: expected %s, got %s", o.path("flags"), expected, quote(item))
		}
		if flags&flagNames[name] != 0 {
			return 0, fmt.Errorf("%s: %q is given twice", o.path("flags"), name)
		}
		flags |= flagNames[name]
	}
	if flags == 0 {
		return 0, fmt.Errorf("%s: expected %s, got an empty list", o.path("flags"), expected)
	}
	return flags, nil
}
