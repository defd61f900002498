// Package control is the daemon's own socket: one line of JSON in, one line of JSON out. Whoever may reach
// the socket may ask for the status; what changes something is for root only, and the kernel says who is
// asking (SO_PEERCRED), not the request.
package control

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"time"
)

const (
	maxRequest  = 4 << 10
	maxResponse = 8 << 20
	// deadline is for a request, and for an answer, to be passed on.
	deadline = 5 * time.Second
	// patience is for the daemon's work in between: ten thousand keys take a slow machine seconds to load.
	patience = time.Minute
	atOnce   = 8
)

// Peer is who is asking, as the kernel says.
type Peer struct {
	PID, UID, GID int
}

// Root tells whether the peer may change things.
func (p Peer) Root() bool { return p.UID == 0 }

// Handler answers one command; its result is sent as JSON, its error as words.
type Handler func(command string, arguments []string, peer Peer) (any, error)

type request struct {
	Version   int      `json:"v"`
	Command   string   `json:"command"`
	Arguments []string `json:"arguments,omitempty"`
}

type response struct {
	OK     bool            `json:"ok"`
	Error  string          `json:"error,omitempty"`
	Result json.RawMessage `json:"result,omitempty"`
}

// ErrNotRunning means that no daemon answers at the socket.
var ErrNotRunning = errors.New("no sallyportd is running with this config")

// Server answers on the socket until it is closed.
type Server struct {
	listener *net.UnixListener
	path     string
}

// Listen makes the socket, for owner and group only. A socket that a dead daemon left is replaced; the caller
// holds the lock that keeps two daemons apart.
func Listen(path string, handle Handler) (*Server, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, fmt.Errorf("control socket: %w", err)
	}
	var listener *net.UnixListener
	err := shortPath(path, func(short string) (err error) {
		if info, statErr := os.Lstat(path); statErr == nil {
			if info.Mode().Type() != os.ModeSocket {
				return fmt.Errorf("%s is there and is not a socket", path)
			}
			if err := os.Remove(path); err != nil {
				return err
			}
		}
		listener, err = net.ListenUnix("unix", &net.UnixAddr{Name: short, Net: "unix"})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("control socket: %w", err)
	}
	listener.SetUnlinkOnClose(false) // its idea of the path is the short one
	if err := os.Chmod(path, 0o660); err != nil {
		listener.Close()
		return nil, fmt.Errorf("control socket: %w", err)
	}
	s := &Server{listener, path}
	go s.serve(handle)
	return s, nil
}

// Close stops answering and removes the socket.
func (s *Server) Close() error {
	return errors.Join(s.listener.Close(), os.Remove(s.path))
}

func (s *Server) serve(handle Handler) {
	desks := newDesks()
	for {
		conn, err := s.listener.AcceptUnix()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			time.Sleep(10 * time.Millisecond) // out of descriptors: do not spin
			continue
		}
		_ = conn.SetDeadline(time.Now().Add(deadline))
		peer, err := peerOf(conn)
		if err == nil {
			err = desks.take(peer)
		} else {
			err = fmt.Errorf("the kernel does not say who is asking: %w", err)
		}
		if err != nil {
			answer(conn, nil, err) // a few bytes, which the socket takes at once
			conn.Close()
			continue
		}
		go func() {
			defer func() { conn.Close(); desks.leave(peer) }()
			result, err := ask(conn, handle, peer)
			answer(conn, result, err)
		}()
	}
}

// desks are where peers are served, so many at once. Root has its own, because others who ask slowly must not keep
// root from closing or opening the gate.
type desks struct{ root, others chan struct{} }

func newDesks() desks { return desks{make(chan struct{}, atOnce), make(chan struct{}, atOnce)} }

func (d desks) of(p Peer) chan struct{} {
	if p.Root() {
		return d.root
	}
	return d.others
}

func (d desks) take(p Peer) error {
	select {
	case d.of(p) <- struct{}{}:
		return nil
	default:
		return fmt.Errorf("%d others are being answered; try again in a moment", atOnce)
	}
}

func (d desks) leave(p Peer) { <-d.of(p) }

func answer(conn *net.UnixConn, result any, err error) {
	reply := response{}
	if err == nil {
		reply.Result, err = json.Marshal(result)
	}
	if reply.OK = err == nil; err != nil {
		reply.Error = err.Error()
	}
	_ = conn.SetWriteDeadline(time.Now().Add(deadline))
	_ = json.NewEncoder(conn).Encode(reply)
}

func ask(conn *net.UnixConn, handle Handler, peer Peer) (any, error) {
	r, err := readRequest(conn)
	if err != nil {
		return nil, err
	}
	return handle(r.Command, r.Arguments, peer)
}

// readRequest reads one line and no more than its bound.
func readRequest(from io.Reader) (r request, err error) {
	line, err := bufio.NewReader(io.LimitReader(from, maxRequest)).ReadBytes('\n')
	if err != nil {
		return request{}, fmt.Errorf("expected one line of JSON of at most %d bytes", maxRequest)
	}
	if err := json.Unmarshal(line, &r); err != nil || r.Version != 1 {
		return request{}, fmt.Errorf("expected {\"v\":1,\"command\":…,\"arguments\":[…]}")
	}
	return r, nil
}

// Call asks a running daemon and decodes its result.
func Call(path, command string, result any, arguments ...string) error {
	var conn net.Conn
	err := shortPath(path, func(short string) (err error) {
		// Not net.Dial: it brings a DNS resolver with it, some 100 kB of every installer.
		conn, err = net.DialUnix("unix", nil, &net.UnixAddr{Name: short, Net: "unix"})
		return err
	})
	if err != nil {
		if errors.Is(err, os.ErrPermission) {
			return fmt.Errorf("ask the daemon: %w (try as root)", err)
		}
		return fmt.Errorf("%w (%s: %v)", ErrNotRunning, path, errors.Unwrap(err))
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(patience))
	sent := json.NewEncoder(conn).Encode(request{1, command, arguments})
	var reply response
	// A daemon that is busy says so and hangs up without having read the question.
	if err := json.NewDecoder(io.LimitReader(conn, maxResponse)).Decode(&reply); err != nil {
		if sent != nil {
			return fmt.Errorf("ask the daemon: %w", sent)
		}
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return fmt.Errorf("the daemon has not answered for %s; see: sallyportd status, and its log", patience)
		}
		return fmt.Errorf("ask the daemon: its answer is not JSON: %w", err)
	}
	if !reply.OK {
		return fmt.Errorf("the daemon refused: %s", reply.Error)
	}
	return json.Unmarshal(reply.Result, result)
}
