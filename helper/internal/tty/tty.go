// Package tty asks a terminal what it is, and has it show nothing of what is typed.
package tty
