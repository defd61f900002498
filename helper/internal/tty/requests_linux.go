package tty

import "golang.org/x/sys/unix"

// Of tcgetattr(3), and of tcsetattr(3) once the output is drained.
const (
	getAttributes = unix.TCGETS
	setAttributes = unix.TCSETSW
)
