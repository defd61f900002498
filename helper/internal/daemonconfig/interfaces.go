package daemonconfig

import (
	"net"
	"strings"
)

// interfaces reads the names that limit what is heard and gated. An interface may come later, but a name that is wrong
// leaves the ports open on the one that was meant, so a missing one is told.
func interfaces(r *reader) []string {
	const key = "interfaces"
	names := r.list(key, `interface names, such as ["eth0"]`)
	for _, name := range names {
		_, err := net.InterfaceByName(name)
		switch {
		case name == "" || len(name) > 15 || strings.ContainsAny(name, "/ \t\n"):
			r.fail(key, "interfaces: %q is not an interface name; expected 1 to 15 characters without spaces or slashes", name)
		case strings.HasSuffix(name, "*") || strings.HasSuffix(name, "+"):
			r.fail(key, "interfaces: %q: patterns are not taken; name each interface, or leave the list empty for all", name)
		case name == "lo":
			r.warn(key, "interfaces: \"lo\" is never gated, and no knock counts there")
		case err != nil:
			r.warn(key, "interfaces: there is no %q here now; interfaces that are not in this list are not gated", name)
		}
	}
	return names
}
