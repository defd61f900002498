package launch

import (
	"path/filepath"

	"sallyport/helper/internal/client"
)

// Machine is what Find looks at.
type Machine struct {
	OS       string // as runtime.GOOS names it
	Self     string // this program's own file, links followed
	Exists   func(path string) bool
	LookPath func(name string) (string, error)
}

// Find gives the command that starts the other side.
//
// A packaged app keeps this program in resources/helpers, or in one more folder by platform; the app itself lies beside
// resources (Linux, Windows) or in ../MacOS (macOS). In a checkout this program is build/helper/<os>-<arch>/sallyport and
// the agent is dist/agent.cjs.
func Find(m Machine) ([]string, error) {
	folder := filepath.Dir(m.Self)
	for _, helpers := range []string{folder, filepath.Dir(folder)} {
		if filepath.Base(helpers) != "helpers" {
			continue
		}
		for _, app := range apps(m.OS, filepath.Dir(helpers)) {
			if app != m.Self && m.Exists(app) {
				return []string{app, "--background"}, nil
			}
		}
	}
	agent := filepath.Join(folder, "..", "..", "..", "dist", "agent.cjs")
	if !m.Exists(agent) {
		return nil, client.Internal("install the app, or in a checkout run: npm run build",
			"nothing is running, and neither the app nor the agent was found beside %s", m.Self)
	}
	node, err := m.LookPath("node")
	if err != nil || !filepath.IsAbs(node) {
		return nil, client.Internal("install Node.js 20.19 or newer, or the app", "the agent needs node, which is not in PATH")
	}
	return []string{node, agent}, nil
}

func apps(os, resources string) []string {
	beside := filepath.Dir(resources)
	switch os {
	case "darwin":
		return []string{filepath.Join(beside, "MacOS", "Sallyport")}
	case "windows":
		return []string{filepath.Join(beside, "Sallyport.exe")}
	}
	return []string{filepath.Join(beside, "Sallyport"), filepath.Join(beside, "sallyport")}
}
