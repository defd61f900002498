package client

import (
	"regexp"
	"strings"
)

// InstallerParams asks for what sets up a profile's server.
type InstallerParams struct {
	Name    string           `json:"name"`
	Format  string           `json:"format"`
	Options InstallerOptions `json:"options"`
}

// InstallerOptions are what a person chooses about it; what is left out is the other side's default.
type InstallerOptions struct {
	Secrets   string   `json:"secrets,omitempty"` // include or ask
	Allow     []string `json:"allow,omitempty"`
	Arches    []string `json:"arches,omitempty"`
	DaemonURL string   `json:"daemonUrl,omitempty"`
}

// InstallOrder is what the app has a terminal install, by a profile's id.
type InstallOrder struct {
	Profile string           `json:"profile"`
	Options InstallerOptions `json:"options"`
}

// Installer is the answer; the file itself came before it, in events of kind part.
type Installer struct {
	FileName     string   `json:"fileName"`
	Size         int      `json:"size"`
	SHA256       string   `json:"sha256"`
	HoldsSecrets bool     `json:"holdsSecrets"`
	NextSteps    []string `json:"nextSteps"`
}

// InstallerWritten is what installer --out prints with --json.
type InstallerWritten struct {
	File         string   `json:"file"`
	Size         int      `json:"size"`
	SHA256       string   `json:"sha256"`
	HoldsSecrets bool     `json:"holdsSecrets"`
	NextSteps    []string `json:"nextSteps"`
}

// Installation is what installer --over-ssh prints with --json. Without Changed the server had it all already.
type Installation struct {
	Changed   bool    `json:"changed"`
	Confirmed bool    `json:"confirmed"`
	SHA256    string  `json:"sha256"`
	Report    *Report `json:"report,omitempty"`
}

var (
	loginHost = regexp.MustCompile(`^[A-Za-z0-9_:][A-Za-z0-9_.:%-]{0,252}$`)
	loginUser = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.@\\-]{0,63}$`)
)

// CheckLogin refuses what ssh could read as anything but a host and a user.
func CheckLogin(host, user string) error {
	if !loginHost.MatchString(host) {
		return BadInput("write USER@HOST, or the name of a host in ~/.ssh/config", "%q is not a host that ssh could log in to", strings.ToValidUTF8(host, "?"))
	}
	if user != "" && !loginUser.MatchString(user) {
		return BadInput("", "%q is not a user that ssh could log in as", strings.ToValidUTF8(user, "?"))
	}
	return nil
}
