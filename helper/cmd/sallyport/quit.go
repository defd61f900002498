package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"sallyport/helper/internal/client"
)

func (a *app) quit() *cobra.Command {
	return &cobra.Command{
		Use: "quit", Short: "End the app or the agent", Args: none,
		RunE: action(func(cmd *cobra.Command, _ []string) error {
			said, ran := "ended", true
			err := a.end(cmd.Context())
			if errors.Is(err, client.ErrNotRunning) {
				said, ran = "nothing was running", false
			} else if err != nil {
				return err
			}
			if a.json {
				a.printJSON(map[string]bool{"ended": ran})
				return nil
			}
			a.term.printf("%s", said)
			return nil
		}),
	}
}

// end tells what runs to end, and waits until it takes no more connections: a command that came right after would otherwise
// be taken by something that is about to go.
func (a *app) end(ctx context.Context) error {
	conn, err := a.dial(ctx)
	if err != nil {
		return err
	}
	_, err = answer(ctx, conn, "quit", nil, nil, &struct{}{})
	_ = conn.Close()
	if err != nil {
		return err
	}
	const patience, interval = 5 * time.Second, 20 * time.Millisecond
	for late := time.Now().Add(patience); time.Now().Before(late); {
		again, err := a.dial(ctx)
		switch {
		case errors.Is(err, client.ErrNotRunning):
			return nil
		case err != nil:
			return err
		}
		_ = again.Close()
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(interval):
		}
	}
	return client.Internal("look with: sallyport status", "it was told to end, but something still answers")
}
