package rawpacket

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"testing"

	"sallyport/helper/internal/sendjob"
)

var (
	src4, dst4 = netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("198.51.100.2")
	src6, dst6 = netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::2")
)

// The worked example of RFC 1071, section 3: 0001 f203 f4f5 f6f7 adds up to ddf2.
func TestChecksumOfRFC1071(t *testing.T) {
	if got := checksum(0, []byte{0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7}); got != ^uint16(0xddf2) {
		t.Errorf("got %#04x", got)
	}
	if got := checksum(0, []byte{0x12, 0x34, 0x56}); got != ^uint16(0x1234+0x5600) {
		t.Errorf("odd length: got %#04x", got)
	}
}

// A receiver sums everything, checksum included, and must find all ones.
func TestSegmentsVerify(t *testing.T) {
	for _, flags := range []sendjob.Flags{sendjob.SYN, sendjob.SYN | sendjob.FIN, sendjob.URG, 0x3f} {
		for _, pair := range [][2]netip.Addr{{src4, dst4}, {src6, dst6}} {
			b := TCP(pair[0], pair[1], Segment{SourcePort: 40001, Port: 7000, Sequence: 0xfffefdfc, Timestamp: 7, Flags: flags})
			if got := checksum(pseudoHeader(pair[0], pair[1], ProtoTCP, len(b)), b); got != 0 {
				t.Errorf("%v %#x: sum leaves %#04x", pair, flags, got)
			}
			if b[13] != byte(flags) || int(b[12]>>4)*4 != len(b) {
				t.Errorf("flags %#x, offset %d of %d bytes", b[13], b[12]>>4, len(b))
			}
			if plain := flags == sendjob.SYN; (len(b) == 40) != plain {
				t.Errorf("%#x has %d bytes", flags, len(b))
			}
		}
	}
}

func TestEchoIsZeroBytes(t *testing.T) {
	b := Echo(src4, dst4, 0x1234, 0x0001, 3)
	if got := hex.EncodeToString(b); got != "0800e5ca12340001000000" {
		t.Errorf("got %s", got)
	}
	six := Echo(src6, dst6, 1, 2, 1400)
	if six[0] != 128 || len(six) != 1408 || !bytes.Equal(six[8:], make([]byte, 1400)) {
		t.Errorf("type %d, %d bytes", six[0], len(six))
	}
	if got := checksum(pseudoHeader(src6, dst6, ProtoICMPv6, len(six)), six); got != 0 {
		t.Errorf("sum leaves %#04x", got)
	}
}

func TestHeaders(t *testing.T) {
	four := IP(src4, dst4, ProtoTCP, 9, []byte{1, 2})
	if got := hex.EncodeToString(four); got != "4500001600004000"+"09060000"+"c0000201"+"c6336402"+"0102" {
		t.Errorf("IPv4: %s", got)
	}
	six := IP(src6, dst6, ProtoTCP, 7, []byte{1, 2})
	if len(six) != 42 || binary.BigEndian.Uint16(six[4:]) != 2 || six[6] != ProtoTCP || six[7] != 7 {
		t.Errorf("IPv6: %x", six)
	}
}
