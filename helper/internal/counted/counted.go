// Package counted writes a number of things as a person does: 1 door, 2 doors.
package counted

import "strconv"

// Of writes n things of a kind whose plural ends in s.
func Of[T int | uint64](n T, what string) string {
	words := strconv.FormatUint(uint64(n), 10) + " " + what
	if n != 1 {
		words += "s"
	}
	return words
}
