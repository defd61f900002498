//go:build unix

package client

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"syscall"
)

// Dial reaches whatever runs for home. Nothing running is ErrNotRunning; something that cannot be trusted is a Fault.
func Dial(ctx context.Context, s Surroundings, home string) (*Conn, error) {
	socket := s.SocketPath(home)
	if err := trustSocket(socket, s.UID); err != nil {
		return nil, err
	}
	stream, err := (&net.Dialer{}).DialContext(ctx, "unix", socket)
	switch {
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, fs.ErrNotExist):
		return nil, ErrNotRunning
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil:
		return nil, Internal("", "the control socket does not answer: %s", err)
	}
	conn := newConn(stream)
	if err := trustPeer(stream.(*net.UnixConn), s.UID); err != nil {
		_ = conn.Close()
		return nil, Internal("", "%s: %s", socket, err)
	}
	text, err := readKey(KeyFile(home), s.UID)
	if err == nil && text != nil {
		err = proveKey(ctx, conn, text)
	}
	if err != nil {
		_ = conn.Close()
		return nil, unproven(ctx, KeyFile(home), err)
	}
	return conn, nil
}

// trustPeer asks the kernel who listens, which no rename of a folder can fool.
func trustPeer(stream *net.UnixConn, uid int) error {
	raw, err := stream.SyscallConn()
	if err != nil {
		return err
	}
	var peer int
	var peerErr error
	if err := raw.Control(func(fd uintptr) { peer, peerErr = peerUID(int(fd)) }); err != nil {
		return err
	}
	if peerErr != nil {
		return peerErr
	}
	if peer != uid {
		return errors.New("another user listens there, so it cannot be trusted")
	}
	return nil
}
