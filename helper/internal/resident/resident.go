// Package resident gives memory back that only starting up needed: the garbage of reading the config, and those pages
// of the program itself that were read for it. It changes nothing that the program can observe but its size.
package resident

import (
	"bufio"
	"io"
	"strconv"
	"strings"
)

// mapping is a part of the address space.
type mapping struct {
	start, end uintptr
	writable   bool
	path       string
	// private is how many KiB of it differ from the file.
	private int
}

// parseSmaps reads proc_pid_smaps(5). What it cannot read it leaves out.
func parseSmaps(r io.Reader) (all []mapping) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) == 0 {
			continue
		}
		if value, found := strings.CutSuffix(fields[0], ":"); found {
			if value == "Anonymous" && len(all) > 0 && len(fields) > 1 {
				kib, err := strconv.Atoi(fields[1])
				if err != nil {
					kib = 1 // not known to be the file's: leave it alone
				}
				all[len(all)-1].private = kib
			}
			continue
		}
		low, high, _ := strings.Cut(fields[0], "-")
		start, errStart := strconv.ParseUint(low, 16, 64)
		end, errEnd := strconv.ParseUint(high, 16, 64)
		if errStart != nil || errEnd != nil || len(fields) < 5 {
			continue
		}
		m := mapping{start: uintptr(start), end: uintptr(end), writable: strings.Contains(fields[1], "w"), private: 1}
		if len(fields) > 5 {
			m.path = fields[5]
		}
		all = append(all, m)
	}
	return all
}
