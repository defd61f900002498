package resident

import (
	"os"
	"runtime/debug"

	"golang.org/x/sys/unix"
)

// Trim gives back what can be had again from the system: unused heap, and the program's own pages, of which those that
// are still needed come back from the page cache when they are touched.
func Trim() {
	debug.FreeOSMemory()
	program, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return
	}
	smaps, err := os.Open("/proc/self/smaps")
	if err != nil {
		return
	}
	all := parseSmaps(smaps)
	smaps.Close()
	for _, m := range all {
		// Nothing is lost: read-only, and no page differs from the file (a relocated one of a PIE would).
		if m.path == program && !m.writable && m.private == 0 {
			_, _, _ = unix.Syscall(unix.SYS_MADVISE, m.start, m.end-m.start, unix.MADV_DONTNEED)
		}
	}
}
