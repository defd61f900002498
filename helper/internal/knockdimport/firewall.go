package knockdimport

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// rule is what a firewall command does.
type rule struct {
	opens bool // else it takes a rule away
	ports []string
	// everybody is set when the rule is not for the knocker's address alone.
	everybody bool
}

const knocker = "%IP%"

var services = map[string]string{"ssh": "22", "smtp": "25", "http": "80", "imap": "143", "https": "443", "imaps": "993", "openvpn": "1194"}

// understand reads a start or stop command that changes firewall rules. Several commands, for IPv4 and IPv6 say, must
// all open or all close.
func understand(command string) (rule, error) {
	var whole rule
	commands, err := simpleCommands(command)
	if err != nil {
		return whole, err
	}
	for i, words := range commands {
		one, err := understandOne(words)
		if err != nil {
			return whole, err
		}
		if i > 0 && one.opens != whole.opens {
			return whole, errors.New("one part of it opens and another closes")
		}
		whole.opens, whole.everybody = one.opens, whole.everybody || one.everybody
		for _, port := range one.ports {
			if !slices.Contains(whole.ports, port) {
				whole.ports = append(whole.ports, port)
			}
		}
	}
	return whole, nil
}

func understandOne(words []string) (r rule, err error) {
	if len(words) > 1 && filepath.Base(words[0]) == "sudo" {
		words = words[1:]
	}
	switch program := filepath.Base(words[0]); program {
	case "iptables", "ip6tables", "iptables-nft", "ip6tables-nft", "iptables-legacy", "ip6tables-legacy":
		r, err = iptables(words[1:])
	case "nft":
		r, err = nft(words[1:])
	case "ufw":
		r, err = ufw(words[1:])
	case "firewall-cmd":
		r, err = firewalld(words[1:])
	default:
		return r, fmt.Errorf("%s is no firewall program that is known here", program)
	}
	if err == nil && len(r.ports) == 0 {
		err = errors.New("it names no port")
	}
	r.everybody = !strings.Contains(strings.Join(words, " "), knocker)
	return r, err
}

func iptables(words []string) (r rule, err error) {
	protocol, chain, target, seen := "tcp", "", "", false
	var numbers string
	for i := 0; i+1 < len(words); i++ {
		next := words[i+1]
		switch words[i] {
		case "-A", "--append", "-I", "--insert":
			r.opens, chain, seen = true, next, true
		case "-D", "--delete":
			r.opens, chain, seen = false, next, true
		case "-t", "--table":
			if next != "filter" {
				return r, fmt.Errorf("it changes the table %s", next)
			}
		case "-p", "--protocol", "--proto":
			protocol = next
		case "--dport", "--dports", "--destination-port", "--destination-ports":
			numbers = next
		case "-j", "--jump":
			target = next
		default:
			continue
		}
		i++
	}
	switch {
	case !seen:
		return r, errors.New("it neither adds nor deletes a rule")
	case target != "ACCEPT":
		return r, fmt.Errorf("its target is %q, not ACCEPT", target)
	case chain == "FORWARD" || chain == "OUTPUT":
		return r, fmt.Errorf("it is about the chain %s, and Sallyport gates what comes to this host", chain)
	}
	r.ports, err = portList(numbers, ":", protocol)
	return r, err
}

// nftPort finds what the port is compared with: a number, a range, or a set in braces.
func nftPort(text string) (numbers, protocol string, found bool) {
	for {
		before, after, more := strings.Cut(text, " dport ")
		if !more {
			return "", "", false
		}
		protocol = before[strings.LastIndexAny(before, " ,")+1:]
		numbers, _, _ = strings.Cut(after, " ")
		if set, isSet := strings.CutPrefix(after, "{"); isSet {
			numbers, _, more = strings.Cut(set, "}")
		}
		if more && numbers != "" && (protocol == "tcp" || protocol == "udp") {
			return numbers, protocol, true
		}
		text = after
	}
}

func nft(words []string) (r rule, err error) {
	text := strings.Join(words, " ")
	switch {
	case len(words) > 2 && (words[0] == "add" || words[0] == "insert") && words[1] == "rule":
		r.opens = true
	case len(words) > 2 && words[0] == "delete" && words[1] == "rule":
	default:
		return r, errors.New("it neither adds nor deletes a rule")
	}
	if r.opens && !strings.HasSuffix(text, " accept") && !strings.Contains(text, " accept ") {
		return r, errors.New("its verdict is not accept")
	}
	numbers, protocol, found := nftPort(text)
	if !found {
		return r, errors.New("it names no port")
	}
	r.ports, err = portList(numbers, "-", protocol)
	return r, err
}

func ufw(words []string) (r rule, err error) {
	at := slices.Index(words, "allow")
	if at < 0 {
		return r, errors.New("it is not about an allow rule")
	}
	r.opens = words[0] != "delete"
	protocol, numbers := "tcp", ""
	for i := at + 1; i < len(words); i++ {
		switch {
		case words[i] == "proto" && i+1 < len(words):
			protocol = words[i+1]
		case words[i] == "port" && i+1 < len(words):
			numbers = words[i+1]
		case i == at+1 && words[i] != "from" && words[i] != "in" && words[i] != "proto":
			numbers = words[i]
		}
	}
	if number, after, found := strings.Cut(numbers, "/"); found {
		numbers, protocol = number, after
	}
	r.ports, err = portList(numbers, ":", protocol)
	return r, err
}

// richPort finds the port of a rich rule: port port="22" protocol="tcp".
func richPort(rule string) (number, protocol string, found bool) {
	_, after, found := strings.Cut(rule, "port port=")
	number, after, more := strings.Cut(after, " protocol=")
	protocol, _, _ = strings.Cut(after, " ")
	return strings.Trim(number, `"`), strings.Trim(protocol, `"`), found && more
}

func firewalld(words []string) (r rule, err error) {
	for i, word := range words {
		name, value, hasValue := strings.Cut(word, "=")
		if !hasValue && i+1 < len(words) {
			value = words[i+1]
		}
		verb, what, _ := strings.Cut(strings.TrimPrefix(name, "--"), "-")
		if verb != "add" && verb != "remove" {
			continue
		}
		r.opens = verb == "add"
		switch what {
		case "port":
			number, protocol, _ := strings.Cut(value, "/")
			r.ports, err = portList(number, "-", protocol)
		case "service":
			r.ports, err = portList(value, "-", "tcp")
		case "rich-rule":
			if number, protocol, found := richPort(value); found && strings.Contains(value, "accept") {
				r.ports, err = portList(number, "-", protocol)
			}
		}
		return r, err
	}
	return r, errors.New("it neither adds nor removes anything")
}

// portList reads numbers, names and ranges into Sallyport's notation.
func portList(text, dash, protocol string) ([]string, error) {
	if protocol != "tcp" && protocol != "udp" {
		return nil, fmt.Errorf("its protocol is %q, neither tcp nor udp", protocol)
	}
	var ports []string
	for part := range strings.SplitSeq(text, ",") {
		low, high, isRange := strings.Cut(strings.TrimSpace(part), dash)
		if number, known := services[low]; known && !isRange {
			low = number
		}
		if !isRange {
			high = low
		}
		l, errLow := strconv.ParseUint(low, 10, 16)
		h, errHigh := strconv.ParseUint(high, 10, 16)
		if errLow != nil || errHigh != nil || l < 1 || l > h {
			return nil, fmt.Errorf("%q is no port that is known here", part)
		}
		port := low
		if isRange {
			port += "-" + high
		}
		ports = append(ports, port+"/"+protocol)
	}
	return ports, nil
}
