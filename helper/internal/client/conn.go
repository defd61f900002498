package client

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"time"
)

// After quiet without a line the other side is asked whether it is still there, and has patience to say so. A call may
// take long by right (a code of the next period, a person who unlocks the keychain), a process may not.
const (
	quiet    = 10 * time.Second
	patience = 5 * time.Second
)

// Conn is one trusted connection. It carries one call at a time.
type Conn struct {
	stream          io.ReadWriteCloser
	lines           *lineReader
	lastID          int
	quiet, patience time.Duration
}

func newConn(stream io.ReadWriteCloser) *Conn {
	return &Conn{stream: stream, lines: newLineReader(stream), quiet: quiet, patience: patience}
}

type request struct {
	V      int    `json:"v"`
	ID     int    `json:"id"`
	Method string `json:"method"`
	Params any    `json:"params"`
}

type answer struct {
	ID    *int            `json:"id"`
	Event json.RawMessage `json:"event"`
	OK    json.RawMessage `json:"ok"`
	Error *Fault          `json:"error"`
}

// Call asks for one thing, hands each event to onEvent (which may be nil) and gives the raw "ok". When ctx ends the
// connection is closed, which cancels what was asked for, and ctx's cause is returned. So it is when the other side is
// frozen.
func (c *Conn) Call(ctx context.Context, method string, params any, onEvent func(Event)) (json.RawMessage, error) {
	ctx, giveUp := context.WithCancelCause(ctx)
	defer giveUp(nil)
	stop := context.AfterFunc(ctx, func() { _ = c.Close() })
	defer stop()
	ok, err := c.call(method, params, onEvent, c.watch(giveUp))
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return ok, err
}

func (c *Conn) call(method string, params any, onEvent func(Event), watch *watch) (json.RawMessage, error) {
	defer watch.end()
	if params == nil {
		params = struct{}{}
	}
	c.lastID++
	if err := writeLine(c.stream, request{V: 1, ID: c.lastID, Method: method, Params: params}); err != nil {
		if errors.Is(err, errLineTooLong) {
			return nil, BadInput("", "what was asked is too long: at most %d bytes fit", maxRequest)
		}
		return nil, c.broken(err)
	}
	for {
		var a answer
		if err := c.lines.readJSON(&a); err != nil {
			return nil, c.broken(err)
		}
		if watch.heard(a.ID) {
			continue
		}
		if a.Error != nil && (a.ID == nil || *a.ID == c.lastID) {
			return nil, checked(a.Error)
		}
		if a.ID == nil || *a.ID != c.lastID {
			return nil, c.broken(errors.New("an answer to something that was not asked"))
		}
		switch {
		case a.OK != nil:
			return a.OK, nil
		case a.Event == nil:
			return nil, c.broken(errors.New("an answer without ok, event or error"))
		case onEvent != nil:
			var e Event
			if err := json.Unmarshal(a.Event, &e); err != nil {
				return nil, c.broken(err)
			}
			onEvent(e)
		}
	}
}

// checked keeps a fault of the other side within what callers may rely on.
func checked(f *Fault) *Fault {
	if f.Exit < 1 || f.Exit > 5 {
		f.Exit = 5
	}
	if f.Code == "" {
		f.Code = CodeInternal
	}
	if f.Message == "" {
		f.Message = "sallyport gave no reason (" + f.Code + ")"
	}
	return f
}

func (c *Conn) broken(err error) *Fault {
	_ = c.Close()
	if errors.Is(err, io.EOF) {
		return Internal("try again; if it stays, look into the logs folder that sallyport status names", "sallyport closed the connection without an answer")
	}
	return Internal("", "sallyport's answer makes no sense: %s", err)
}

// Close ends the connection and whatever it asked for.
func (c *Conn) Close() error { return c.stream.Close() }
