package doorcmd

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

const asUnit = "DOORCMD_TEST_AS_UNIT"

// TestMain lets the test binary be a daemon as the systemd unit starts it.
func TestMain(m *testing.M) {
	if os.Getenv(asUnit) != "" {
		os.Exit(beUnit(os.Getenv(asUnit) == "filtered"))
	}
	os.Exit(m.Run())
}

// beUnit runs one command that prints its capabilities; filtered refuses capset as the unit's SystemCallFilter does.
func beUnit(filtered bool) int {
	if filtered {
		program := []unix.SockFilter{
			{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: 0}, // the number of the call
			{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jf: 1, K: unix.SYS_CAPSET},
			{Code: unix.BPF_RET | unix.BPF_K, K: 0x00050000 | uint32(unix.EPERM)},
			{Code: unix.BPF_RET | unix.BPF_K, K: 0x7fff0000},
		}
		filter := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
		if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
			fmt.Println(err)
			return 1
		}
		_, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&filter)))
		if errno != 0 {
			fmt.Println(errno)
			return 1
		}
	}
	exit, output, err := execute(context.Background(), []string{"/bin/grep", "-E", "Cap(Prm|Eff|Amb)", "/proc/self/status"})
	fmt.Println(output)
	if err != nil || exit != 0 {
		fmt.Println(exit, err)
		return 1
	}
	return 0
}

// TestUserWithAmbientCapabilities runs as the unit does: another user with ambient capabilities.
func TestUserWithAmbientCapabilities(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Fatal("this test needs root: it gives privileges away")
	}
	dir := t.TempDir()
	for _, path := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(path, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	binary, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(dir, "unit")
	if err := os.WriteFile(copied, binary, 0o755); err != nil {
		t.Fatal(err)
	}
	none := regexp.MustCompile(`^CapPrm:\s0{16}\nCapEff:\s0{16}\nCapAmb:\s0{16}\n$`)
	for _, mode := range []string{"plain", "filtered"} {
		cmd := exec.Command("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all,+net_raw,+net_admin",
			"--inh-caps=-all,+net_raw,+net_admin", "--ambient-caps=-all,+net_raw,+net_admin", copied)
		cmd.Env = []string{asUnit + "=" + mode}
		out, err := cmd.CombinedOutput()
		if err != nil || !none.Match(out) {
			t.Errorf("%s: %v\n%s", mode, err, out)
		}
	}
}
