package nft

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

const (
	// writeBuffer holds the largest batch: the elements of a door with a thousand ports, three times over.
	writeBuffer = 4 << 20
	// answerTime is how long the kernel may take; it answers before send returns, so this is never waited for.
	answerTime = 5 * time.Second
)

// Conn is a netlink socket. A table made with FlagOwner belongs to it. It is not safe for concurrent use.
type Conn struct {
	link *netlink.Conn
}

// Dial opens the socket in the network namespace of the calling thread.
func Dial() (*Conn, error) {
	link, err := netlink.Dial(unix.NETLINK_NETFILTER, nil)
	if err != nil {
		return nil, err
	}
	if err := link.SetWriteBuffer(writeBuffer); err != nil {
		link.Close()
		return nil, err
	}
	return &Conn{link}, nil
}

// Close closes the socket; tables that it owns become nobody's if they are persistent, else they vanish.
func (c *Conn) Close() error { return c.link.Close() }

// PortID is what TableInfo.Owner holds for tables of this socket.
func (c *Conn) PortID() uint32 { return c.link.PID() }

// Send carries out a batch. The error is the kernel's first, and nothing has changed then.
func (c *Conn) Send(b *Batch) error {
	if b.err != nil {
		return b.err
	}
	if len(b.messages) == 0 {
		return nil
	}
	// The kernel answers every message that fails and the one that asks for it; one of these always comes.
	b.messages[len(b.messages)-1].Header.Flags |= netlink.Acknowledge
	mark := func(kind netlink.HeaderType) netlink.Message {
		return netlink.Message{Header: netlink.Header{Type: kind, Flags: netlink.Request}, Data: familyHeader(0, unix.NFNL_SUBSYS_NFTABLES)}
	}
	all := append([]netlink.Message{mark(unix.NFNL_MSG_BATCH_BEGIN)}, b.messages...)
	all = append(all, mark(unix.NFNL_MSG_BATCH_END))
	if _, err := c.link.SendMessages(all); err != nil {
		return fmt.Errorf("send %d messages: %w", len(all), err)
	}
	if err := c.link.SetReadDeadline(time.Now().Add(answerTime)); err != nil {
		return err
	}
	_, first := c.link.Receive()
	for c.waiting() {
		if _, err := c.link.Receive(); first == nil {
			first = err
		}
	}
	return errors.Join(first, c.link.SetReadDeadline(time.Time{}))
}

// waiting tells whether an answer can be read without waiting.
func (c *Conn) waiting() bool {
	raw, err := c.link.SyscallConn()
	if err != nil {
		return false
	}
	ready := 0
	err = raw.Control(func(fd uintptr) {
		ready, _ = unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
	})
	return err == nil && ready > 0
}

// Table finds a table of family inet; nil when there is none.
func (c *Conn) Table(name string) (*TableInfo, error) {
	messages, err := c.dump(unix.NFT_MSG_GETTABLE, nil)
	if err != nil {
		return nil, err
	}
	for _, m := range messages {
		info, found := TableInfo{}, false
		err := decode(m, func(d *netlink.AttributeDecoder) {
			switch d.Type() {
			case unix.NFTA_TABLE_NAME:
				found = d.String() == name
			case unix.NFTA_TABLE_FLAGS:
				info.Flags = d.Uint32()
			case 7: // NFTA_TABLE_OWNER
				info.Owner = d.Uint32()
			}
		})
		if err != nil || found {
			return &info, err
		}
	}
	return nil, nil
}

// CountRules counts the rules of a chain.
func (c *Conn) CountRules(table, chain string) (int, error) {
	messages, err := c.dump(unix.NFT_MSG_GETRULE, func(e *netlink.AttributeEncoder) {
		e.String(unix.NFTA_RULE_TABLE, table)
		e.String(unix.NFTA_RULE_CHAIN, chain)
	})
	return len(messages), err
}

// Elements lists a set; the error is ENOENT when there is no such table or set.
func (c *Conn) Elements(table, set string) ([]Element, error) {
	messages, err := c.dump(unix.NFT_MSG_GETSETELEM, func(e *netlink.AttributeEncoder) {
		e.String(unix.NFTA_SET_ELEM_LIST_TABLE, table)
		e.String(unix.NFTA_SET_ELEM_LIST_SET, set)
	})
	var elements []Element
	for _, m := range messages {
		if err := decode(m, func(d *netlink.AttributeDecoder) {
			if d.Type() == unix.NFTA_SET_ELEM_LIST_ELEMENTS {
				d.Nested(func(list *netlink.AttributeDecoder) error {
					for list.Next() {
						list.Nested(func(one *netlink.AttributeDecoder) error {
							elements = append(elements, decodeElement(one))
							return nil
						})
					}
					return nil
				})
			}
		}); err != nil {
			return nil, err
		}
	}
	return elements, err
}

func decodeElement(d *netlink.AttributeDecoder) (e Element) {
	for d.Next() {
		switch d.Type() {
		case unix.NFTA_SET_ELEM_KEY:
			d.Nested(func(key *netlink.AttributeDecoder) error {
				for key.Next() {
					e.Key = key.Bytes()
				}
				return nil
			})
		case unix.NFTA_SET_ELEM_FLAGS:
			e.IntervalEnd = d.Uint32()&unix.NFT_SET_ELEM_INTERVAL_END != 0
		case unix.NFTA_SET_ELEM_TIMEOUT:
			e.Timeout = time.Duration(d.Uint64()) * time.Millisecond
		case unix.NFTA_SET_ELEM_EXPIRATION:
			e.Expires = time.Duration(d.Uint64()) * time.Millisecond
		case unix.NFTA_SET_ELEM_USERDATA:
			e.Comment = comment(d.Bytes())
		}
	}
	return e
}

// comment reads the tagged values that nft keeps beside an element.
func comment(data []byte) string {
	for len(data) >= 2 && len(data) >= 2+int(data[1]) {
		value := data[2 : 2+int(data[1])]
		if data[0] == commentTag && len(value) > 0 {
			return string(value[:len(value)-1])
		}
		data = data[2+len(value):]
	}
	return ""
}

func (c *Conn) dump(kind uint16, fill func(*netlink.AttributeEncoder)) ([]netlink.Message, error) {
	encoder := netlink.NewAttributeEncoder()
	if fill != nil {
		fill(encoder)
	}
	data, err := encoder.Encode()
	if err != nil {
		return nil, err
	}
	return c.link.Execute(netlink.Message{
		Header: netlink.Header{Type: messageType(kind), Flags: netlink.Request | netlink.Dump},
		Data:   append(familyHeader(unix.NFPROTO_INET, 0), data...),
	})
}

func decode(m netlink.Message, each func(*netlink.AttributeDecoder)) error {
	const header = 4 // struct nfgenmsg
	if len(m.Data) < header {
		return fmt.Errorf("a message of %d bytes", len(m.Data))
	}
	d, err := netlink.NewAttributeDecoder(m.Data[header:])
	if err != nil {
		return err
	}
	d.ByteOrder = binary.BigEndian
	for d.Next() {
		each(d)
	}
	return d.Err()
}
