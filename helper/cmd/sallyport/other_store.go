package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"sallyport/helper/internal/client"
	"sallyport/helper/internal/plaintext"
)

// otherStore puts the right hint on a fault of the secret store, where this shell names another store than the one that the
// running side was started with: it would go on failing, whatever the variable says.
func otherStore(ctx context.Context, conn *client.Conn, err error) error {
	var fault *client.Fault
	wanted := os.Getenv("SALLYPORT_KEYCHAIN")
	if wanted == "" || !errors.As(err, &fault) || !strings.HasPrefix(fault.Code, "keychain-") {
		return err
	}
	var s client.Status
	if _, failed := answer(ctx, conn, "status", nil, nil, &s); failed != nil || s.Secrets.Store == wanted {
		return err
	}
	fault.Hint = fmt.Sprintf("what runs keeps secrets in the store %q; for %s run: sallyport quit, and then this again",
		plaintext.Line(s.Secrets.Store), plaintext.Line(wanted))
	return fault
}
