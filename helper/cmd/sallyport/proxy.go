package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"sallyport/helper/internal/client"
)

const dialTimeout = 5 * time.Second

func (a *app) proxy() *cobra.Command {
	var profile string
	cmd := &cobra.Command{
		Use: "proxy --profile NAME", Short: "Knock, then pipe to the port: for ssh's ProxyCommand", Args: profileAsFlag,
		Long: "Knock at a profile, connect to the address that was knocked at, and pipe standard input and output.\n" +
			"Everything that is not the connection goes to standard error, with --json too.",
		Example: "  # ~/.ssh/config\n  Host web1\n    ProxyCommand sallyport proxy --profile web1",
	}
	cmd.Flags().StringVar(&profile, "profile", "", "the profile's `name` or id")
	_ = cmd.RegisterFlagCompletionFunc("profile", a.completeProfiles) // fails for a flag that is not there only
	cmd.RunE = action(func(cmd *cobra.Command, _ []string) error {
		a.term.out = a.term.err // before anything is said: standard output is the connection's
		if profile == "" {
			return client.BadInput("", "expected --profile NAME")
		}
		var answer client.Connection
		shown := progress{term: a.term, quiet: true}
		raw, err := a.ask(cmd.Context(), "proxy", map[string]any{"profile": profile}, shown.event, &answer)
		if err != nil {
			return err
		}
		if answer.Report != nil && endOf(*answer.Report) != nil {
			return a.stopAt(answer.Report, raw)
		}
		conn, err := dialPinned(cmd.Context(), answer.Address, answer.Port)
		if err != nil {
			return err
		}
		return pipe(cmd.Context(), conn, a.term.in, os.Stdout)
	})
	return cmd
}

// dialPinned connects to the very address that was knocked at; a name is refused, so nothing is resolved again.
func dialPinned(ctx context.Context, address string, port int) (*net.TCPConn, error) {
	ip, err := netip.ParseAddr(address)
	if err != nil || port < 1 || port > 65535 {
		return nil, client.Internal("", "sallyport's answer names no address and port to connect to")
	}
	dialer := net.Dialer{Timeout: dialTimeout}
	conn, err := dialer.DialContext(ctx, "tcp", netip.AddrPortFrom(ip, uint16(port)).String())
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err != nil {
		return nil, &client.Fault{Code: "network", Exit: 4, Message: "could not connect to " + address + ": " + dialReason(err)}
	}
	return conn.(*net.TCPConn), nil
}

func dialReason(err error) string {
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return "no answer within 5 s"
	}
	text := err.Error()
	return strings.TrimPrefix(text[strings.LastIndex(text, ": ")+1:], " ")
}

// pipe copies both ways until the far end is done. The end of in is passed on as a half-close, so that what the far end
// still has to say arrives; whoever reads out may go away without it being a fault.
func pipe(ctx context.Context, conn *net.TCPConn, in io.Reader, out io.Writer) error {
	signal.Ignore(syscall.SIGPIPE)
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	defer conn.Close()
	go func() {
		_, _ = io.Copy(conn, in) // a failure shows on the other direction too
		_ = conn.CloseWrite()
	}()
	_, err := io.Copy(out, conn)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err == nil, errors.Is(err, syscall.EPIPE), errors.Is(err, os.ErrClosed):
		return nil
	}
	return &client.Fault{Code: "network", Exit: 4, Message: "the connection broke: " + dialReason(err)}
}
