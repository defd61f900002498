package gate

import (
	"encoding/binary"

	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"

	"sallyport/helper/internal/nft"
)

// NFT_REG32_00 and up: 4-byte registers, so that a concatenated key lies in one run.
// include/uapi/linux/netfilter/nf_tables.h
const firstReg32 = 8

const loopbackIndex = 1 // every network namespace's lo (net/core/dev.c, LOOPBACK_IFINDEX)

func verdict(kind expr.VerdictKind, chain string) expr.Any {
	return &expr.Verdict{Kind: kind, Chain: chain}
}

func accept() expr.Any { return verdict(expr.VerdictAccept, "") }

func protocolIs(number byte) []expr.Any {
	return []expr.Any{
		&expr.Meta{Key: expr.MetaKeyL4PROTO, Register: 1},
		&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: []byte{number}},
	}
}

func familyIs(number byte) []expr.Any {
	return []expr.Any{
		&expr.Meta{Key: expr.MetaKeyNFPROTO, Register: 1},
		&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: []byte{number}},
	}
}

func destinationPort(register uint32) expr.Any {
	return &expr.Payload{DestRegister: register, Base: expr.PayloadBaseTransportHeader, Offset: 2, Len: 2}
}

func inSet(register uint32, set nft.Set, invert bool) expr.Any {
	return &expr.Lookup{SourceRegister: register, SetName: set.Name, SetID: set.ID, Invert: invert}
}

func join(parts ...[]expr.Any) []expr.Any {
	var all []expr.Any
	for _, part := range parts {
		all = append(all, part...)
	}
	return all
}

// source describes where a family keeps the source address.
type source struct {
	family         byte
	offset, length uint32
}

var (
	ipv4Source = source{unix.NFPROTO_IPV4, 12, 4}
	ipv6Source = source{unix.NFPROTO_IPV6, 8, 16}
)

func (s source) load(register uint32) expr.Any {
	return &expr.Payload{DestRegister: register, Base: expr.PayloadBaseNetworkHeader, Offset: s.offset, Len: s.length}
}

// ip saddr @always4 accept
func (s source) always(set nft.Set) []expr.Any {
	return join(familyIs(s.family), []expr.Any{s.load(1), inSet(1, set, false), accept()})
}

// ip saddr . meta l4proto . th dport @ok4 accept
func (s source) granted(set nft.Set) []expr.Any {
	next := firstReg32 + s.length/4
	return join(familyIs(s.family), []expr.Any{
		s.load(firstReg32),
		&expr.Meta{Key: expr.MetaKeyL4PROTO, Register: next},
		destinationPort(next + 1),
		inSet(firstReg32, set, false),
		accept(),
	})
}

// tcp dport @tports tcp flags & (fin | syn | rst | ack) == syn goto decide
func tcpOpening(ports nft.Set) []expr.Any {
	const fin, syn, rst, ack = 0x01, 0x02, 0x04, 0x10
	return join(protocolIs(unix.IPPROTO_TCP), []expr.Any{
		destinationPort(1),
		inSet(1, ports, false),
		&expr.Payload{DestRegister: 1, Base: expr.PayloadBaseTransportHeader, Offset: 13, Len: 1},
		&expr.Bitwise{SourceRegister: 1, DestRegister: 1, Len: 1, Mask: []byte{fin | syn | rst | ack}, Xor: []byte{0}},
		&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: []byte{syn}},
		verdict(expr.VerdictGoto, chainDecide),
	})
}

// udp dport @uports ct state established,related accept
func udpEstablished(ports nft.Set) []expr.Any {
	mask := binary.NativeEndian.AppendUint32(nil, expr.CtStateBitESTABLISHED|expr.CtStateBitRELATED)
	return join(protocolIs(unix.IPPROTO_UDP), []expr.Any{
		destinationPort(1),
		inSet(1, ports, false),
		&expr.Ct{Register: 1, Key: expr.CtKeySTATE},
		&expr.Bitwise{SourceRegister: 1, DestRegister: 1, Len: 4, Mask: mask, Xor: make([]byte, 4)},
		&expr.Cmp{Op: expr.CmpOpNeq, Register: 1, Data: make([]byte, 4)},
		accept(),
	})
}

// udp dport @uports goto decide
func udpOpening(ports nft.Set) []expr.Any {
	return join(protocolIs(unix.IPPROTO_UDP), []expr.Any{
		destinationPort(1), inSet(1, ports, false), verdict(expr.VerdictGoto, chainDecide),
	})
}

// iif lo accept
func fromLoopback() []expr.Any {
	return []expr.Any{
		&expr.Meta{Key: expr.MetaKeyIIF, Register: 1},
		&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: binary.NativeEndian.AppendUint32(nil, loopbackIndex)},
		accept(),
	}
}

// iifname != @ifaces accept
func fromElsewhere(interfaces nft.Set) []expr.Any {
	return []expr.Any{
		&expr.Meta{Key: expr.MetaKeyIIFNAME, Register: 1}, inSet(1, interfaces, true), accept(),
	}
}

// fib daddr type != { local, broadcast, anycast, multicast } accept
func notForThisHost(types nft.Set) []expr.Any {
	return []expr.Any{
		&expr.Fib{Register: 1, FlagDADDR: true, ResultADDRTYPE: true}, inSet(1, types, true), accept(),
	}
}
