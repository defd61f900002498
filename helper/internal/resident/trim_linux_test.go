package resident

import (
	"os"
	"strings"
	"testing"
)

const sample = `00400000-005e5000 r-xp 00000000 fe:00 9 /usr/local/sbin/sallyportd
Size:               1940 kB
Rss:                1872 kB
Anonymous:             0 kB
VmFlags: rd ex mr mw me
005e5000-00807000 r--p 001e5000 fe:00 9 /usr/local/sbin/sallyportd
Anonymous:            16 kB
00807000-0081c000 rw-p 00407000 fe:00 9 /usr/local/sbin/sallyportd
Anonymous:            80 kB
7ff75f9a0000-7ff75fa60000 rw-s 00000000 00:08 559421 socket:[559421]
7ff75fa60000-7ff75fc00000 rw-p 00000000 00:00 0
zzz-yyy r--p 00000000 00:00 0
`

func TestParseSmaps(t *testing.T) {
	all := parseSmaps(strings.NewReader(sample))
	if len(all) != 5 {
		t.Fatalf("%d mappings: %+v", len(all), all)
	}
	if m := all[0]; m.start != 0x400000 || m.end != 0x5e5000 || m.writable || m.private != 0 || m.path != "/usr/local/sbin/sallyportd" {
		t.Errorf("%+v", m)
	}
	if all[1].private != 16 || !all[2].writable || all[3].private == 0 || all[4].path != "" {
		t.Errorf("%+v", all)
	}
}

// programPages is how much of files is resident, in KiB (proc_pid_statm(5)).
func programPages(t *testing.T) int {
	t.Helper()
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(statm))
	shared := 0
	for _, digit := range fields[2] {
		shared = shared*10 + int(digit-'0')
	}
	return shared * os.Getpagesize() / 1024
}

func TestTrimGivesProgramPagesBack(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.ReadFile(program); err != nil {
		t.Fatal(err)
	}
	before := programPages(t)
	Trim()
	after := programPages(t)
	if after >= before {
		t.Errorf("%d KiB of files are resident after, %d before", after, before)
	}
	if all := parseSmaps(strings.NewReader(sample)); len(all) != 5 {
		t.Error("what ran before does not run any more")
	}
}
