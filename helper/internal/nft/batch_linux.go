package nft

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/google/nftables/expr"
	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

const (
	policyAccept = 1    // NF_ACCEPT, linux/netfilter.h
	setConcat    = 0x80 // NFT_SET_CONCAT
	descConcat   = 2    // NFTA_SET_DESC_CONCAT
	concatBits   = 6    // nft shifts the types of a concatenation by this much
	byteOrderTag = 0    // NFTNL_UDATA_SET_KEYBYTEORDER
	commentTag   = 0    // NFTNL_UDATA_SET_ELEM_COMMENT
	// A nested attribute's length is 16 bits; an element with its comment takes under 256 bytes.
	elementsPerMessage = 200
)

// Batch collects changes to one table. All of them happen, or none.
type Batch struct {
	table    string
	messages []netlink.Message
	err      error
}

// NewBatch begins a batch.
func NewBatch(table string) *Batch { return &Batch{table: table} }

func (b *Batch) add(kind uint16, flags netlink.HeaderFlags, fill func(*netlink.AttributeEncoder)) {
	encoder := netlink.NewAttributeEncoder()
	encoder.ByteOrder = binary.BigEndian
	fill(encoder)
	data, err := encoder.Encode()
	if err != nil {
		b.err = errors.Join(b.err, err)
		return
	}
	b.messages = append(b.messages, netlink.Message{
		Header: netlink.Header{Type: messageType(kind), Flags: netlink.Request | flags},
		Data:   append(familyHeader(unix.NFPROTO_INET, 0), data...),
	})
}

func messageType(kind uint16) netlink.HeaderType {
	return netlink.HeaderType(unix.NFNL_SUBSYS_NFTABLES<<8 | kind)
}

// familyHeader is struct nfgenmsg.
func familyHeader(family byte, resource uint16) []byte {
	return []byte{family, unix.NFNETLINK_V0, byte(resource >> 8), byte(resource)}
}

// AddTable adds the table.
func (b *Batch) AddTable(flags uint32) {
	b.add(unix.NFT_MSG_NEWTABLE, netlink.Create, func(e *netlink.AttributeEncoder) {
		e.String(unix.NFTA_TABLE_NAME, b.table)
		e.Uint32(unix.NFTA_TABLE_FLAGS, flags)
	})
}

// DeleteTable deletes the table, which must exist, and all that is in it.
func (b *Batch) DeleteTable() {
	b.add(unix.NFT_MSG_DELTABLE, 0, func(e *netlink.AttributeEncoder) { e.String(unix.NFTA_TABLE_NAME, b.table) })
}

// AddChain adds a chain that others jump to.
func (b *Batch) AddChain(name string) {
	b.add(unix.NFT_MSG_NEWCHAIN, netlink.Create, func(e *netlink.AttributeEncoder) {
		e.String(unix.NFTA_CHAIN_TABLE, b.table)
		e.String(unix.NFTA_CHAIN_NAME, name)
	})
}

// AddFilterChain adds a base chain of type filter with policy accept.
func (b *Batch) AddFilterChain(name string, hook Hook, priority int32) {
	b.add(unix.NFT_MSG_NEWCHAIN, netlink.Create, func(e *netlink.AttributeEncoder) {
		e.String(unix.NFTA_CHAIN_TABLE, b.table)
		e.String(unix.NFTA_CHAIN_NAME, name)
		e.Nested(unix.NFTA_CHAIN_HOOK, func(h *netlink.AttributeEncoder) error {
			h.Uint32(unix.NFTA_HOOK_HOOKNUM, uint32(hook))
			h.Uint32(unix.NFTA_HOOK_PRIORITY, uint32(priority))
			return nil
		})
		e.Uint32(unix.NFTA_CHAIN_POLICY, policyAccept)
		e.String(unix.NFTA_CHAIN_TYPE, "filter")
	})
}

// AddRule appends a rule to a chain.
func (b *Batch) AddRule(chain string, expressions []expr.Any) {
	b.add(unix.NFT_MSG_NEWRULE, netlink.Create|netlink.Append, func(e *netlink.AttributeEncoder) {
		e.String(unix.NFTA_RULE_TABLE, b.table)
		e.String(unix.NFTA_RULE_CHAIN, chain)
		e.Nested(unix.NFTA_RULE_EXPRESSIONS, func(list *netlink.AttributeEncoder) error {
			for _, one := range expressions {
				data, err := expr.Marshal(unix.NFPROTO_INET, one)
				if err != nil {
					return fmt.Errorf("a rule of chain %s: %w", chain, err)
				}
				list.Bytes(unix.NFTA_LIST_ELEM|unix.NLA_F_NESTED, data)
			}
			return nil
		})
	})
}

// AddSet adds a set with elements.
func (b *Batch) AddSet(s Set, elements []Element) {
	b.add(unix.NFT_MSG_NEWSET, netlink.Create, func(e *netlink.AttributeEncoder) {
		e.String(unix.NFTA_SET_TABLE, b.table)
		e.String(unix.NFTA_SET_NAME, s.Name)
		e.Uint32(unix.NFTA_SET_FLAGS, s.flags())
		number, length := uint32(0), uint32(0)
		for _, t := range s.Key {
			number = number<<concatBits | t.number
			length += (t.bytes + 3) &^ 3 // parts of a concatenation are padded to registers
		}
		if len(s.Key) == 1 {
			length = s.Key[0].bytes
		}
		e.Uint32(unix.NFTA_SET_KEY_TYPE, number)
		e.Uint32(unix.NFTA_SET_KEY_LEN, length)
		e.Uint32(unix.NFTA_SET_ID, s.ID)
		e.Nested(unix.NFTA_SET_DESC, func(d *netlink.AttributeEncoder) error {
			s.describe(d, len(elements))
			return nil
		})
		order := byte(2) // network byte order
		if s.HostOrder {
			order = 1
		}
		e.Bytes(unix.NFTA_SET_USERDATA, []byte{byteOrderTag, 4, order, 0, 0, 0})
	})
	b.AddElements(s.Name, s.ID, elements)
}

func (s Set) flags() (flags uint32) {
	for _, f := range []struct {
		on  bool
		bit uint32
	}{
		{s.Interval, unix.NFT_SET_INTERVAL}, {s.Timeout, unix.NFT_SET_TIMEOUT}, {len(s.Key) > 1, setConcat},
		{s.Anonymous, unix.NFT_SET_ANONYMOUS | unix.NFT_SET_CONSTANT},
	} {
		if f.on {
			flags |= f.bit
		}
	}
	return flags
}

// describe tells the size of a constant set and the parts of a concatenated key.
func (s Set) describe(d *netlink.AttributeEncoder, size int) {
	if s.Anonymous {
		d.Uint32(unix.NFTA_SET_DESC_SIZE, uint32(size))
	}
	if len(s.Key) < 2 {
		return
	}
	d.Nested(descConcat, func(parts *netlink.AttributeEncoder) error {
		for _, t := range s.Key {
			parts.Nested(unix.NFTA_LIST_ELEM, func(part *netlink.AttributeEncoder) error {
				part.Uint32(1, t.bytes) // NFTA_SET_FIELD_LEN
				return nil
			})
		}
		return nil
	})
}

// AddElements adds elements to a set; an element that is there already keeps its timeout. id is 0 for a set of
// an earlier batch.
func (b *Batch) AddElements(set string, id uint32, elements []Element) {
	b.elements(unix.NFT_MSG_NEWSETELEM, set, id, elements)
}

// DeleteElements deletes elements, all of which must exist.
func (b *Batch) DeleteElements(set string, id uint32, elements []Element) {
	b.elements(unix.NFT_MSG_DELSETELEM, set, id, elements)
}

func (b *Batch) elements(kind uint16, set string, id uint32, elements []Element) {
	for len(elements) > 0 {
		chunk := elements[:min(elementsPerMessage, len(elements))]
		elements = elements[len(chunk):]
		b.add(kind, netlink.Create, func(e *netlink.AttributeEncoder) {
			e.String(unix.NFTA_SET_ELEM_LIST_TABLE, b.table)
			e.String(unix.NFTA_SET_ELEM_LIST_SET, set)
			if id != 0 {
				e.Uint32(unix.NFTA_SET_ELEM_LIST_SET_ID, id)
			}
			e.Nested(unix.NFTA_SET_ELEM_LIST_ELEMENTS, func(list *netlink.AttributeEncoder) error {
				for _, one := range chunk {
					list.Nested(unix.NFTA_LIST_ELEM, one.encode)
				}
				return nil
			})
		})
	}
}

func (one Element) encode(e *netlink.AttributeEncoder) error {
	e.Nested(unix.NFTA_SET_ELEM_KEY, func(key *netlink.AttributeEncoder) error {
		key.Bytes(unix.NFTA_DATA_VALUE, one.Key)
		return nil
	})
	if one.IntervalEnd {
		e.Uint32(unix.NFTA_SET_ELEM_FLAGS, unix.NFT_SET_ELEM_INTERVAL_END)
	}
	if one.Timeout > 0 {
		// The kernel counts milliseconds; 0 would mean for ever.
		e.Uint64(unix.NFTA_SET_ELEM_TIMEOUT, uint64(max(1, one.Timeout/time.Millisecond)))
	}
	if one.Comment != "" {
		text := append([]byte(one.Comment), 0)
		e.Bytes(unix.NFTA_SET_ELEM_USERDATA, append([]byte{commentTag, byte(len(text))}, text...))
	}
	return nil
}
