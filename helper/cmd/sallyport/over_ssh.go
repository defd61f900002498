package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"sallyport/helper/internal/client"
	"sallyport/helper/internal/overssh"
	"sallyport/helper/internal/tty"
)

// overSSHFlags are passed on to the installer on the server.
type overSSHFlags struct {
	yes, forceClock, upgrade, replaceConfig bool
	trialTime                               int
}

var overSSHNames = []string{"yes", "force-clock", "upgrade", "replace-config", "trial-time"}

func (f *overSSHFlags) register(set *pflag.FlagSet) {
	set.BoolVarP(&f.yes, "yes", "y", false, "with --over-ssh: do not ask")
	set.BoolVar(&f.forceClock, "force-clock", false, "with --over-ssh: install although the server's clock is not synchronized")
	set.BoolVar(&f.upgrade, "upgrade", false, "with --over-ssh: keep the config that is there")
	set.BoolVar(&f.replaceConfig, "replace-config", false, "with --over-ssh: replace a config that is there and differs")
	numberVar(set, &f.trialTime, "trial-time", trialTime, "with --over-ssh: `seconds` after which an unconfirmed trial is put back, 30 to 3600")
}

func (f *overSSHFlags) given(set *pflag.FlagSet) string {
	for _, name := range overSSHNames {
		if set.Changed(name) {
			return name
		}
	}
	return ""
}

// options are those of the installer's own.
func (f *overSSHFlags) options() []string {
	options := []string{"--trial-time", strconv.Itoa(f.trialTime)}
	for i, given := range []bool{f.yes, f.forceClock, f.upgrade, f.replaceConfig} {
		if given {
			options = append(options, "--"+overSSHNames[i])
		}
	}
	return options
}

// trialTime is how long a trial lasts by itself, seconds.
const trialTime = 180

// clockLimit is how far the server's clock may be from ours; both sides allow for one period of 30 s.
const clockLimit = 20 * time.Second

// installation is one under way.
type installation struct {
	remote
	flags installerFlags
	sum   string
	there overssh.Uploaded
	// ended: the installer's run came to its end there, and so removed itself.
	ended bool
}

func (a *app) overSSH(cmd *cobra.Command, args []string, flags installerFlags) error {
	switch {
	case flags.out != "":
		return client.BadInput("", "expected --out or --over-ssh, not both")
	case flags.format != "sh":
		return client.BadInput("", "--over-ssh installs the format sh, not %s", flags.format)
	case flags.run.trialTime < 30 || flags.run.trialTime > 3600:
		return client.BadInput("", "--trial-time: expected 30 to 3600 seconds, got %d", flags.run.trialTime)
	case !flags.run.yes && !tty.Is(a.term.in):
		return client.BadInput("use --yes", "there is no terminal on which the server could ask")
	}
	return a.installOn(cmd.Context(), args, flags)
}

// ordered is an installation that the app asks for; the server asks in this terminal before anything is done.
func (a *app) ordered(ctx context.Context, order client.InstallOrder) error {
	return a.installOn(ctx, []string{order.Profile}, installerFlags{
		format: "sh", ask: order.Options.Secrets == "ask", allow: order.Options.Allow, arch: order.Options.Arches,
		run: overSSHFlags{trialTime: trialTime},
	})
}

func (a *app) installOn(ctx context.Context, args []string, flags installerFlags) error {
	i := &installation{remote: remote{app: a, lost: "a trial that is under way is put back by the server itself"}, flags: flags}
	if err := i.find(ctx, args); err != nil {
		return err
	}
	text, made, err := a.fetchInstaller(ctx, args[0], flags)
	if err != nil {
		return err
	}
	i.sum = made.SHA256
	closeShared, err := i.share()
	if err != nil {
		return err
	}
	defer closeShared()
	defer i.discard()
	if err := i.upload(ctx, text); err != nil {
		return err
	}
	changed, err := i.run(ctx)
	if err != nil {
		return err
	}
	return i.prove(ctx, changed)
}

func (i *installation) upload(ctx context.Context, text []byte) error {
	i.term.sayf("copying the installer to %s", i.target.Host)
	begin := time.Now()
	var err error
	if i.there, err = i.put(ctx, text, i.sum); err != nil {
		return err
	}
	off := time.Until(time.Unix(i.there.Time, 0))
	spent := time.Since(begin)
	if i.profile.Method != "static" && i.profile.Method != "one-time" && off.Abs() > clockLimit+spent && !i.flags.run.forceClock {
		return &client.Fault{Code: "refused", Exit: 1, Message: "the server's clock and this one differ by " + off.Abs().Round(time.Second).String() + ", and these knocks depend on the time",
			Hint: "set the clock that is wrong; nothing was run"}
	}
	return nil
}

// discard takes back an upload that the run has not ended with.
func (i *installation) discard() {
	if !i.ended {
		i.takeBack(i.there)
	}
}

// run has the installer do its work. Its words go to standard error as they come.
func (i *installation) run(ctx context.Context) (changed bool, err error) {
	link := i.shared
	link.Terminal = tty.Is(i.term.in)
	var said bytes.Buffer
	options := append(i.flags.run.options(), "--mark", i.sum)
	command := overssh.Run(i.there, link.Terminal, options)
	var in io.Reader
	if link.Terminal {
		in = i.term.in
	}
	err = i.ssh(ctx, overssh.Argv(i.target, link, command), in, io.MultiWriter(i.term.err, &said))
	var fault *client.Fault
	i.ended = err == nil || (errors.As(err, &fault) && fault.Code == "refused")
	if err != nil {
		return false, err
	}
	return !overssh.Unchanged(said.String(), i.sum), nil
}
