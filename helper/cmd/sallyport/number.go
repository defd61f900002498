package main

import (
	"strconv"

	"github.com/spf13/pflag"
)

// number is a flag's whole number in plain decimals. pflag's own reads 030 as 24 and 0x10 as 16, and a script that pads its
// numbers would knock with another period than the server without a word.
type number[T int | int64] struct{ value *T }

// numberVar is pflag's IntVar for such numbers.
func numberVar[T int | int64](set *pflag.FlagSet, into *T, name string, value T, usage string) {
	*into = value
	set.Var(number[T]{into}, name, usage)
}

func (n number[T]) Set(text string) error {
	value, err := strconv.ParseInt(text, 10, 64)
	if err == nil && int64(T(value)) != value {
		err = strconv.ErrRange
	}
	if err != nil {
		return err
	}
	*n.value = T(value)
	return nil
}

func (n number[T]) String() string { return strconv.FormatInt(int64(*n.value), 10) }
func (n number[T]) Type() string   { return "int" }
