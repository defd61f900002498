package statedir

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"syscall"

	"sallyport/helper/internal/gate"
	"sallyport/helper/internal/step"
)

const (
	gateVersion = 1
	maxGateFile = 4 << 20
)

// ErrNoGate means that no gate was ever good here.
var ErrNoGate = errors.New("no gate has been saved yet; the first start of the daemon saves one")

// Gate is what must be closed before the daemon runs.
type Gate struct {
	Ports       []gate.PortRange
	AlwaysAllow []netip.Prefix
	Interfaces  []string
	// Open is set when a stopped daemon leaves the ports open: then a boot does not close them either.
	Open bool
}

type savedPorts struct {
	Protocol string `json:"protocol"`
	Low      uint16 `json:"low"`
	High     uint16 `json:"high"`
}

type savedGate struct {
	Version     int            `json:"version"`
	Open        bool           `json:"open,omitempty"`
	Ports       []savedPorts   `json:"ports"`
	AlwaysAllow []netip.Prefix `json:"alwaysAllow,omitempty"`
	Interfaces  []string       `json:"interfaces,omitempty"`
}

// SaveGate notes the gate that is in force.
func SaveGate(dir string, g Gate) error {
	saved := savedGate{Version: gateVersion, Open: g.Open, AlwaysAllow: g.AlwaysAllow, Interfaces: g.Interfaces}
	for _, r := range g.Ports {
		saved.Ports = append(saved.Ports, savedPorts{r.Protocol.String(), r.Low, r.High})
	}
	data, err := json.Marshal(saved)
	if err != nil {
		return fmt.Errorf("state directory: %w", err)
	}
	return replace(dir, gateName, append(data, '\n'))
}

// LoadGate reads the gate that was last in force. The error is ErrNoGate when there was none.
func LoadGate(dir string) (Gate, error) {
	path := filepath.Join(dir, gateName)
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe is not waited for
	if errors.Is(err, os.ErrNotExist) {
		return Gate{}, ErrNoGate
	}
	if err != nil {
		return Gate{}, fmt.Errorf("last good gate: %w", err)
	}
	defer file.Close()
	var saved savedGate
	if err := json.NewDecoder(io.LimitReader(file, maxGateFile)).Decode(&saved); err != nil {
		return Gate{}, fmt.Errorf("last good gate: %s is damaged: %w", path, err)
	}
	if saved.Version != gateVersion {
		return Gate{}, fmt.Errorf("last good gate: %s has version %d; expected %d", path, saved.Version, gateVersion)
	}
	g := Gate{AlwaysAllow: saved.AlwaysAllow, Interfaces: saved.Interfaces, Open: saved.Open}
	for _, r := range saved.Ports {
		protocol, err := step.ParseProtocol(r.Protocol)
		if err != nil || protocol == step.ICMP || r.Low == 0 || r.Low > r.High {
			return Gate{}, fmt.Errorf("last good gate: %s is damaged: ports %d-%d/%s", path, r.Low, r.High, r.Protocol)
		}
		g.Ports = append(g.Ports, gate.PortRange{Protocol: protocol, Low: r.Low, High: r.High})
	}
	return g, nil
}
