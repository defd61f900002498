package timedated

import (
	"bytes"
	"encoding/binary"
	"testing"
)

func TestBothByteOrders(t *testing.T) {
	little := []byte("l\x02\x01\x01\x08\x00\x00\x00\x07\x00\x00\x00\x08\x00\x00\x00" + "\x05\x01u\x00\x02\x00\x00\x00" + "\x01b\x00\x00\x01\x00\x00\x00")
	big := []byte("B\x02\x01\x01\x00\x00\x00\x08\x00\x00\x00\x07\x00\x00\x00\x08" + "\x05\x01u\x00\x00\x00\x00\x02" + "\x01b\x00\x00\x00\x00\x00\x01")
	for name, data := range map[string][]byte{"little": little, "big": big} {
		m, err := readMessage(bytes.NewReader(data))
		if err != nil || m.replyTo != 2 {
			t.Fatalf("%s: %+v, %v", name, m, err)
		}
		if yes, err := m.truth(); !yes || err != nil {
			t.Errorf("%s: %v, %v", name, yes, err)
		}
	}
}

func FuzzMessage(f *testing.F) {
	f.Add(call{serial: 2, destination: "a.b", path: "/c", face: "d.e", member: "F", arguments: []string{"g"}}.encode())
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := readMessage(bytes.NewReader(data))
		if err != nil {
			return
		}
		if len(m.body) > len(data)-fixedHeader || m.failed != "" && data[1] != failure || m.replyTo != 0 && data[1] != failure && data[1] != methodReturn {
			t.Fatalf("%q is read as %+v", data, m)
		}
		if yes, err := m.truth(); yes && (err != nil || m.order == binary.ByteOrder(binary.LittleEndian) && m.body[4] != 1) {
			t.Fatalf("%q is true", m.body)
		}
	})
}
