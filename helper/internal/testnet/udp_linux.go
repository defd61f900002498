package testnet

import "net"

// SendUDP sends one datagram from an address inside the namespace.
func (ns *Namespace) SendUDP(from, to string, payload []byte) {
	ns.t.Helper()
	var err error
	ns.Do(func() {
		var conn net.Conn
		dialer := net.Dialer{LocalAddr: &net.UDPAddr{IP: net.ParseIP(from)}}
		if conn, err = dialer.Dial("udp", to); err == nil {
			_, err = conn.Write(payload)
			conn.Close()
		}
	})
	if err != nil {
		ns.t.Fatalf("send a datagram from %s to %s: %v", from, to, err)
	}
}
