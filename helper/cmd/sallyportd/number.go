package main

import (
	"errors"
	"flag"
	"strconv"
)

var errNoNumber = errors.New("expected a whole number")

// numberVar is a flag's whole number in plain decimals. flag's own reads 030 as 24 and 0x10 as 16, and a padded number would
// be another one than the client's without a word.
func numberVar[T int | int64](flags *flag.FlagSet, into *T, name string, value T) {
	*into = value
	flags.Func(name, "", func(text string) error {
		value, err := strconv.ParseInt(text, 10, 64)
		if err == nil && int64(T(value)) != value {
			err = strconv.ErrRange
		}
		if err != nil {
			return errNoNumber
		}
		*into = T(value)
		return nil
	})
}
