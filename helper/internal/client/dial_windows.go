package client

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"golang.org/x/sys/windows"
)

// Dial reaches whatever runs for home. Nothing running is ErrNotRunning; something that cannot be trusted is a Fault.
func Dial(ctx context.Context, s Surroundings, home string) (*Conn, error) {
	file := KeyFile(home)
	text, err := readKey(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotRunning
	}
	var k key
	if err == nil {
		k, err = parseKey(text)
	}
	if err != nil {
		return nil, Internal("", "%s %s", file, err)
	}
	pipe, err := openPipe(ctx, k.pipe)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, ErrNotRunning
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil:
		return nil, Internal("", "the control pipe does not answer: %s", err)
	}
	conn := newConn(pipe)
	if err := proveKey(ctx, conn, text); err != nil {
		_ = conn.Close()
		return nil, unproven(ctx, "the control pipe cannot be trusted", err)
	}
	return conn, nil
}

// openPipe opens the pipe for reading and writing at once, which takes an overlapped handle, and lets its server find out
// who we are but never act as us (SECURITY_IDENTIFICATION).
func openPipe(ctx context.Context, name string) (*os.File, error) {
	path, err := windows.UTF16PtrFromString(name)
	if err != nil {
		return nil, err
	}
	const flags = windows.FILE_FLAG_OVERLAPPED | windows.SECURITY_SQOS_PRESENT | windows.SECURITY_IDENTIFICATION
	for {
		handle, err := windows.CreateFile(path, windows.GENERIC_READ|windows.GENERIC_WRITE, 0, nil, windows.OPEN_EXISTING, flags, 0)
		if err == nil {
			return os.NewFile(uintptr(handle), name), nil
		}
		if !errors.Is(err, windows.ERROR_PIPE_BUSY) {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// readKey reads the key file after checking that it is this user's own.
func readKey(file string) ([]byte, error) {
	info, err := os.Lstat(file)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("is not a regular file")
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	descriptor, err := windows.GetSecurityInfo(windows.Handle(f.Fd()), windows.SE_FILE_OBJECT, windows.OWNER_SECURITY_INFORMATION)
	if err != nil {
		return nil, fmt.Errorf("does not say who owns it: %w", err)
	}
	owner, _, err := descriptor.Owner()
	if err != nil {
		return nil, fmt.Errorf("does not say who owns it: %w", err)
	}
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return nil, err
	}
	if !owner.Equals(user.User.Sid) && !owner.IsWellKnown(windows.WinBuiltinAdministratorsSid) {
		return nil, errors.New("belongs to another user, so what is behind it cannot be trusted")
	}
	return readSmall(f)
}
