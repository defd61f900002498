package main

import "github.com/spf13/pflag"

// familyFlags are -4 and -6; together they are both families in one run.
type familyFlags struct{ four, six bool }

func (f *familyFlags) register(set *pflag.FlagSet) {
	set.BoolVarP(&f.four, "ipv4", "4", false, "IPv4 only; with -6 both")
	set.BoolVarP(&f.six, "ipv6", "6", false, "IPv6 only; with -4 both")
}

// family is empty when neither is given: then a profile's own choice counts.
func (f *familyFlags) family() string {
	switch {
	case f.four && f.six:
		return "both"
	case f.four:
		return "ipv4"
	case f.six:
		return "ipv6"
	}
	return ""
}
