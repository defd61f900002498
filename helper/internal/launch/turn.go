package launch

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"sallyport/helper/internal/client"
)

// takeTurn makes sure that of several commands that find nothing running only one starts something: without it, one that
// was started in vain could come up after the first was told to quit. It gives either the turn, to be closed when the
// start is over, or a connection to what another command has started meanwhile.
func takeTurn(ctx context.Context, s client.Surroundings, home string) (*os.File, *client.Conn, error) {
	turn, err := os.OpenFile(filepath.Join(home, "logs", "agent-start.lock"), os.O_RDWR|os.O_CREATE|noFollow, 0o600)
	if err != nil {
		return nil, nil, err
	}
	late := time.Now().Add(2 * patience) // another's whole start, and then some
	for {
		mine, err := tryLock(turn)
		if err != nil {
			_ = turn.Close()
			return nil, nil, err
		}
		conn, err := client.Dial(ctx, s, home)
		if !errors.Is(err, client.ErrNotRunning) {
			_ = turn.Close()
			return nil, conn, err
		}
		if mine {
			return turn, nil, nil
		}
		if time.Now().After(late) {
			_ = turn.Close()
			return nil, nil, errTooLate
		}
		select {
		case <-ctx.Done():
			_ = turn.Close()
			return nil, nil, context.Cause(ctx)
		case <-time.After(interval):
		}
	}
}
