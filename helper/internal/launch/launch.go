// Package launch starts the other side of the control socket when nothing runs: the installed app in the background, else
// the agent of a checkout.
//
// It promises to look only where this program itself was installed, never in the current directory and never in a place
// that somebody could have prepared, and to wait for the socket or say what the start's log ends with.
package launch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"sallyport/helper/internal/client"
)

const (
	patience = 10 * time.Second
	interval = 40 * time.Millisecond
)

// Start runs argv detached from this terminal and gives the first connection to it. ctx's end stops what was started, so
// that an interrupted command leaves nothing behind.
func Start(ctx context.Context, argv []string, s client.Surroundings, home string) (*client.Conn, error) {
	logs, err := openLog(home)
	if err != nil {
		return nil, client.Internal("check who owns that folder, or name another home in SALLYPORT_HOME", "could not prepare Sallyport's folder: %s", err)
	}
	defer logs.file.Close()
	turn, conn, err := takeTurn(ctx, s, home)
	switch {
	case conn != nil:
		return conn, nil
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil:
		return nil, startFault(err, logs, argv)
	}
	defer turn.Close()
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir = home // not the caller's: a background process must not keep a disk from being unmounted
	cmd.Env = environment(os.Environ(), s, home)
	cmd.Stdout, cmd.Stderr = logs.file, logs.file
	detach(cmd)
	if err := cmd.Start(); err != nil {
		return nil, client.Internal("", "could not start %s: %s", argv[0], err)
	}
	ended := make(chan error, 1)
	go func() {
		ended <- cmd.Wait()
		close(ended)
	}()
	conn, err = await(ctx, ended, s, home)
	if err == nil {
		return conn, nil
	}
	_ = cmd.Process.Kill() // whatever came of it, nobody will talk to it
	select {               // it is gone when that is said, unless the kernel keeps it
	case <-ended:
	case <-time.After(time.Second):
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return nil, startFault(err, logs, argv)
}

// environment is ours, with a home that was named relative to our directory made absolute: the child has another.
func environment(ours []string, s client.Surroundings, home string) []string {
	if s.Env("SALLYPORT_HOME") == "" {
		return ours
	}
	return append(ours, "SALLYPORT_HOME="+home) // of several, the last counts: os/exec
}

func startFault(err error, logs *startLog, argv []string) error {
	var fault *client.Fault
	if errors.As(err, &fault) {
		return fault
	}
	return client.Internal(logs.tail(), "%s %s", filepath.Base(argv[len(argv)-1]), err)
}

var errTooLate = errors.New("did not open its control socket within 10 s")

// await polls for the socket. A process that ends well may have given way to another that is just starting; one that
// fails will not come.
func await(ctx context.Context, ended <-chan error, s client.Surroundings, home string) (*client.Conn, error) {
	late := time.NewTimer(patience)
	defer late.Stop()
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		conn, err := client.Dial(ctx, s, home)
		if !errors.Is(err, client.ErrNotRunning) {
			return conn, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-late.C:
			return nil, errTooLate
		case err := <-ended:
			if err != nil {
				return nil, fmt.Errorf("could not start: %w", err)
			}
			ended = nil
		case <-tick.C:
		}
	}
}

// Exists is how Find looks for files.
func Exists(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
