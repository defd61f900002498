package main

import (
	"bytes"
	"strings"
	"testing"

	"sallyport/helper/internal/sender"
)

func TestArguments(t *testing.T) {
	cases := []struct {
		args   []string
		exit   int
		stdout string
		stderr string
	}{
		{[]string{"--version"}, 0, "sallyport-send dev\n", ""},
		{[]string{"--help"}, 0, "usage: sallyport-send", ""},
		{[]string{"--probe", "x"}, 2, "", `unexpected arguments: "--probe x"`},
		{[]string{"job.json"}, 2, "", `unexpected arguments: "job.json"`},
	}
	for _, c := range cases {
		var stdout, stderr bytes.Buffer
		exit := run(c.args, &sender.Sockets{}, strings.NewReader(""), &stdout, &stderr)
		if exit != c.exit || !strings.HasPrefix(stdout.String(), c.stdout) || !strings.Contains(stderr.String(), c.stderr) {
			t.Errorf("%q: exit %d, stdout %q, stderr %q", c.args, exit, stdout.String(), stderr.String())
		}
	}
}

func TestBadJobIsOneErrorLine(t *testing.T) {
	var stdout, stderr bytes.Buffer
	exit := run(nil, &sender.Sockets{}, strings.NewReader(`{"v":1,"address":"::"}`), &stdout, &stderr)
	want := `{"error":{"code":"bad-job","message":"address: expected the address of one host, got \"::\", the unspecified address"}}` + "\n"
	if exit != 2 || stderr.Len() > 0 || stdout.String() != want {
		t.Errorf("exit %d, stdout %s, stderr %s; want %s", exit, stdout.String(), stderr.String(), want)
	}
}
