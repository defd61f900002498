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

	"sallyport/helper/internal/client"
	"sallyport/helper/internal/overssh"
)

// remote is a profile's server, where the person's own ssh logs in.
type remote struct {
	*app
	profile client.Profile
	target  overssh.Target
	// chosen: a person named the target, which need not be the profile's host.
	chosen bool
	shared overssh.Link
	// lost is what to know when the connection is.
	lost string
}

// find looks the profile up: ssh goes where it knocks, unless somebody says otherwise.
func (r *remote) find(ctx context.Context, args []string) error {
	var listed struct{ Profiles []client.Profile }
	if _, err := r.ask(ctx, "list", nil, nil, &listed); err != nil {
		return err
	}
	for _, profile := range listed.Profiles {
		if profile.Name == args[0] || profile.ID == args[0] {
			r.profile = profile
		}
	}
	if r.profile.ID == "" {
		return &client.Fault{Code: "not-found", Message: "there is no profile " + args[0], Exit: 2}
	}
	r.target = overssh.Target{Host: r.profile.Host, Port: r.profile.Port}
	if r.profile.User != nil {
		r.target.User = *r.profile.User
	}
	if len(args) == 2 {
		user, host, both := strings.Cut(args[1], "@")
		if !both {
			user, host = "", args[1]
		}
		r.target, r.chosen = overssh.Target{Host: host, User: user}, true
	}
	return client.CheckLogin(r.target.Host, r.target.User)
}

// share prepares one connection for upload and run, so that a password is asked for once. Windows' ssh cannot.
func (r *remote) share() (end func(), err error) {
	if runtime.GOOS == "windows" {
		return func() {}, nil
	}
	folder, err := os.MkdirTemp("", "sallyport-ssh-")
	if err != nil {
		return nil, &client.Fault{Code: "storage", Message: err.Error(), Exit: 5}
	}
	r.shared.Control = filepath.Join(folder, "s")
	return func() {
		argv := overssh.EndShared(r.target, r.shared.Control)
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = exec.CommandContext(ctx, argv[0], argv[1:]...).Run() // nothing is shared if it never came up
		_ = os.RemoveAll(folder)
	}, nil
}

// put uploads a text that no argument may hold. What it says is there also after a failure, to be taken back.
func (r *remote) put(ctx context.Context, text []byte, sum string) (overssh.Uploaded, error) {
	var said bytes.Buffer
	err := r.ssh(ctx, overssh.Argv(r.target, r.shared, overssh.Upload(sum)), bytes.NewReader(text), &said)
	there, unclear := overssh.ParseUploaded(said.String())
	switch {
	case err != nil:
		return there, err
	case unclear != nil:
		return there, &client.Fault{Code: "refused", Message: unclear.Error(), Hint: "look whether a plain ssh login works and mktemp is there", Exit: 1}
	case there.SHA256 != sum:
		return there, &client.Fault{Code: "refused", Exit: 1, Message: "what arrived on the server is not what was sent: its SHA-256 is " + there.SHA256, Hint: "try again; nothing was run"}
	}
	return there, nil
}

// takeBack removes an upload that no run has taken over, which may hold a secret. It has its own time: the command may
// have been interrupted.
func (r *remote) takeBack(there overssh.Uploaded) {
	if there.Folder == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	link := r.shared
	link.Silent = true
	_ = r.ssh(ctx, overssh.Argv(r.target, link, overssh.Discard(there)), nil, io.Discard)
}

// ssh runs one call, which must end well there.
func (r *remote) ssh(ctx context.Context, argv []string, in io.Reader, out io.Writer) error {
	exit, err := r.call(ctx, argv, in, out)
	if err == nil && exit != 0 {
		err = &client.Fault{Code: "refused", Message: "the server ended with " + strconv.Itoa(exit) + "; its words stand above", Exit: 1}
	}
	return err
}

// call runs ssh and gives the code that the command there ended with. What the person's ssh says, and asks on their
// terminal, is between them.
func (r *remote) call(ctx context.Context, argv []string, in io.Reader, out io.Writer) (exit int, err error) {
	path, err := exec.LookPath(argv[0])
	if err != nil || !filepath.IsAbs(path) {
		return 0, client.BadInput("install an OpenSSH client", "ssh was not found in PATH")
	}
	call := exec.CommandContext(ctx, path, argv[1:]...)
	call.Stdin, call.Stdout, call.Stderr = in, out, r.term.err
	call.Cancel = func() error { return call.Process.Signal(os.Interrupt) }
	call.WaitDelay = 5 * time.Second
	err = call.Run()
	var ended *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return 0, context.Cause(ctx)
	case errors.As(err, &ended) && (ended.ExitCode() == sshsOwn || ended.ExitCode() < 0): // or a signal ended it
		return 0, &client.Fault{Code: "network", Message: "ssh could not log in to " + r.target.Host + ", or lost the connection", Hint: r.lost, Exit: 4}
	case errors.As(err, &ended):
		return ended.ExitCode(), nil
	case err != nil:
		return 0, client.Internal("", "ssh: %s", err)
	}
	return 0, nil
}
