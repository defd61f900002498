package main

import (
	"encoding/binary"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"sallyport/helper/internal/rawpacket"
	"sallyport/helper/internal/sendjob"
)

// flood sends SYNs with made-up sources through a packet socket, which no local firewall or route slows down.
type flood struct {
	lab      *lab
	fd       int
	ethernet []byte
	// port gives the destination port of the packet with a number.
	port func(i int) uint16
	// batch is how many packets leave at once.
	batch int
}

func (l *lab) newFlood(batch int, port func(int) uint16) *flood {
	f := &flood{lab: l, port: port, batch: batch}
	server, client := l.hardware(l.server.Run("cat", "/sys/class/net/veth0/address")), l.hardware(l.client.Run("cat", "/sys/class/net/veth0/address"))
	f.ethernet = append(append(append([]byte{}, server...), client...), 0x08, 0x00)
	var err error
	l.client.Do(func() {
		var link *net.Interface
		if link, err = net.InterfaceByName("veth0"); err != nil {
			return
		}
		if f.fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0); err != nil {
			return
		}
		_ = unix.SetsockoptInt(f.fd, unix.SOL_PACKET, unix.PACKET_QDISC_BYPASS, 1)
		err = unix.Bind(f.fd, &unix.SockaddrLinklayer{Ifindex: link.Index})
	})
	l.check(err)
	l.Cleanup(func() { unix.Close(f.fd) })
	return f
}

func (l *lab) hardware(text string) net.HardwareAddr {
	address, err := net.ParseMAC(strings.TrimSpace(text))
	l.check(err)
	return address
}

// mmsghdr is struct mmsghdr (sendmmsg(2)).
type mmsghdr struct {
	header unix.Msghdr
	length uint32
	_      [4]byte
}

// run sends at a rate per second for a time and returns how many packets left. Every packet has a source of its own.
func (f *flood) run(rate int, during time.Duration) int {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	frames := make([][]byte, f.batch)
	vectors, messages := make([]unix.Iovec, f.batch), make([]mmsghdr, f.batch)
	for i := range frames {
		frames[i] = append(append([]byte{}, f.ethernet...), f.packet()...)
		vectors[i].Base = &frames[i][0]
		vectors[i].SetLen(len(frames[i]))
		messages[i].header.Iov = &vectors[i]
		messages[i].header.SetIovlen(1)
	}
	sent := 0
	for begin := time.Now(); ; {
		elapsed := time.Since(begin)
		if elapsed >= during {
			return sent
		}
		if int(elapsed.Seconds()*float64(rate)) < sent+f.batch {
			continue
		}
		for i := range frames {
			f.number(frames[i], sent+i)
		}
		n, _, errno := unix.Syscall6(unix.SYS_SENDMMSG, uintptr(f.fd), uintptr(unsafe.Pointer(&messages[0])), uintptr(f.batch), 0, 0, 0)
		if errno != 0 && errno != unix.ENOBUFS && errno != unix.EAGAIN {
			f.lab.Fatalf("flood: %v", errno)
		}
		if errno == 0 {
			sent += int(n)
		}
	}
}

func (f *flood) packet() []byte {
	source, target := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr(serverAddress)
	tcp := rawpacket.TCP(source, target, rawpacket.Segment{SourcePort: 40000, Port: 1, Flags: sendjob.SYN})
	packet := rawpacket.IP(source, target, rawpacket.ProtoTCP, 64, tcp)
	return packet
}

// number gives a frame its source and port, and the IPv4 header its checksum. The TCP checksum does not matter: who
// looks at it comes after the packet sockets.
func (f *flood) number(frame []byte, i int) {
	ip := frame[14:34]
	// An odd factor goes over all of 10.0.0.0/8 without a repeat, in no order that a table could like.
	binary.BigEndian.PutUint32(ip[12:], 10<<24|uint32(i+1)*0x9e3779b1&0xffffff)
	ip[10], ip[11] = 0, 0
	var sum uint32
	for at := 0; at < 20; at += 2 {
		sum += uint32(binary.BigEndian.Uint16(ip[at:]))
	}
	sum = sum>>16 + sum&0xffff
	binary.BigEndian.PutUint16(ip[10:], ^uint16(sum>>16+sum))
	binary.BigEndian.PutUint16(frame[36:], f.port(i))
}
