package daemonconfig

import (
	"cmp"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"sallyport/helper/internal/gate"
	"sallyport/helper/internal/step"
)

const (
	maxFileSize  = 4 << 20
	maxDoorPorts = 1024
	maxOpenFor   = 24 * time.Hour
)

// maxName keeps door and user short enough for the label that the kernel stores beside a grant.
const maxName = 48

const nameExpected = "expected 1 to 48 letters, digits and . _ @ -, starting with a letter or digit"

type loader struct {
	file     string
	mode     os.FileMode
	problems Problems
	warnings Problems
	secrets  map[string]string // secret to where it was first used
	statics  []staticUse
	lists    int // how many one-time lists there are
	spaPorts map[uint16]bool
	files    []File
}

func (l *loader) problem(line int, message string) {
	l.problems = append(l.problems, Problem{l.file, line, message})
}

func (l *loader) warn(line int, message string) {
	l.warnings = append(l.warnings, Problem{l.file, line, message})
}

// Load reads and checks a file. The error is Problems, or that of opening the file.
func Load(path string) (*Config, error) {
	data, info, err := readFile(path, maxFileSize)
	if err != nil {
		return nil, fmt.Errorf("read the config: %w", err)
	}
	cfg, err := Check(path, data, info.Mode())
	if err != nil {
		return nil, err
	}
	cfg.Files = slices.Insert(cfg.Files, 0, File{path, info})
	return cfg, nil
}

// Check does so with what is in the file, or is to be, and who may read it; the secrets are those beside it. The error is
// Problems.
func Check(path string, data []byte, mode os.FileMode) (*Config, error) {
	root, err := parse(path, data)
	if err != nil {
		return nil, err
	}
	l := &loader{file: path, mode: mode, secrets: map[string]string{}, spaPorts: map[uint16]bool{}}
	cfg := l.config(root)
	l.checkStatics()
	l.warnOfGatedSteps(cfg.GatedPorts())
	if problem, open := OpenToAll(path, mode); open {
		l.problems = append(l.problems, problem)
	}
	if len(l.problems) > 0 {
		slices.SortStableFunc(l.problems, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
		return nil, l.problems
	}
	cfg.Files = l.files
	for _, w := range l.warnings {
		cfg.Warnings = append(cfg.Warnings, w.String())
	}
	return cfg, nil
}

func (l *loader) config(root *table) *Config {
	r := l.reader(root, "")
	cfg := &Config{Interfaces: interfaces(r)}
	cfg.StateDir = filepath.Clean(r.text("state_dir", DefaultStateDir, "a directory, such as \""+DefaultStateDir+"\""))
	if !filepath.IsAbs(cfg.StateDir) {
		r.fail("state_dir", "state_dir = %q: expected an absolute path", cfg.StateDir)
	}
	cfg.OnExit = KeepClosed
	for i, t := range r.below("gate", "a [gate] table") {
		if i == 0 {
			l.gate(t, cfg)
		}
	}
	names := map[string]int{}
	for _, t := range r.below("door", "[[door]] tables") {
		door := l.door(t)
		if line, twice := names[door.Name]; twice && door.Name != "" {
			l.problem(t.line, fmt.Sprintf("door %q: line %d has a door of this name; expected another name", door.Name, line))
		}
		names[door.Name] = t.line
		if cfg.NoGate && len(door.Ports) > 0 {
			l.problem(t.line, fmt.Sprintf("door %q: it has ports, but mode = \"none\" keeps none closed; expected mode = \"nftables\", or only doors that run commands", door.Name))
		}
		cfg.Doors = append(cfg.Doors, door)
	}
	if len(r.tables["door"]) == 0 && !r.bad["door"] {
		l.problem(1, "there is no door; expected at least one [[door]] with a name, ports and a [[door.key]]")
	}
	r.finish()
	return cfg
}

func (l *loader) gate(t *table, cfg *Config) {
	r := l.reader(t, "gate")
	cfg.NoGate = r.oneOf("mode", "nftables", "nftables", "none") == "none"
	cfg.OnExit = OnExit(r.oneOf("on_exit", string(KeepClosed), string(KeepClosed), string(LeaveOpen)))
	if cfg.OnExit == LeaveOpen {
		r.warn("on_exit", "on_exit = \"open\": whenever the daemon is stopped, every gated port is open to all")
	}
	for _, text := range r.list("always_allow", `addresses or networks, such as ["203.0.113.0/24"]`) {
		prefix, err := parsePrefix(text)
		if err != nil {
			r.fail("always_allow", "always_allow: %q is not an address or network; expected one like 203.0.113.0/24 or 2001:db8::1", text)
			continue
		}
		if prefix.Bits() == 0 {
			r.warn("always_allow", "always_allow: %s lets everybody in without a knock", prefix)
		}
		cfg.AlwaysAllow = append(cfg.AlwaysAllow, prefix)
	}
	r.finish()
}

func parsePrefix(text string) (netip.Prefix, error) {
	if addr, err := netip.ParseAddr(text); err == nil && addr.Zone() == "" && !addr.Is4In6() {
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	prefix, err := netip.ParsePrefix(text)
	if err == nil && prefix.Addr().Is4In6() {
		err = fmt.Errorf("an IPv4-mapped address")
	}
	return prefix, err
}

func (l *loader) door(t *table) Door {
	name, _ := t.values["name"].(string)
	r := l.reader(t, fmt.Sprintf("door %q", name))
	door := Door{Name: r.name("name", "ssh")}
	door.OnOpen, door.OnClose = l.argv(r, "on_open"), l.argv(r, "on_close")
	door.Ports = l.ports(r)
	door.OpenFor = r.duration("open_for", 30*time.Second, time.Second, maxOpenFor)
	door.MaxOpenFor = r.duration("max_open_for", max(300*time.Second, door.OpenFor), time.Second, maxOpenFor)
	if door.MaxOpenFor < door.OpenFor {
		r.fail("max_open_for", "max_open_for = %q: expected at least open_for (%s)", short(door.MaxOpenFor), short(door.OpenFor))
	}
	users := map[string]int{}
	shut := shut(r)
	for _, k := range r.below("key", "[[door.key]] tables") {
		key := l.key(k, door.Name)
		if line, twice := users[key.User]; twice && key.User != "" {
			l.problem(k.line, fmt.Sprintf("door %q: user %q has a key on line %d; expected one key per user and door", door.Name, key.User, line))
		}
		users[key.User] = k.line
		door.Keys = append(door.Keys, key)
	}
	if len(r.tables["key"]) == 0 && !shut && !r.has("key") {
		l.problem(t.line, fmt.Sprintf("door %q: nobody can open it; expected at least one [[door.key]]", door.Name))
	}
	r.finish()
	return door
}

// shut tells of a door that says by key = [] that nobody can open it. It takes the value away.
func shut(r *reader) bool {
	list, isList := r.values["key"].([]any)
	if !isList || len(list) > 0 {
		return false
	}
	r.warn("key", "key = []: nobody can open this door")
	delete(r.values, "key")
	return true
}

// CheckName tells what is wrong with the name of a user or a door. A good one is safe in a file name too.
func CheckName(text string) error {
	if !isName(text) {
		return fmt.Errorf("%q is no name; %s", text, nameExpected)
	}
	return nil
}

func isName(text string) bool {
	for i, c := range []byte(text) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && (i == 0 || !strings.ContainsRune("._@-", rune(c))) {
			return false
		}
	}
	return text != "" && len(text) <= maxName
}

func (l *loader) ports(r *reader) []gate.PortRange {
	const expected = `ports, such as ["22/tcp", "60000-60010/udp"]`
	texts := r.list("ports", expected)
	if len(texts) == 0 && !r.bad["ports"] && !r.has("on_open") && !r.has("on_close") {
		r.fail("ports", "ports: expected a list of %s", expected)
	}
	var ranges []gate.PortRange
	total := 0
	for _, text := range texts {
		p, ok := parsePorts(text)
		if !ok {
			r.fail("ports", "ports: %q is not a port; expected %s", text, expected)
			continue
		}
		ranges = append(ranges, p)
		total += int(p.High) - int(p.Low) + 1
	}
	if total > maxDoorPorts {
		r.fail("ports", "ports: %d ports; %d is the most for one door", total, maxDoorPorts)
	}
	return ranges
}

func parsePorts(text string) (gate.PortRange, bool) {
	numbers, protocol, found := strings.Cut(text, "/")
	low, high, isRange := strings.Cut(numbers, "-")
	if !isRange {
		high = low
	}
	l, errLow := strconv.ParseUint(low, 10, 16)
	h, errHigh := strconv.ParseUint(high, 10, 16)
	p := gate.PortRange{Low: uint16(l), High: uint16(h)}
	switch protocol {
	case "tcp":
		p.Protocol = step.TCP
	case "udp":
		p.Protocol = step.UDP
	}
	return p, found && p.Protocol != 0 && errLow == nil && errHigh == nil && l >= 1 && l <= h
}
