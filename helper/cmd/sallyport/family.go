package main

import (
	"github.com/spf13/pflag"

	"sallyport/helper/internal/client"
)

// familyFlags are -4 and -6.
type familyFlags struct{ four, six bool }

func (f *familyFlags) register(set *pflag.FlagSet) {
	set.BoolVarP(&f.four, "ipv4", "4", false, "IPv4 only")
	set.BoolVarP(&f.six, "ipv6", "6", false, "IPv6 only")
}

// family is empty when neither is given: then a profile's own choice counts.
func (f *familyFlags) family() (string, error) {
	switch {
	case f.four && f.six:
		return "", client.BadInput("", "expected one of -4 and -6")
	case f.four:
		return "ipv4", nil
	case f.six:
		return "ipv6", nil
	}
	return "", nil
}
