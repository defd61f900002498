package client

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"path/filepath"
)

// What sockaddr_un holds besides its final zero byte: unix(7) on Linux, unix(4) on macOS.
const (
	maxSocketPath       = 107
	maxSocketPathDarwin = 103
)

// Surroundings is what decides where sallyport keeps its things. UserHome may be empty when $SALLYPORT_HOME or the
// system's own variable is set.
type Surroundings struct {
	OS       string // as runtime.GOOS names it
	UID      int
	UserHome string
	Env      func(string) string
}

// Home is the absolute folder of profiles, socket and logs.
func (s Surroundings) Home() (string, error) {
	if own := s.Env("SALLYPORT_HOME"); own != "" {
		abs, err := filepath.Abs(own)
		if err != nil {
			return "", fmt.Errorf("SALLYPORT_HOME: %w", err)
		}
		return abs, nil
	}
	switch s.OS {
	case "windows":
		if data := s.Env("APPDATA"); data != "" {
			return filepath.Join(data, "Sallyport"), nil
		}
		if s.UserHome != "" {
			return filepath.Join(s.UserHome, "AppData", "Roaming", "Sallyport"), nil
		}
	case "darwin":
		if s.UserHome != "" {
			return filepath.Join(s.UserHome, "Library", "Application Support", "Sallyport"), nil
		}
	default:
		// The XDG base directory specification wants a relative path ignored.
		if config := s.Env("XDG_CONFIG_HOME"); filepath.IsAbs(config) {
			return filepath.Join(config, "sallyport"), nil
		}
		if s.UserHome != "" {
			return filepath.Join(s.UserHome, ".config", "sallyport"), nil
		}
	}
	return "", errors.New("this user has no home folder, so there is no place for Sallyport's files; set SALLYPORT_HOME")
}

// SocketPath is where the control socket of home is, as slash-separated paths: this is for systems with Unix sockets.
func (s Surroundings) SocketPath(home string) string {
	near := path.Join(home, "run", "control.sock")
	longest := maxSocketPath
	if s.OS == "darwin" {
		longest = maxSocketPathDarwin
	}
	if len(near) <= longest {
		return near
	}
	sum := sha256.Sum256([]byte(home))
	hash := hex.EncodeToString(sum[:8])
	if runtime := s.Env("XDG_RUNTIME_DIR"); path.IsAbs(runtime) {
		return path.Join(runtime, "sallyport-"+hash, "control.sock")
	}
	return path.Join("/tmp", fmt.Sprintf("sallyport-%d-%s", s.UID, hash), "control.sock")
}

// KeyFile is where the key that both sides prove is, on systems that have one.
func KeyFile(home string) string {
	return filepath.Join(home, "run", "control.json")
}
