// Package step is the step notation that every Sallyport program reads and writes:
// 7000:tcp,8000:udp,icmp:128. It is knockd's own (no suffix means tcp) plus icmp:<payload bytes>.
// Parsing never panics; an error names the step by its number and says what was expected.
package step

import (
	"fmt"
	"strconv"
	"strings"
)

// Protocol is what carries a step. The zero value is not a protocol.
type Protocol uint8

const (
	TCP Protocol = iota + 1
	UDP
	ICMP
)

// MaxICMPPayload is the largest echo payload in bytes: one Ethernet frame with room for tunnels.
const MaxICMPPayload = 1400

// Step is one packet of a knock sequence. Steps are comparable.
type Step struct {
	Protocol Protocol
	// Value is the destination port for TCP and UDP, the payload size in bytes for ICMP.
	Value uint16
}

func (p Protocol) String() string {
	switch p {
	case TCP:
		return "tcp"
	case UDP:
		return "udp"
	case ICMP:
		return "icmp"
	}
	return "protocol(" + strconv.Itoa(int(p)) + ")"
}

// ParseProtocol reads tcp, udp or icmp in any case.
func ParseProtocol(text string) (Protocol, error) {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "tcp":
		return TCP, nil
	case "udp":
		return UDP, nil
	case "icmp":
		return ICMP, nil
	}
	return 0, fmt.Errorf("%q is not a protocol; use tcp, udp or icmp", text)
}

func (s Step) String() string {
	value := strconv.Itoa(int(s.Value))
	if s.Protocol == ICMP {
		return "icmp:" + value
	}
	return value + ":" + s.Protocol.String()
}

// Format writes steps as Parse reads them.
func Format(steps []Step) string {
	parts := make([]string, len(steps))
	for i, s := range steps {
		parts[i] = s.String()
	}
	return strings.Join(parts, ",")
}

// Parse reads one or more steps: ports 1-65535, ICMP payloads 0-1400 bytes. Spaces and case do not matter.
func Parse(text string) ([]Step, error) {
	if strings.TrimSpace(text) == "" {
		return nil, fmt.Errorf("the sequence is empty; write steps like 7000:tcp,8000:udp")
	}
	parts := strings.Split(text, ",")
	steps := make([]Step, 0, len(parts))
	for i, part := range parts {
		s, err := parseOne(strings.ToLower(strings.TrimSpace(part)))
		if err != nil {
			return nil, fmt.Errorf("step %d: %w", i+1, err)
		}
		steps = append(steps, s)
	}
	return steps, nil
}

func parseOne(text string) (Step, error) {
	if text == "" {
		return Step{}, fmt.Errorf("nothing between two commas")
	}
	fields := strings.Split(text, ":")
	if len(fields) > 2 {
		return Step{}, fmt.Errorf("%q has too many colons; write 7000:tcp, 7000:udp or icmp:128", text)
	}
	first := strings.TrimSpace(fields[0])
	second, hasSecond := "", len(fields) == 2
	if hasSecond {
		second = strings.TrimSpace(fields[1])
	}
	if first == "icmp" {
		return icmpStep(second)
	}
	port, err := decimal(first)
	if err != nil {
		return Step{}, fmt.Errorf("%q is not a port number", first)
	}
	if port < 1 || port > 65535 {
		return Step{}, fmt.Errorf("port %d is out of range; ports go from 1 to 65535", port)
	}
	switch {
	case !hasSecond || second == "tcp":
		return Step{TCP, uint16(port)}, nil
	case second == "udp":
		return Step{UDP, uint16(port)}, nil
	}
	return Step{}, fmt.Errorf("%q is not a protocol; use tcp or udp", second)
}

func icmpStep(size string) (Step, error) {
	payload, err := decimal(size)
	if err != nil {
		return Step{}, fmt.Errorf("an ICMP step is written icmp:<payload bytes>, like icmp:128")
	}
	if payload > MaxICMPPayload {
		return Step{}, fmt.Errorf("an ICMP payload of %d bytes is too large; %d is the most", payload, MaxICMPPayload)
	}
	return Step{ICMP, uint16(payload)}, nil
}

// decimal reads 1 to 7 plain digits; strconv alone would take a sign.
func decimal(text string) (int, error) {
	if len(text) < 1 || len(text) > 7 {
		return 0, strconv.ErrSyntax
	}
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, strconv.ErrSyntax
		}
	}
	return strconv.Atoi(text)
}
