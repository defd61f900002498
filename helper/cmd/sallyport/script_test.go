package main

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"sallyport": main})
}

// TestScripts runs testdata/*.txtar. Besides the usual commands they have:
//
//	serve                  a fake of the other side for $SALLYPORT_HOME (fake_server_test.go)
//	exits N command…       runs a command that must end with exit code N
//	listen                 a TCP server that answers only after the other side's half-close; its port becomes $PORT
//	waitfor FILE TEXT      waits until FILE has TEXT
//	completes SHELL LINE   types LINE and Tab and Enter into a real shell (shells_linux_test.go)
func TestScripts(t *testing.T) {
	checkout := t.TempDir()
	binary := filepath.Join(checkout, "build", "helper", runtime.GOOS+"-"+runtime.GOARCH, "sallyport")
	build := exec.Command("go", "build", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Fatal("node is needed: the agent that the start scripts run is a Node program")
	}
	repo, err := filepath.Abs(filepath.Join("..", "..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			env.Setenv("SALLYPORT_HOME", filepath.Join(env.WorkDir, "h"))
			env.Defer(func() { nothingLeft(env) })
			env.Defer(func() { endAgent(filepath.Join(env.WorkDir, "h", "pid")) })
			env.Setenv("CHECKOUT", checkout)
			env.Setenv("PLATFORM", runtime.GOOS+"-"+runtime.GOARCH)
			env.Setenv("NODE", node)
			env.Setenv("REPO", repo)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"serve": serve, "exits": exits, "listen": listen, "waitfor": waitfor, "completes": completes,
		},
	})
}

// nothingLeft holds every script to it that no command leaves a file in the folder for temporary ones, or one half-written.
func nothingLeft(env *testscript.Env) {
	stray := regexp.MustCompile(`\.tmp|~$|^tmp`)
	for _, folder := range []string{env.Getenv("TMPDIR"), env.Getenv("SALLYPORT_HOME"), filepath.Join(env.WorkDir, "u", ".ssh")} {
		entries, err := os.ReadDir(folder)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			env.T().Log("nothingLeft: ", err)
			env.T().FailNow()
		}
		for _, entry := range entries {
			if folder == env.Getenv("TMPDIR") || stray.MatchString(entry.Name()) {
				env.T().Log("left behind: ", filepath.Join(folder, entry.Name()))
				env.T().FailNow()
			}
		}
	}
}

// endAgent ends what a script that failed half-way has left running.
func endAgent(pidFile string) {
	text, err := os.ReadFile(pidFile)
	if err != nil {
		return
	}
	pid, err := strconv.Atoi(string(text))
	if err != nil {
		return
	}
	cmdline, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/cmdline")
	if process, _ := os.FindProcess(pid); err == nil && strings.Contains(string(cmdline), filepath.Dir(filepath.Dir(pidFile))) {
		_ = process.Kill()
	}
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits N command…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%s: %v", args[1], err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func waitfor(ts *testscript.TestScript, _ bool, args []string) {
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if text, err := os.ReadFile(ts.MkAbs(args[0])); err == nil && strings.Contains(string(text), args[1]) {
			return
		}
	}
	ts.Fatalf("%s never had %q", args[0], args[1])
}

func listen(ts *testscript.TestScript, _ bool, _ []string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { _ = listener.Close() })
	ts.Setenv("PORT", strconv.Itoa(listener.Addr().(*net.TCPAddr).Port))
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go answerAfterHalfClose(conn)
		}
	}()
}
