package launch

import (
	"errors"
	"strings"
	"testing"
)

func TestFind(t *testing.T) {
	node := func(string) (string, error) { return "/usr/bin/node", nil }
	cases := []struct {
		name, os, self string
		files          string
		look           func(string) (string, error)
		want, says     string
	}{
		{"linux package", "linux", "/opt/Sallyport/resources/helpers/sallyport", "/opt/Sallyport/sallyport", node, "/opt/Sallyport/sallyport --background", ""},
		{"linux package by platform", "linux", "/opt/Sallyport/resources/helpers/linux-amd64/sallyport", "/opt/Sallyport/Sallyport", node, "/opt/Sallyport/Sallyport --background", ""},
		{"macOS app", "darwin", "/Applications/Sallyport.app/Contents/Resources/helpers/sallyport", "/Applications/Sallyport.app/Contents/MacOS/Sallyport", node, "/Applications/Sallyport.app/Contents/MacOS/Sallyport --background", ""},
		{"checkout", "linux", "/src/build/helper/linux-amd64/sallyport", "/src/dist/agent.cjs", node, "/usr/bin/node /src/dist/agent.cjs", ""},
		{"never itself", "linux", "/x/sallyport", "/x/sallyport", node, "", "neither the app nor the agent"},
		{"not from elsewhere", "linux", "/tmp/x/sallyport", "/tmp/dist/agent.cjs /dist/agent.cjs/no", node, "", "neither the app nor the agent"},
		{"nothing built", "linux", "/src/build/helper/linux-amd64/sallyport", "", node, "", "neither the app nor the agent"},
		{"no node", "linux", "/src/build/helper/linux-amd64/sallyport", "/src/dist/agent.cjs", func(string) (string, error) { return "", errors.New("no") }, "", "needs node"},
		{"node in the current directory", "linux", "/src/build/helper/linux-amd64/sallyport", "/src/dist/agent.cjs", func(string) (string, error) { return "node", nil }, "", "needs node"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			exists := func(path string) bool { return path != "" && strings.Contains(" "+c.files+" ", " "+path+" ") }
			argv, err := Find(Machine{OS: c.os, Self: c.self, Exists: exists, LookPath: c.look})
			if got := strings.Join(argv, " "); got != c.want || (err != nil) != (c.says != "") {
				t.Fatalf("got %q, %v", got, err)
			}
			if err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("said %q", err)
			}
		})
	}
}
