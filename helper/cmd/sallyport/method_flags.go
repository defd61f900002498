package main

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"sallyport/helper/internal/client"
)

// methodFlags are the flags that say how to knock, shared by add and knock.
type methodFlags struct {
	set                                                                 *pflag.FlagSet
	sequence, sequenceFile, closeSequenceFile, rotatingKey, oneTimeFile string
	rotation                                                            rotationFlags
	tcpFlags                                                            []string
	spa                                                                 spaFlags
}

// rotationFlags are the parameters of a rotating sequence, shared by those and derive.
type rotationFlags struct {
	period, steps int
	protocols     []string
	portRange     string
}

const (
	flagSequence      = "sequence"
	flagSequenceFile  = "sequence-file"
	flagCloseSequence = "close-sequence-file"
	flagRotating      = "rotating-secret-file"
	flagOneTime       = "one-time-file"
)

// rotationNames are the flags that only a rotating sequence has.
var rotationNames = []string{"period", "steps", "protocols", "range"}

func newMethodFlags(set *pflag.FlagSet) *methodFlags {
	f := &methodFlags{set: set}
	set.StringVar(&f.sequence, flagSequence, "", "the knock `sequence`, like 7000:tcp,8000:udp,icmp:128 (others can see it; prefer a file)")
	set.StringVar(&f.sequenceFile, flagSequenceFile, "", "a `file` with the knock sequence, or -")
	set.StringVar(&f.closeSequenceFile, flagCloseSequence, "", "a `file` with the sequence that closes the door again, or -")
	set.StringVar(&f.oneTimeFile, flagOneTime, "", "a `file` with sequences that each work once, one a line, or - (knockd's format)")
	set.StringVar(&f.rotatingKey, flagRotating, "", "a `file` with the base32 secret of a rotating sequence, or -")
	set.StringSliceVar(&f.tcpFlags, "tcp-flags", nil, "the `flags` of TCP steps, like syn,fin (syn)")
	f.rotation.register(set)
	f.spa.register(set)
	return f
}

func (r *rotationFlags) register(set *pflag.FlagSet) {
	numberVar(set, &r.period, "period", 0, "rotating: `seconds` that a sequence lives (30)")
	numberVar(set, &r.steps, "steps", 0, "rotating: `number` of steps (5)")
	set.StringSliceVar(&r.protocols, "protocols", nil, "rotating: `list` of tcp, udp, icmp (tcp,udp)")
	set.StringVar(&r.portRange, "range", "", "rotating: ports `low-high` (10000-49999)")
}

// check refuses zeros and empty text that were written out: left alone they would mean the default.
func (r *rotationFlags) check(set *pflag.FlagSet) error {
	refuse := func(yes bool, name, expected string) error {
		if yes && set.Changed(name) {
			return client.BadInput("", "--%s: expected a value %s", name, expected)
		}
		return nil
	}
	return errors.Join(refuse(r.period < 1, "period", "of 1 or more"), refuse(r.steps < 1, "steps", "of 1 or more"),
		refuse(len(r.protocols) == 0, "protocols", "that is not empty"), refuse(r.portRange == "", "range", "that is not empty"))
}

// protocolNames are the protocols as sallyportd reads them too: in any case, with spaces around them.
func (r *rotationFlags) protocolNames() []string {
	var names []string
	for _, name := range r.protocols {
		names = append(names, strings.ToLower(strings.TrimSpace(name)))
	}
	return names
}

// given says whether any method was named.
func (f *methodFlags) given() bool { return f.count() > 0 }

func (f *methodFlags) count() int {
	n := 0
	for _, name := range methodNames {
		if f.set.Changed(name) {
			n++
		}
	}
	return n
}

// methodNames are the flags of which exactly one is given.
var methodNames = []string{flagSequence, flagSequenceFile, flagOneTime, flagRotating, flagSPAKey}

// leftover names a flag that means nothing without a method.
func (f *methodFlags) leftover() string {
	for _, name := range slices.Concat([]string{flagCloseSequence, "tcp-flags", "port"}, rotationNames, spaNames) {
		if f.set.Changed(name) {
			return name
		}
	}
	return ""
}

// changed is the first of names that was given, or nothing.
func (f *methodFlags) changed(names []string) string {
	for _, name := range names {
		if f.set.Changed(name) {
			return name
		}
	}
	return ""
}

// method reads the secrets that the flags name.
func (f *methodFlags) method(ctx context.Context, a *app) (*client.Method, error) {
	if f.count() != 1 {
		return nil, client.BadInput("", "expected exactly one of --%s", strings.Join(methodNames, ", --"))
	}
	if f.set.Changed("tcp-flags") && len(f.tcpFlags) == 0 {
		return nil, client.BadInput("", "--tcp-flags: expected flags, like syn,fin")
	}
	if f.set.Changed(flagSPAKey) {
		return f.singlePacket(ctx, a)
	}
	if name := f.changed(spaNames); name != "" {
		return nil, client.BadInput("", "--%s goes with --%s", name, flagSPAKey)
	}
	if f.set.Changed(flagRotating) {
		return f.rotating(ctx, a)
	}
	if f.set.Changed(flagOneTime) {
		return f.oneTime(ctx, a)
	}
	return f.static(ctx, a)
}

func (f *methodFlags) rotating(ctx context.Context, a *app) (*client.Method, error) {
	if f.set.Changed(flagCloseSequence) {
		return nil, client.BadInput("", "--%s goes with a fixed sequence; a rotating one has a closing sequence of its own", flagCloseSequence)
	}
	if err := f.rotation.check(f.set); err != nil {
		return nil, err
	}
	secret, err := a.readKey(ctx, flagRotating, f.rotatingKey)
	if err != nil {
		return nil, err
	}
	r := f.rotation
	return &client.Method{Kind: "rotating", Secret: secret, Period: r.period, Steps: r.steps, Protocols: r.protocolNames(), Range: r.portRange}, nil
}

func (f *methodFlags) oneTime(ctx context.Context, a *app) (*client.Method, error) {
	if f.set.Changed(flagCloseSequence) {
		return nil, client.BadInput("", "--%s goes with a fixed sequence; what --%s opens closes by itself", flagCloseSequence, flagOneTime)
	}
	if name := f.changed(rotationNames); name != "" {
		return nil, client.BadInput("", "--%s goes with --%s", name, flagRotating)
	}
	list, err := a.readList(ctx, flagOneTime, f.oneTimeFile)
	if err != nil {
		return nil, err
	}
	return &client.Method{Kind: "one-time", List: list}, nil
}

func (f *methodFlags) static(ctx context.Context, a *app) (*client.Method, error) {
	if name := f.changed(rotationNames); name != "" {
		return nil, client.BadInput("", "--%s goes with --%s", name, flagRotating)
	}
	if f.sequenceFile == "-" && f.closeSequenceFile == "-" {
		return nil, client.BadInput("", "--%s and --%s cannot both read standard input", flagSequenceFile, flagCloseSequence)
	}
	m := &client.Method{Kind: "static", Sequence: strings.TrimSpace(f.sequence)}
	var err error
	if f.set.Changed(flagSequence) {
		a.warn("--sequence shows in process lists and shell history; --sequence-file does not")
		if m.Sequence == "" {
			return nil, client.BadInput("", "--%s: expected steps, like 7000:tcp,8000:udp", flagSequence)
		}
	} else if m.Sequence, err = a.readSecret(ctx, flagSequenceFile, f.sequenceFile); err != nil {
		return nil, err
	}
	if f.set.Changed(flagCloseSequence) {
		if m.CloseSequence, err = a.readSecret(ctx, flagCloseSequence, f.closeSequenceFile); err != nil {
			return nil, err
		}
	}
	return m, nil
}
