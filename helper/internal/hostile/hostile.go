// Package hostile makes words as somebody who means harm would write them, for tests: pieces that ssh, its configuration or
// a shell reads as something of their own, and plain words with such a piece in them, so that many are nearly right.
//
// It promises that the same seed makes the same words, and that no word has the mark of another run in it: each command in
// them would make a file called Mark in the current folder.
package hostile

import (
	"math/rand/v2"
	"strings"
)

// Mark is the file that a shell makes which obeys one of the words.
const Mark = "obeyed"

var (
	plain = []string{"web1", "a", "ops", "x-y", "b_c", "example.org", "10.0.0.1", "7", `CORP\ada`, "WEB", "büro", "2001:db8::7", "my", "box"}
	sharp = []string{
		"-", "--", "-oProxyCommand=", "-F/tmp/x", "ProxyCommand=touch " + Mark, "$(touch " + Mark + ")", "`touch " + Mark + "`",
		";touch " + Mark + ";", "|touch " + Mark, "&touch " + Mark, "\ntouch " + Mark + "\n", "'", `"`, `\`, "!", "*", "?", "~", "#", "%",
		"%h", "%%", "%r", "=", ",", "@", ":", "/", "[", "]", "..", ".", "+", " ", "\t", "\n", "\r", "\x00", "\x1b[2J", "\u0085",
		"\u2028", "\u202e", "\u00a0", "\ufeff", "\xff", "é", "日本", "💥", "ﬀ", "．", "ssh://", "\nHost *\n", "\n  LocalCommand x\n",
		"Match exec", "none", "${IFS}", "{a,b}", "$HOME", "<(touch " + Mark + ")", "zone%eth0",
	}
)

// Words makes count of them.
func Words(seed uint64, count int) []string {
	random := rand.New(rand.NewPCG(seed, seed))
	pick := func(from []string) string { return from[random.IntN(len(from))] }
	words := make([]string, count)
	for i := range words {
		var b strings.Builder
		switch random.IntN(4) {
		case 0: // anything
			for range 1 + random.IntN(4) {
				if random.IntN(2) == 0 {
					b.WriteString(pick(plain))
				} else {
					b.WriteString(pick(sharp))
				}
			}
		case 1: // one sharp piece inside
			b.WriteString(pick(plain) + pick(sharp) + pick(plain))
		case 2: // nothing to object to
			b.WriteString(pick(plain))
			for range random.IntN(3) {
				b.WriteString(pick([]string{".", "-", ""}) + pick(plain))
			}
		case 3: // long
			for range 1 + random.IntN(40) {
				b.WriteString(pick([]string{"a", "-", ".", "_", "0", "Z", "é"}))
			}
		}
		words[i] = b.String()
	}
	return words
}
