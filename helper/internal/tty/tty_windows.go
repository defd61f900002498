package tty

import (
	"os"

	"golang.org/x/sys/windows"
)

// Is tells whether a file is a console.
func Is(f *os.File) bool {
	var mode uint32
	return windows.GetConsoleMode(windows.Handle(f.Fd()), &mode) == nil
}

// Columns is how wide a console is; 0 where it does not say.
func Columns(f *os.File) int {
	var info windows.ConsoleScreenBufferInfo
	if windows.GetConsoleScreenBufferInfo(windows.Handle(f.Fd()), &info) != nil {
		return 0
	}
	return int(info.Window.Right-info.Window.Left) + 1
}

// HideTyping has a console show nothing of what is typed until show is called.
func HideTyping(f *os.File) (show func() error, err error) {
	var before uint32
	console := windows.Handle(f.Fd())
	if err := windows.GetConsoleMode(console, &before); err != nil {
		return nil, err
	}
	if err := windows.SetConsoleMode(console, before&^windows.ENABLE_ECHO_INPUT); err != nil {
		return nil, err
	}
	return func() error { return windows.SetConsoleMode(console, before) }, nil
}
