// Package nft speaks the part of nftables' netlink protocol that the gate needs: one table of family inet,
// changed by atomic batches, and read back. It exists beside the nftables library, whose expressions it
// uses, because that library's connection does not build for 32-bit systems. Attribute numbers are those of
// include/uapi/linux/netfilter/nf_tables.h.
package nft

import (
	"time"
)

// Table flags (enum nft_table_flags).
const (
	FlagOwner   = 0x2
	FlagPersist = 0x4
)

// Type is the data type of a set's key; the numbers are nft's own (include/datatype.h).
type Type struct {
	number uint32
	bytes  uint32
}

// Key types.
var (
	IPv4Addr      = Type{7, 4}
	IPv6Addr      = Type{8, 16}
	InetProto     = Type{12, 1}
	InetService   = Type{13, 2}
	FIBAddrType   = Type{38, 4}
	InterfaceName = Type{41, 16}
)

// Set is a set to be added.
type Set struct {
	Name string
	// ID refers to the set within its batch; not 0.
	ID uint32
	// Key is the key's type, several of them for a concatenation.
	Key []Type
	// Interval sets hold ranges, Timeout sets forget elements, Anonymous ones belong to a single rule.
	Interval, Timeout, Anonymous bool
	// HostOrder tells nft how to print keys that are not in network order.
	HostOrder bool
}

// Element is one element of a set.
type Element struct {
	Key         []byte
	IntervalEnd bool
	// Timeout is the element's life, 0 for ever.
	Timeout time.Duration
	// Expires is what is left of it, when read from the kernel.
	Expires time.Duration
	Comment string
}

// Hook is where a base chain sits (enum nf_inet_hooks).
type Hook uint32

const (
	Prerouting Hook = 0
	Input      Hook = 1
)

// TableInfo is a table as the kernel has it.
type TableInfo struct {
	Flags uint32
	// Owner is the port ID of the owning socket, 0 for none.
	Owner uint32
}
