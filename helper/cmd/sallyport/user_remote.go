package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strconv"
	"strings"
	"time"

	"sallyport/helper/internal/client"
	"sallyport/helper/internal/overssh"
	"sallyport/helper/internal/plaintext"
	"sallyport/helper/internal/tty"
)

// asked looks the server up if something is to be done there.
func (r *remote) asked(ctx context.Context, args []string, overSSH bool) error {
	switch {
	case overSSH:
		return r.find(ctx, args)
	case len(args) == 2:
		return client.BadInput("", "USER@HOST goes with --over-ssh")
	}
	return nil
}

// daemon has sallyportd do something there, and gives what it said.
func (r *remote) daemon(ctx context.Context, words []string) (string, error) {
	if err := r.enter(ctx); err != nil {
		return "", err
	}
	answer, _, err := r.runDaemon(ctx, overssh.Daemon(tty.Is(r.term.in), words))
	return answer, err
}

// daemonWithSecret does so with a secret as its standard input, which leaves that for no terminal: the secret goes ahead,
// in a file that only the login's user can read and that is removed by the run, over the same connection.
func (r *remote) daemonWithSecret(ctx context.Context, words []string, secret string) (string, error) {
	if err := r.enter(ctx); err != nil {
		return "", err
	}
	end, err := r.share()
	if err != nil {
		return "", err
	}
	defer end()
	text := []byte(secret + "\n")
	sum := sha256.Sum256(text)
	there, err := r.put(ctx, text, hex.EncodeToString(sum[:]))
	if err == nil && r.shared.Control == "" { // a connection of its own, which the door may not let in any more
		err = r.enter(ctx)
	}
	if err != nil {
		r.takeBack(there)
		return "", err
	}
	answer, began, err := r.runDaemon(ctx, overssh.DaemonWithSecret(there, tty.Is(r.term.in), words))
	if !began {
		r.takeBack(there)
	}
	return answer, err
}

// enter knocks, unless the person named another way in: the login is behind the very door.
func (r *remote) enter(ctx context.Context) error {
	if r.chosen && r.target.Host != r.profile.Host {
		return nil
	}
	var reached client.Connection
	shown := progress{term: r.term, quiet: r.json}
	if _, err := r.ask(ctx, "proxy", map[string]any{"profile": r.profile.ID}, shown.event, &reached); err != nil {
		return err
	}
	r.target.Pinned = reached.Address
	return nil
}

// users lists who has a key there.
func (r *remote) users(ctx context.Context, words []string) ([]client.ServerUser, error) {
	said, err := r.daemon(ctx, append(words, "--json"))
	if err != nil {
		return nil, err
	}
	return parseUsers(said)
}

// runDaemon tells, besides what the daemon's program said, whether it began at all.
func (r *remote) runDaemon(ctx context.Context, command string) (answer string, began bool, err error) {
	link := r.shared
	link.Terminal = tty.Is(r.term.in)
	var in io.Reader
	if link.Terminal {
		in = r.term.in
	}
	said := &overssh.Said{Before: r.term.err}
	exit, err := r.call(ctx, overssh.Argv(r.target, link, command), in, said)
	answer, began = said.After(), said.Began
	if (err != nil || exit != 0) && answer != "" {
		r.term.sayf("%s", plaintext.Lines(answer))
	}
	host := plaintext.Line(r.target.Host)
	switch {
	case err != nil:
		return "", began, err
	case exit == overssh.NoDaemon && !began:
		return "", false, &client.Fault{Code: "refused", Exit: 1, Message: "there is no sallyportd on " + host,
			Hint: "set it up: sallyport installer NAME --over-ssh; for knockd and fwknopd, keys are added in their own files"}
	case exit != 0:
		return "", began, &client.Fault{Code: "refused", Exit: 1, Message: "the server ended with " + strconv.Itoa(exit) + "; its words stand above"}
	case !began:
		return "", false, &client.Fault{Code: "refused", Exit: 1, Message: "sallyportd was not run on " + host + ", although the login ended well",
			Hint: "this login may run one command only; name another: --over-ssh USER@HOST"}
	}
	return answer, true, nil
}

// orderedUser is what the app asks for; the person has agreed to it there.
func (a *app) orderedUser(ctx context.Context, order client.UserOrder) error {
	r := &remote{app: a, lost: "look who has a key, in Sallyport under People and phones, before you try again"}
	if err := r.find(ctx, []string{order.Profile}); err != nil {
		return err
	}
	a.term.sayf("on %s: sallyportd %s", plaintext.Line(r.target.Host), plaintext.Line(strings.Join(order.Words, " ")))
	var answer string
	var err error
	switch order.Do {
	case "add":
		answer, err = r.daemonWithSecret(ctx, order.Words, order.Secret)
		a.tellDone(ctx, client.UserDone{Profile: order.Profile, User: order.User, Added: err == nil})
	default:
		answer, err = r.daemon(ctx, order.Words)
	}
	if err != nil {
		return err
	}
	a.term.printf("%s", plaintext.Lines(answer))
	return nil
}

// tellDone tells the app that ordered it; one that has gone need not know. It has its own time: the command may have been
// interrupted, which is worth telling.
func (a *app) tellDone(ctx context.Context, done client.UserDone) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	conn, err := a.dial(ctx)
	if err != nil {
		return
	}
	defer conn.Close()
	var told struct{}
	_, _ = answer(ctx, conn, "userDone", done, nil, &told)
}
