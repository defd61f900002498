package hostnet

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"sallyport/helper/internal/step"
)

const (
	sockDiagByFamily = 20   // linux/sock_diag.h
	requestSize      = 56   // struct inet_diag_req_v2, linux/inet_diag.h
	tcpListen        = 0x0a // net/tcp_states.h
)

// ReadBound asks the kernel which ports have a listening TCP or any UDP socket (sock_diag(7)).
func ReadBound(ask *netlink.Conn) (Bound, error) {
	bound := Bound{}
	for _, family := range []byte{unix.AF_INET, unix.AF_INET6} {
		for _, kind := range []struct {
			protocol step.Protocol
			number   byte
			states   uint32
		}{{step.TCP, unix.IPPROTO_TCP, 1 << tcpListen}, {step.UDP, unix.IPPROTO_UDP, 0xffffffff}} {
			request := make([]byte, requestSize)
			request[0], request[1] = family, kind.number
			binary.NativeEndian.PutUint32(request[4:], kind.states)
			messages, err := ask.Execute(netlink.Message{
				Header: netlink.Header{Type: sockDiagByFamily, Flags: netlink.Request | netlink.Dump}, Data: request,
			})
			if err != nil {
				return nil, fmt.Errorf("list sockets: %w", err)
			}
			for _, m := range messages {
				if len(m.Data) >= 6 { // struct inet_diag_msg: four bytes, then the source port
					bound[step.Step{Protocol: kind.protocol, Value: binary.BigEndian.Uint16(m.Data[4:])}] = true
				}
			}
		}
	}
	return bound, nil
}

// DialBound opens the socket for ReadBound.
func DialBound() (*netlink.Conn, error) {
	conn, err := netlink.Dial(unix.NETLINK_INET_DIAG, nil)
	if err != nil {
		return nil, fmt.Errorf("list sockets: %w", err)
	}
	return conn, nil
}

// EphemeralRange reads ip_local_port_range (ip(7)); where it cannot be read, the kernel's default is given.
func EphemeralRange() (low, high uint16) {
	low, high = 32768, 60999
	raw, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range")
	if err != nil {
		return low, high
	}
	var l, h uint16
	if n, err := fmt.Fscan(bytes.NewReader(raw), &l, &h); err == nil && n == 2 && l <= h {
		return l, h
	}
	return low, high
}
