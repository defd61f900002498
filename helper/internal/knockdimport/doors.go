package knockdimport

import (
	"errors"
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sallyport/helper/internal/doorcmd"
	"sallyport/helper/internal/knockdconf"
	"sallyport/helper/internal/step"
)

const (
	longestOpen               = 24 * time.Hour
	shortWindow, longWindow   = time.Second, 120 * time.Second
	fewestSteps, longestNames = 3, 40
)

type usedSequence struct {
	door  string
	steps []step.Step
}

// judged is a door of the old file and what its start command means.
type judged struct {
	*knockdconf.Door
	rule  rule
	argv  []string
	why   error // why it is neither
	taken bool  // it closes what another door opens, and went there
}

func (i *importer) doors() {
	doors := make([]judged, len(i.config.Doors))
	for n := range i.config.Doors {
		d := &i.config.Doors[n]
		doors[n].Door = d
		start := d.Start.For(netip.IPv4Unspecified())
		if doors[n].rule, doors[n].why = understand(start); doors[n].why != nil {
			if argv, err := asArgv(start); err == nil {
				doors[n].argv, doors[n].why = argv, nil
			}
		}
	}
	partners := map[int]int{}
	for n, d := range doors {
		if d.why != nil || d.argv != nil || !d.rule.opens {
			continue
		}
		for m, other := range doors {
			if other.why == nil && other.argv == nil && !other.rule.opens && !doors[m].taken && other.OneTimeFile == "" &&
				slices.Equal(other.rule.ports, d.rule.ports) && len(other.Steps) > 0 {
				doors[m].taken = true
				partners[n] = m
				break
			}
		}
	}
	for n := range doors {
		var closer *judged
		if m, has := partners[n]; has {
			closer = &doors[m]
		}
		if !doors[n].taken {
			i.door(&doors[n], closer)
		}
	}
}

func (i *importer) door(d, closer *judged) {
	err := d.why
	switch {
	case err != nil:
		err = fmt.Errorf("its command is not understood: %w", err)
	case d.argv == nil && !d.rule.opens:
		err = errors.New("it closes what no other door of this file opens")
	case d.OneTimeFile == "":
		err = i.usable(d.Steps)
	}
	if err != nil {
		i.leaveOut(d.Door, err)
		return
	}
	if closer != nil {
		err := i.usable(closer.Steps)
		if contains(closer.Steps, d.Steps) || contains(d.Steps, closer.Steps) {
			err = fmt.Errorf("its sequence and that of [%s] are the same or one is part of the other", d.Name)
		}
		if err != nil {
			i.leaveOut(closer.Door, err)
			closer = nil
		}
	}
	i.emitted++
	name := i.name(d.Name)
	fmt.Fprintf(&i.out, "\n[[door]]\nname = %s\n", quote(name))
	i.note(d.Line, "[%s] → door %q", d.Name, name)
	if d.argv != nil {
		i.commands(d)
	} else {
		fmt.Fprintf(&i.out, "ports = %s\n", quoteAll(d.rule.ports))
		i.note(d.Lines["start_command"], "start_command → ports = %s; sallyportd closes these ports to everybody who has not knocked. Your firewall must let them in", quoteAll(d.rule.ports))
		if d.rule.everybody {
			i.note(d.Lines["start_command"], "the command let everybody in; the door opens for the address that knocked")
		}
	}
	i.openFor(d, closer)
	i.key(d, closer)
}

// commands makes a door that runs programs.
func (i *importer) commands(d *judged) {
	fmt.Fprintf(&i.out, "on_open = %s\n", quoteAll(d.argv))
	i.note(d.Lines["start_command"], "start_command → on_open, without a shell; it is run as the user sallyport without any capability: if it needs root, it fails")
	stop := d.Stop.For(netip.IPv4Unspecified())
	if stop == "" {
		return
	}
	argv, err := asArgv(stop)
	if err != nil {
		fmt.Fprintf(&i.out, "# on_close: %s\n", comment(stop))
		i.note(d.Lines["stop_command"], "stop_command is left as a comment: %v", err)
		return
	}
	fmt.Fprintf(&i.out, "on_close = %s\n", quoteAll(argv))
	i.note(d.Lines["stop_command"], "stop_command → on_close")
}

func (i *importer) openFor(d, closer *judged) {
	open := longestOpen
	switch stop := d.Stop.For(netip.IPv4Unspecified()); {
	case stop != "":
		open = min(max(d.StopAfter, time.Second), longestOpen)
		if line := d.Lines["cmd_timeout"]; line != 0 {
			i.note(line, "cmd_timeout → open_for")
		} else {
			i.note(d.Line, "cmd_timeout was left at 10 seconds → open_for")
		}
		if d.argv == nil {
			i.note(d.Lines["stop_command"], "stop_command → the kernel closes the door by itself when open_for is over")
		}
	case closer != nil:
		i.note(d.Line, "knockd left this open until [%s]; open_for = \"24h\" is the longest there is. Shorter is safer: sessions that are open are never cut", closer.Name)
	default:
		i.note(d.Line, "knockd never closed this; open_for = \"24h\" is the longest there is. Shorter is safer: sessions that are open are never cut")
	}
	fmt.Fprintf(&i.out, "open_for = %s\n", quote(seconds(open)))
}

func (i *importer) key(d, closer *judged) {
	fmt.Fprintf(&i.out, "  [[door.key]]\n  user = \"knockd\"\n")
	if d.OneTimeFile != "" {
		file, err := filepath.Abs(d.OneTimeFile)
		if err != nil {
			file = d.OneTimeFile
		}
		fmt.Fprintf(&i.out, "  method = \"one-time\"\n  sequences_file = %s\n", quote(file))
		i.note(d.Lines["one_time_sequences"], "one_time_sequences → sequences_file; used lines are remembered in state_dir and the file is never edited. It must be readable by the group sallyport and by nobody else (chgrp sallyport, chmod 0640)")
	} else {
		fmt.Fprintf(&i.out, "  method = \"sequence\"\n  sequence = %s\n", quote(step.Format(d.Steps)))
		i.used = append(i.used, usedSequence{d.Name, d.Steps})
		i.note(d.Lines["sequence"], "sequence → sequence, under sallyportd's rules: a doubled packet is harmless, a scan opens nothing")
	}
	if closer != nil {
		if d.OneTimeFile != "" {
			i.note(closer.Line, "[%s]: left out; a one-time key has no closing sequence, the door closes when open_for is over", closer.Name)
		} else {
			fmt.Fprintf(&i.out, "  close_sequence = %s\n", quote(step.Format(closer.Steps)))
			i.used = append(i.used, usedSequence{closer.Name, closer.Steps})
			i.note(closer.Line, "[%s] → close_sequence of [%s]; it ends what this key opened", closer.Name, d.Name)
		}
	}
	window := min(max(d.Timeout, shortWindow), longWindow)
	fmt.Fprintf(&i.out, "  window = %s\n", quote(seconds(window)))
	if line := d.Lines["seq_timeout"]; line != 0 {
		i.note(line, "seq_timeout → window = %q", seconds(window))
	}
	i.flags(d)
	i.leftovers(d)
}

func seconds(d time.Duration) string {
	if d == longestOpen {
		return "24h"
	}
	return fmt.Sprintf("%ds", int(d.Seconds()))
}

// asArgv makes a command that one program runs into an argument vector.
func asArgv(command string) ([]string, error) {
	commands, err := simpleCommands(command)
	if err != nil {
		return nil, err
	}
	if len(commands) > 1 {
		return nil, errors.New("it is several commands")
	}
	argv := commands[0]
	if strings.ContainsAny(strings.Join(argv, ""), "{}") {
		return nil, errors.New("it holds braces")
	}
	for n := range argv {
		argv[n] = strings.ReplaceAll(argv[n], knocker, "{ip}")
	}
	return argv, doorcmd.Template(argv).Check()
}
