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

const storeVariable = "SALLYPORT_KEYCHAIN"

// checkStore refuses a store that is none before anything is asked or started.
func checkStore() error {
	switch wanted := os.Getenv(storeVariable); wanted {
	case "", "os", "passphrase", "session":
		return nil
	default:
		return client.BadInput("", "%s is %q; expected os, passphrase or session", storeVariable, wanted)
	}
}

// warnOfOtherStore tells where this shell names a store and what runs keeps secrets in another: they would go there.
func (a *app) warnOfOtherStore(ctx context.Context, conn *client.Conn) {
	wanted := os.Getenv(storeVariable)
	if wanted == "" {
		return
	}
	var other struct{ Store string }
	if _, err := answer(ctx, conn, "hello", nil, nil, &other); err == nil && other.Store != "" && other.Store != wanted {
		a.warn(fmt.Sprintf("%s=%s has no effect: what runs keeps secrets in the store %q; to change that: sallyport quit, then this again",
			storeVariable, wanted, plaintext.Line(other.Store)))
	}
}

// otherStore puts the right hint on a fault of the secret store, where this shell names another store than the one that the
// running side was started with: it would go on failing, whatever the variable says.
func otherStore(ctx context.Context, conn *client.Conn, err error) error {
	var fault *client.Fault
	wanted := os.Getenv(storeVariable)
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
