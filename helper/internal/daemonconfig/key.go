package daemonconfig

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"sallyport/helper/internal/matcher"
	"sallyport/helper/internal/rks1"
	"sallyport/helper/internal/step"
)

const (
	// MaxSkew is how many periods off a clock may be.
	MaxSkew              = 5
	minStaticSteps       = 3
	maxStaticSteps       = 32
	minWindow, maxWindow = time.Second, 120 * time.Second
)

func (l *loader) key(t *table, door string) Key {
	user, _ := t.values["user"].(string)
	r := l.reader(t, fmt.Sprintf("door %q, key of %q", door, user))
	key := Key{User: r.name("user", "alice")}
	methods := []string{"rotating", "sequence", "one-time", "spa"}
	switch method := r.oneOf("method", "", methods...); method {
	case "rotating":
		key.Rotating = l.rotating(r)
		r.finish()
	case "sequence":
		key.Sequence = l.sequence(r)
		r.finish()
	case "spa":
		key.SPA = l.spa(r)
		r.finish()
	case "one-time":
		key.OneTime = l.oneTime(r)
		r.finish()
	default:
		if !r.has("method") {
			r.fail("method", "method is missing; expected %s", oneOf(methods))
		}
	}
	return key
}

func (l *loader) rotating(r *reader) *Rotating {
	p := rks1.Defaults()
	p.Period = int64(r.duration("period", time.Duration(p.Period)*time.Second, rks1.MinPeriod*time.Second, rks1.MaxPeriod*time.Second) / time.Second)
	p.Steps = int(r.integer("steps", int64(p.Steps), rks1.MinSteps, rks1.MaxSteps))
	p.Protocols = protocols(r, p.Protocols)
	if text := r.text("range", "", `a range of ports, such as "10000-49999"`); text != "" {
		if low, high, err := rks1.ParseRange(text); err != nil {
			r.fail("range", "range: %v", err)
		} else {
			p.Low, p.High = low, high
		}
	}
	key := &Rotating{Params: p, Skew: int(r.integer("skew", 1, 0, MaxSkew))}
	var wrong rks1.Problem
	if errors.As(p.Check(), &wrong) {
		r.fail(r.anyOf(wrong.Parameter, "steps", "protocols"), "%s", wrong.Message)
	} else {
		for _, known := range p.Warnings() {
			r.warn(r.anyOf(known.Parameter, "steps", "protocols"), "%s", known.Message)
		}
	}
	key.Secret = l.secret(r)
	return key
}

// protocols reads the list of a rotating key; in the place of one that does not hold stands fallback, so that what else
// is wrong with the key is told as well.
func protocols(r *reader, fallback []step.Protocol) []step.Protocol {
	list := r.list("protocols", `protocols, such as ["tcp", "udp"]`)
	if !r.has("protocols") || r.bad["protocols"] {
		return fallback
	}
	var protocols []step.Protocol
	for _, text := range list {
		protocol, err := step.ParseProtocol(text)
		if err != nil {
			r.fail("protocols", "protocols: %v", err)
			return fallback
		}
		protocols = append(protocols, protocol)
	}
	return protocols
}

// secret reads secret or secret_file; errors never repeat it.
func (l *loader) secret(r *reader) []byte {
	text, from := l.secretText(r, "secret", "secret_file", "a base32 secret")
	if from == "" {
		return nil
	}
	secret, err := rks1.ParseSecret(text)
	if err != nil {
		r.fail(from, "%s: %v", from, err)
		return nil
	}
	l.noteSecret(r, from, secret)
	return secret
}

// secretText gives the text of a secret from a value or a file, and which of the two it came from; nothing when
// there is none or it is not safe.
func (l *loader) secretText(r *reader, inlineName, fileName, expected string) (text, from string) {
	inline := r.text(inlineName, "", expected)
	file := r.text(fileName, "", "the name of a file that holds "+expected)
	switch {
	case inline == "" && file == "":
		if !r.has(inlineName) && !r.has(fileName) {
			r.fail("method", "there is no %s; expected %s = \"…\" (or %s = \"…\")", inlineName, fileName, inlineName)
		}
	case inline != "" && file != "":
		r.fail(inlineName, "both %s and %s are given; expected one of them", inlineName, fileName)
	case file != "":
		text, err := l.readSecretFile(file)
		if err != nil {
			r.fail(fileName, "%s: %v", fileName, err)
			return "", ""
		}
		return text, fileName
	case l.mode&0o006 != 0:
		r.fail(inlineName, "%s: everybody on this machine can read or write %s (mode %04o); expected no access for others: chmod o-rwx %s",
			inlineName, l.file, l.mode.Perm(), l.file)
	default:
		return inline, inlineName
	}
	return "", ""
}

// noteSecret refuses a secret that is used twice. It is kept as a hash, so that the loader holds no second copy.
func (l *loader) noteSecret(r *reader, from string, secret []byte) {
	sum := sha256.Sum256(secret)
	if first, twice := l.secrets[string(sum[:])]; twice {
		r.fail(from, "this secret is used already (%s); expected one of its own for every key", first)
	}
	l.secrets[string(sum[:])] = fmt.Sprintf("%s, line %d", r.where, r.lineOf(from))
}

func (l *loader) sequence(r *reader) *Sequence {
	key := &Sequence{
		Open:   l.steps(r, "sequence"),
		Window: r.duration("window", 15*time.Second, minWindow, maxWindow),
	}
	if key.Open == nil && !r.has("sequence") {
		r.fail("sequence", "sequence is missing; expected steps such as \"7000:tcp,8000:udp,9000:tcp\"")
	}
	key.Close = l.steps(r, "close_sequence")
	key.Flags = tcpFlags(r)
	if l.mode&0o006 != 0 {
		r.warn("sequence", "the sequence is a secret and everybody on this machine can read or write %s (mode %04o): chmod o-rwx %s", l.file, l.mode.Perm(), l.file)
	}
	return key
}

func tcpFlags(r *reader) (flags matcher.TCPFlags) {
	if text := r.text("tcpflags", "", `TCP flags, such as "syn" or "syn,!ack"`); text != "" {
		var err error
		if flags, err = matcher.ParseTCPFlags(text); err != nil {
			r.fail("tcpflags", "tcpflags: %v", err)
		} else if !flags.OnlyPureSYN() {
			r.warn("tcpflags", "tcpflags = %q also takes packets of ordinary connections; \"syn\" is safer", text)
		}
	}
	return flags
}

func (l *loader) steps(r *reader, key string) []step.Step {
	text := r.text(key, "", `steps, such as "7000:tcp,8000:udp,9000:tcp"`)
	if text == "" {
		return nil
	}
	steps, err := step.Parse(text)
	if err != nil {
		r.fail(key, "%s: %v", key, err)
		return nil
	}
	if err := usable(steps); err != nil {
		r.fail(key, "%s: %v", key, err)
		return nil
	}
	for _, warning := range weaknesses(steps) {
		r.warn(key, "%s: %s", key, warning)
	}
	l.statics = append(l.statics, staticUse{steps: steps, where: fmt.Sprintf("%s, %s", r.where, key), line: r.lineOf(key)})
	return steps
}

// usable tells what is wrong with the steps of a sequence that is not derived.
func usable(steps []step.Step) error {
	if len(steps) < minStaticSteps || len(steps) > maxStaticSteps {
		return fmt.Errorf("%d steps; expected %d to %d", len(steps), minStaticSteps, maxStaticSteps)
	}
	for i := 1; i < len(steps); i++ {
		if steps[i] == steps[i-1] {
			return fmt.Errorf("steps %d and %d are the same; expected no step twice running, because doubled packets are ignored", i, i+1)
		}
	}
	return nil
}
