package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"sallyport/helper/internal/client"
	"sallyport/helper/internal/overssh"
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
	set.IntVar(&f.trialTime, "trial-time", trialTime, "with --over-ssh: `seconds` after which an unconfirmed trial is put back, 30 to 3600")
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
	*app
	profile client.Profile
	target  overssh.Target
	// chosen: a person named the target, which need not be the profile's host.
	chosen bool
	flags  installerFlags
	shared overssh.Link
	sum    string
	there  overssh.Uploaded
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
	case !flags.run.yes && !isTerminal(a.term.in):
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
	i := &installation{app: a, flags: flags}
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

// find looks the profile up: ssh goes where it knocks, unless somebody says otherwise.
func (i *installation) find(ctx context.Context, args []string) error {
	var listed struct{ Profiles []client.Profile }
	if _, err := i.ask(ctx, "list", nil, nil, &listed); err != nil {
		return err
	}
	for _, profile := range listed.Profiles {
		if profile.Name == args[0] || profile.ID == args[0] {
			i.profile = profile
		}
	}
	if i.profile.ID == "" {
		return &client.Fault{Code: "not-found", Message: "there is no profile " + args[0], Exit: 2}
	}
	i.target = overssh.Target{Host: i.profile.Host, Port: i.profile.Port}
	if i.profile.User != nil {
		i.target.User = *i.profile.User
	}
	if len(args) == 2 {
		user, host, both := strings.Cut(args[1], "@")
		if !both {
			user, host = "", args[1]
		}
		i.target, i.chosen = overssh.Target{Host: host, User: user}, true
	}
	return client.CheckLogin(i.target.Host, i.target.User)
}

// share prepares one connection for upload and run, so that a password is asked for once. Windows' ssh cannot.
func (i *installation) share() (end func(), err error) {
	if runtime.GOOS == "windows" {
		return func() {}, nil
	}
	folder, err := os.MkdirTemp("", "sallyport-ssh-")
	if err != nil {
		return nil, &client.Fault{Code: "storage", Message: err.Error(), Exit: 5}
	}
	i.shared.Control = filepath.Join(folder, "s")
	return func() {
		argv := overssh.EndShared(i.target, i.shared.Control)
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = exec.CommandContext(ctx, argv[0], argv[1:]...).Run() // nothing is shared if it never came up
		_ = os.RemoveAll(folder)
	}, nil
}

func (i *installation) upload(ctx context.Context, text []byte) error {
	i.term.sayf("copying the installer to %s", i.target.Host)
	var said bytes.Buffer
	begin := time.Now()
	err := i.ssh(ctx, overssh.Argv(i.target, i.shared, overssh.Upload(i.sum)), bytes.NewReader(text), &said)
	there, unclear := overssh.ParseUploaded(said.String())
	i.there = there // also of a call that failed after it, so that it is discarded
	switch {
	case err != nil:
		return err
	case unclear != nil:
		return &client.Fault{Code: "refused", Message: unclear.Error(), Hint: "look whether a plain ssh login works and mktemp is there", Exit: 1}
	}
	off := time.Until(time.Unix(i.there.Time, 0))
	spent := time.Since(begin)
	switch {
	case i.there.SHA256 != i.sum:
		return &client.Fault{Code: "refused", Exit: 1, Message: "what arrived on the server is not what was sent: its SHA-256 is " + i.there.SHA256, Hint: "try again; nothing was run"}
	case i.profile.Method != "static" && i.profile.Method != "one-time" && off.Abs() > clockLimit+spent && !i.flags.run.forceClock:
		return &client.Fault{Code: "refused", Exit: 1, Message: "the server's clock and this one differ by " + off.Abs().Round(time.Second).String() + ", and these knocks depend on the time",
			Hint: "set the clock that is wrong; nothing was run"}
	}
	return nil
}

// discard takes back an upload that the run has not ended with, which may hold the secret. It has its own time: the
// command may have been interrupted.
func (i *installation) discard() {
	if i.there.Folder == "" || i.ended {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	link := i.shared
	link.Silent = true
	_ = i.ssh(ctx, overssh.Argv(i.target, link, overssh.Discard(i.there)), nil, io.Discard)
}

// run has the installer do its work. Its words go to standard error as they come.
func (i *installation) run(ctx context.Context) (changed bool, err error) {
	link := i.shared
	link.Terminal = isTerminal(i.term.in)
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

// ssh runs one call. What the person's ssh says, and asks on their terminal, is between them.
func (i *installation) ssh(ctx context.Context, argv []string, in io.Reader, out io.Writer) error {
	path, err := exec.LookPath(argv[0])
	if err != nil || !filepath.IsAbs(path) {
		return client.BadInput("install an OpenSSH client", "ssh was not found in PATH")
	}
	call := exec.CommandContext(ctx, path, argv[1:]...)
	call.Stdin, call.Stdout, call.Stderr = in, out, i.term.err
	call.Cancel = func() error { return call.Process.Signal(os.Interrupt) }
	call.WaitDelay = 5 * time.Second
	err = call.Run()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.As(err, &exit) && (exit.ExitCode() == 255 || exit.ExitCode() < 0): // or a signal ended it
		return &client.Fault{Code: "network", Message: "ssh could not log in to " + i.target.Host + ", or lost the connection", Hint: "a trial that is under way is put back by the server itself", Exit: 4}
	case errors.As(err, &exit):
		return &client.Fault{Code: "refused", Message: "the server ended with " + strconv.Itoa(exit.ExitCode()) + "; its words stand above", Exit: 1}
	case err != nil:
		return client.Internal("", "ssh: %s", err)
	}
	return nil
}
