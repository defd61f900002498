package main

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"sallyport/helper/internal/client"
)

// startSSH hands the terminal over to ssh. It returns only when that failed, or, where a program cannot be replaced, with
// ssh's exit code. Environment and arguments are passed on untouched.
func startSSH(argv []string) error {
	path, err := findSSH(argv)
	if err != nil {
		return err
	}
	return become(path, argv)
}

// findSSH gives the program for a plain call of ssh, never one of the current folder.
func findSSH(argv []string) (string, error) {
	if problem := sshProblem(argv); problem != "" {
		return "", client.Internal("update Sallyport: the app and its command line do not fit together", "refused to start ssh: %s", problem)
	}
	path, err := exec.LookPath(argv[0])
	if err != nil || !filepath.IsAbs(path) {
		return "", client.BadInput("install an OpenSSH client", "ssh was not found in PATH")
	}
	return path, nil
}

// sshProblem says why argv is not a plain call of ssh: the host must stand alone after "--", where nothing is read as an
// option (CVE-2017-1000117 and its kin).
func sshProblem(argv []string) string {
	if len(argv) < 3 || argv[0] != "ssh" {
		return "the arguments are not those of ssh"
	}
	for _, arg := range argv {
		if strings.ContainsFunc(arg, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return "an argument has a control character"
		}
	}
	dashes := slices.Index(argv, "--")
	if dashes != len(argv)-2 {
		return "expected -- and then the host at the end of the arguments"
	}
	if host := argv[len(argv)-1]; host == "" || strings.HasPrefix(host, "-") {
		return "the host is empty or looks like an option"
	}
	return ""
}
