package hostnet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// Follower keeps a View up to date from rtnetlink's notifications.
type Follower struct {
	names  []string
	events *netlink.Conn
	view   atomic.Pointer[View]
	done   chan struct{}
}

// Follow reads the addresses and links and starts to follow them; names limits the interfaces, empty means all.
// Interfaces that do not exist yet count from the moment they do.
func Follow(names []string) (*Follower, error) {
	events, err := netlink.Dial(unix.NETLINK_ROUTE, nil)
	if err != nil {
		return nil, fmt.Errorf("follow addresses: %w", err)
	}
	for _, group := range []uint32{unix.RTNLGRP_LINK, unix.RTNLGRP_IPV4_IFADDR, unix.RTNLGRP_IPV6_IFADDR} {
		if err := events.JoinGroup(group); err != nil {
			events.Close()
			return nil, fmt.Errorf("follow addresses: %w", err)
		}
	}
	// A second socket for questions, opened now so that it is in the same network namespace.
	ask, err := netlink.Dial(unix.NETLINK_ROUTE, nil)
	if err != nil {
		events.Close()
		return nil, fmt.Errorf("read addresses: %w", err)
	}
	f := &Follower{names: names, events: events, done: make(chan struct{})}
	if err := f.refresh(ask); err != nil {
		events.Close()
		ask.Close()
		return nil, err
	}
	go f.run(ask)
	return f, nil
}

// View is the newest view.
func (f *Follower) View() *View { return f.view.Load() }

// Stop ends the following.
func (f *Follower) Stop() {
	f.events.Close()
	<-f.done
}

func (f *Follower) run(ask *netlink.Conn) {
	defer close(f.done)
	defer ask.Close()
	for {
		_, err := f.events.Receive()
		if errors.Is(err, os.ErrClosed) || errors.Is(err, unix.EBADF) {
			return
		}
		// Anything else, lost events included, is a reason to look again; an old view is kept on failure.
		if f.refresh(ask) != nil {
			time.Sleep(100 * time.Millisecond)
		}
	}
}

func (f *Follower) refresh(ask *netlink.Conn) error {
	v := &View{addresses: map[netip.Addr]bool{}, broadcasts: map[netip.Addr]bool{}}
	messages, err := dump(ask, unix.RTM_GETADDR, unix.SizeofIfAddrmsg)
	if err != nil {
		return fmt.Errorf("read addresses: %w", err)
	}
	for _, m := range messages {
		values := attributes(m, unix.SizeofIfAddrmsg)
		// On point-to-point links IFA_ADDRESS is the peer's and IFA_LOCAL ours; IPv6 has mostly the first only.
		value, ok := values[unix.IFA_LOCAL]
		if !ok {
			value = values[unix.IFA_ADDRESS]
		}
		if addr, ok := netip.AddrFromSlice(value); ok {
			v.addresses[addr] = true
			if last, some := broadcastOf(addr, int(m.Data[1])); some { // ifa_prefixlen
				v.broadcasts[last] = true
			}
		}
	}
	if len(f.names) > 0 {
		v.interfaces = map[int]bool{}
		if messages, err = dump(ask, unix.RTM_GETLINK, unix.SizeofIfInfomsg); err != nil {
			return fmt.Errorf("read interfaces: %w", err)
		}
		for _, m := range messages {
			name := attributes(m, unix.SizeofIfInfomsg)[unix.IFLA_IFNAME]
			if len(name) > 0 && slices.Contains(f.names, string(name[:len(name)-1])) {
				v.interfaces[int(int32(binary.NativeEndian.Uint32(m.Data[4:])))] = true
			}
		}
	}
	f.view.Store(v)
	return nil
}

func dump(ask *netlink.Conn, kind netlink.HeaderType, header int) ([]netlink.Message, error) {
	return ask.Execute(netlink.Message{
		Header: netlink.Header{Type: kind, Flags: netlink.Request | netlink.Dump}, Data: make([]byte, header),
	})
}

func attributes(m netlink.Message, header int) map[uint16][]byte {
	values := map[uint16][]byte{}
	if len(m.Data) < header {
		return values
	}
	list, err := netlink.UnmarshalAttributes(m.Data[header:])
	if err != nil {
		return values
	}
	for _, a := range list {
		values[a.Type] = a.Data
	}
	return values
}
