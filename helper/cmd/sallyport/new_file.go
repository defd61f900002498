package main

import (
	"errors"

	"github.com/spf13/pflag"
)

// newFile is a flag that names the file to write. Given empty it is refused: a script whose variable is not set must not get on
// standard output what it wants in a file.
type newFile string

func newFileFlag(set *pflag.FlagSet, into *string, usage string) {
	set.Var((*newFile)(into), "out", usage)
}

func (f *newFile) String() string { return string(*f) }

func (f *newFile) Type() string { return "string" }

func (f *newFile) Set(name string) error {
	if name == "" {
		return errors.New("expected the name of a new file")
	}
	*f = newFile(name)
	return nil
}
