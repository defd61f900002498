package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"sallyport/helper/internal/daemon"
	"sallyport/helper/internal/rks1"
	"sallyport/helper/internal/step"
	"sallyport/helper/internal/testnet"
)

const (
	asCommand   = "SALLYPORTD_TEST_AS_COMMAND"
	clockFile   = "SALLYPORTD_TEST_CLOCK" // names a file that says how far the daemon's clock is wrong
	aliceSecret = "AAAQEAYEAUDAOCAJBIFQYDIOB4IBCEQTCQKRMFYYDENBWHA5DYPQ"
	bobSecret   = "777777777777777777777777777777777777777777777777777Q"
)

// raceDetector tells that the detector is at work, which takes much memory of its own.
var raceDetector bool

// TestMain lets the test binary be the daemon, so that the tests run the real command in its own process.
func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		if file := os.Getenv(clockFile); file != "" {
			wallClock = func() time.Time { return time.Now().Add(clockShift(file)) }
		}
		main()
	}
	// Most of these tests wait: for a port that does not answer, for a grant to end.
	if err := flag.Set("test.parallel", "6"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// server is a namespace with a listener on port 22 and a config directory.
type server struct {
	t      *testing.T
	ns     *testnet.Namespace
	client *testnet.Namespace
	config string
	dir    string
	env    []string // for the daemon
}

func newServer(t *testing.T, config string) *server {
	t.Helper()
	s := &server{t: t, dir: t.TempDir()}
	s.ns, s.client = testnet.Pair(t)
	s.ns.Listen("192.0.2.1:22")
	s.ns.Listen("[2001:db8::1]:22")
	s.config = filepath.Join(s.dir, "sallyportd.toml")
	s.write("sallyportd.toml", "state_dir = \""+s.dir+"/state\"\n"+config)
	s.write("alice.key", aliceSecret+"\n")
	s.write("bob.key", bobSecret+"\n")
	return s
}

func (s *server) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o640); err != nil {
		s.t.Fatal(err)
	}
}

// start runs the daemon and waits until it says that it has started.
func (s *server) start() *process { s.t.Helper(); return s.startWith() }

func (s *server) startWith(flags ...string) *process {
	s.t.Helper()
	p := &process{t: s.t, cmd: s.ns.Command(append([]string{s.executable(), "run", "--config", s.config}, flags...)...), log: &lockedBuffer{}}
	p.cmd.Env = append(append(os.Environ(), asCommand+"=1"), s.env...)
	p.cmd.Stderr, p.cmd.Stdout = p.log, p.log
	if err := p.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		if p.cmd.ProcessState == nil {
			_ = p.cmd.Process.Kill()
			_ = p.cmd.Wait()
		}
		if s.t.Failed() {
			s.t.Logf("the daemon's log:\n%s", p.log)
		}
		if strings.Contains(p.log.String(), aliceSecret) {
			s.t.Error("the log holds a secret")
		}
	})
	p.waitFor("event=started")
	return p
}

// inside runs a command in the server's namespace, in a process of its own.
func (s *server) inside(want int, args ...string) string {
	s.t.Helper()
	return s.finish(want, s.ns.Command(append([]string{s.executable()}, append(args, "--config", s.config)...)...))
}

// asNobody runs a command for a user without privileges.
func (s *server) asNobody(want int, args ...string) string {
	s.t.Helper()
	copied := filepath.Join(s.dir, "sallyportd")
	binary, err := os.ReadFile(s.executable())
	if err == nil {
		err = testnet.WriteProgram(copied, binary)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return s.finish(want, exec.Command("setpriv", append([]string{"--reuid=65534", "--regid=65534", "--clear-groups", copied},
		append(args, "--config", s.config)...)...))
}

func (s *server) finish(want int, cmd *exec.Cmd) string {
	s.t.Helper()
	cmd.Env = append(os.Environ(), asCommand+"=1")
	out, _ := cmd.CombinedOutput()
	if got := cmd.ProcessState.ExitCode(); got != want {
		s.t.Fatalf("%q: exit %d, want %d: %s", cmd.Args, got, want, out)
	}
	return string(out)
}

func (s *server) executable() string {
	s.t.Helper()
	executable, err := os.Executable()
	if err != nil {
		s.t.Fatal(err)
	}
	return executable
}

func (s *server) expect(from, to string, want testnet.Outcome) {
	s.t.Helper()
	s.client.Expect(from, to, want)
}

// code is the rotating sequence of now, shifted by some counters. It waits out the last seconds of a period, so
// that the whole test step falls into one.
func code(secret string, action rks1.Action, shift int64) []step.Step {
	return codeWith(rks1.Defaults(), secret, action, shift)
}

func codeWith(p rks1.Params, secret string, action rks1.Action, shift int64) []step.Step {
	for time.Now().Unix()%p.Period >= p.Period-4 {
		time.Sleep(100 * time.Millisecond)
	}
	bytes, err := rks1.ParseSecret(secret)
	if err != nil {
		panic(err)
	}
	return rks1.Derive(bytes, rks1.Counter(time.Now().Unix()+shift*p.Period, p.Period), action, p)
}

func (s *server) status() daemon.Status {
	s.t.Helper()
	var out, errs bytes.Buffer
	if exit := execute([]string{"status", "--json", "--config", s.config}, nil, &out, &errs); exit != exitOK {
		s.t.Fatalf("status: exit %d: %s", exit, errs.String())
	}
	var status daemon.Status
	if err := json.Unmarshal(out.Bytes(), &status); err != nil {
		s.t.Fatalf("status: %v in %s", err, out.String())
	}
	return status
}

const rotatingDoor = `
[[door]]
name = "ssh"
ports = ["22/tcp"]
open_for = "2s"
  [[door.key]]
  user = "alice"
  method = "rotating"
  secret_file = "alice.key"
`

func TestRotatingKnockOpensAndTheKernelCloses(t *testing.T) {
	t.Parallel()
	s := newServer(t, strings.Replace(rotatingDoor, "2s", "5s", 1))
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Opened)
	d := s.start()
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Filtered)
	s.expect("2001:db8::2", "[2001:db8::1]:22", testnet.Filtered)
	sender := s.client.NewSender("192.0.2.2", "192.0.2.1")

	steps := code(aliceSecret, rks1.Open, 0)
	sender.Send(steps[0], steps[2], steps[1], steps[3], steps[4])
	sender.Send(code(aliceSecret, rks1.Open, 2)...)
	sender.Send(code(aliceSecret, rks1.Open, -2)...)
	sender.Send(code(bobSecret, rks1.Open, 0)...)
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Filtered)

	steps = code(aliceSecret, rks1.Open, 0)
	sender.Knock(20*time.Millisecond, steps...)
	d.waitFor("result=opened")
	session, outcome := s.client.Dial("192.0.2.2", "192.0.2.1:22", time.Second)
	if outcome != testnet.Opened {
		t.Fatalf("after the knock: %s", outcome)
	}
	defer session.Close()
	s.expect("192.0.2.3", "192.0.2.1:22", testnet.Filtered)
	if st := s.status(); len(st.Grants) != 1 || st.Grants[0].Source != "192.0.2.2" || st.Grants[0].Left > 5 || st.Gate.Mode != "owned" ||
		st.Watched.Steps == 0 || st.Capture != "ring" {
		t.Fatalf("status %+v", st)
	}

	d.waitFor("event=closed")
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Filtered)
	if _, err := session.Write([]byte("alive")); err != nil {
		t.Fatal(err)
	}
	reply := make([]byte, 8)
	session.SetReadDeadline(time.Now().Add(patience))
	if n, err := session.Read(reply); err != nil || string(reply[:n]) != "alive" {
		t.Fatalf("the session that was open must survive: %q, %v", reply[:n], err)
	}

	// The same code from anybody is worth nothing now.
	other := s.client.NewSender("192.0.2.3", "192.0.2.1")
	other.Send(steps...)
	sender.Send(steps...)
	s.expect("192.0.2.3", "192.0.2.1:22", testnet.Filtered)
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Filtered)
	d.waitFor("result=replayed")

	// IPv6 with the next code, which the skew allows.
	s.client.NewSender("2001:db8::2", "2001:db8::1").Send(code(aliceSecret, rks1.Open, 1)...)
	d.waitFor("source=2001:db8::2 action=open offset=1 result=opened")
	s.expect("2001:db8::2", "[2001:db8::1]:22", testnet.Opened)
	s.expect("2001:db8::3", "[2001:db8::1]:22", testnet.Filtered)
	if exit := d.end(syscall.SIGTERM); exit != 0 {
		t.Fatalf("exit %d", exit)
	}
	s.expect("192.0.2.3", "192.0.2.1:22", testnet.Filtered)
}
