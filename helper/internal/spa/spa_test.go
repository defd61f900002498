package spa

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"sallyport/helper/internal/step"
)

type vector struct {
	Name           string
	HMACDigest     Digest
	Packet         string
	Time           int64
	Allow          string
	Ports          string
	OpenForSeconds int
	Error          string
}

type vectorFile struct {
	KeyText, HMACKeyText string
	Cases                []vector
}

func vectors(t testing.TB) vectorFile {
	t.Helper()
	raw, err := os.ReadFile("testdata/packets.json")
	if err != nil {
		t.Fatal(err)
	}
	var file vectorFile
	if err := json.Unmarshal(raw, &file); err != nil || len(file.Cases) == 0 {
		t.Fatalf("%d cases, %v", len(file.Cases), err)
	}
	return file
}

// TestPacketsOfTheRealClient reads what Debian's fwknop wrote.
func TestPacketsOfTheRealClient(t *testing.T) {
	file := vectors(t)
	for _, c := range file.Cases {
		key := NewKey([]byte(file.KeyText), []byte(file.HMACKeyText), c.HMACDigest)
		packet := []byte(c.Packet)
		if !Candidate(packet) {
			t.Errorf("%s: no candidate", c.Name)
			continue
		}
		if proof, err := key.Prove(packet); err != nil || len(proof) < 32 {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		request, err := key.Open(packet)
		if c.Error != "" {
			if err == nil || !strings.Contains(err.Error(), c.Error) {
				t.Errorf("%s: got %v, want %q", c.Name, err, c.Error)
			}
			continue
		}
		if err != nil || request.Allow.String() != c.Allow || step.Format(request.Ports) != c.Ports ||
			request.OpenFor != time.Duration(c.OpenForSeconds)*time.Second || request.Sent.Unix() != c.Time {
			t.Errorf("%s: %+v, %v", c.Name, request, err)
		}
	}
}

func TestNothingButTheExactPacketIsProven(t *testing.T) {
	file := vectors(t)
	key := NewKey([]byte(file.KeyText), []byte(file.HMACKeyText), SHA256)
	packet := []byte(file.Cases[0].Packet)
	for at := range packet {
		for bit := range 8 {
			packet[at] ^= 1 << bit
			if Candidate(packet) {
				if _, err := key.Prove(packet); !errors.Is(err, ErrNotProven) {
					t.Fatalf("byte %d, bit %d flipped: %v", at, bit, err)
				}
			}
			packet[at] ^= 1 << bit
		}
	}
	for name, other := range map[string]*Key{
		"another HMAC key": NewKey([]byte(file.KeyText), []byte("another key of some length"), SHA256),
		"another digest":   NewKey([]byte(file.KeyText), []byte(file.HMACKeyText), SHA512),
	} {
		if _, err := other.Prove(packet); !errors.Is(err, ErrNotProven) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for cut := MinSize; cut < len(packet); cut++ {
		if _, err := key.Prove(packet[:cut]); err == nil {
			t.Errorf("cut to %d bytes it is proven", cut)
		}
	}
	if _, err := key.Prove(append(bytes.Clone(packet), 'A')); err == nil {
		t.Error("with a byte more it is proven")
	}
}

func TestCandidates(t *testing.T) {
	good := bytes.Repeat([]byte("A"), 200)
	for name, c := range map[string]struct {
		payload []byte
		want    bool
	}{
		"plain": {good, true}, "shortest": {good[:MinSize], true}, "too short": {good[:MinSize-1], false}, "empty": {nil, false},
		"longest": {bytes.Repeat(good, 8)[:MaxSize], true}, "too long": {bytes.Repeat(good, 8)[:MaxSize+1], false},
		"padding": {append(bytes.Clone(good), '='), false}, "newline": {append(bytes.Clone(good), '\n'), false},
		"zero": {append(bytes.Clone(good), 0), false}, "url alphabet": {append(bytes.Clone(good), '-', '_'), false},
	} {
		if Candidate(c.payload) != c.want {
			t.Errorf("%s: not %v", name, c.want)
		}
	}
}

// TestProvenButWrong holds what somebody with the keys may get wrong, and what is refused of it.
func TestProvenButWrong(t *testing.T) {
	secret, hmacKey := []byte("a secret of bytes"), []byte("a key for the HMAC")
	b64 := func(text string) string { return base64.RawStdEncoding.EncodeToString([]byte(text)) }
	const head, user = "1234567890123456:", "YWxpY2U:"
	access := func(message string) string { return head + user + "1700000000:3.0.0:1:" + b64(message) }
	for fields, want := range map[string]string{
		access("192.0.2.2,tcp/22"):                                                     "",
		access("2001:db8::2,tcp/22,udp/60000"):                                         "",
		head + user + "1700000000:3.0.0:3:" + b64("192.0.2.2,tcp/22") + ":30":          "",
		head + user + "1700000000:3.0.0:3:" + b64("192.0.2.2,tcp/22") + ":0":           "timeout",
		head + user + "1700000000:3.0.0:3:" + b64("192.0.2.2,tcp/22") + ":-5":          "timeout",
		head + user + "1700000000:3.0.0:3:" + b64("192.0.2.2,tcp/22") + ":+5":          "timeout",
		head + user + "1700000000:3.0.0:3:" + b64("192.0.2.2,tcp/22") + ":99999999999": "timeout",
		head + user + "1700000000:3.0.0:1:" + b64("192.0.2.2,tcp/22") + ":30":          "fields",
		head + user + "1700000000:3.0.0:3:" + b64("192.0.2.2,tcp/22"):                  "fields",
		head + user + "1700000000:3.0.0:7:" + b64("192.0.2.2,tcp/22"):                  "fields",
		head + user + "1700000000:3.0.1:1:" + b64("192.0.2.2,tcp/22"):                  "version",
		head + user + "-1700000000:3.0.0:1:" + b64("192.0.2.2,tcp/22"):                 "time",
		head + user + "99999999999999999999:3.0.0:1:" + b64("192.0.2.2,tcp/22"):        "time",
		"123456789012345:" + user + "1700000000:3.0.0:1:" + b64("192.0.2.2,tcp/22"):    "random",
		head + ":1700000000:3.0.0:1:" + b64("192.0.2.2,tcp/22"):                        "user",
		head + "!:1700000000:3.0.0:1:" + b64("192.0.2.2,tcp/22"):                       "user",
		head + b64(strings.Repeat("u", 49)) + ":1:3.0.0:1:" + b64("192.0.2.2,tcp/22"):  "user",
		head + user + "1700000000:3.0.0:1:*":                                           "message",
		access("192.0.2.2"):                                                            "no port",
		access("192.0.2.2,tcp/0"):                                                      "port",
		access("192.0.2.2,tcp/65536"):                                                  "port",
		access("192.0.2.2,tcp/+22"):                                                    "port",
		access("192.0.2.2,icmp/8"):                                                     "port",
		access("192.0.2.2,none/0"):                                                     "port",
		access("192.0.2.2,tcp/22,"):                                                    "port",
		access("192.0.2.2,22"):                                                         "port",
		access("192.0.2,tcp/22"):                                                       "address",
		access("::ffff:192.0.2.2,tcp/22"):                                              "address",
		access("fe80::1%eth0,tcp/22"):                                                  "address",
		access(""):                                                                     "address",
		"":                                                                             "fields",
		head + "\x01":                                                                  "printable",
	} {
		payload := seal(fields, secret, hmacKey)
		key := NewKey(secret, hmacKey, SHA256)
		if _, err := key.Prove(payload); err != nil {
			t.Fatalf("%q: %v", fields, err)
		}
		_, err := key.Open(payload)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: got %v, want %q", fields, err, want)
		}
	}
}

func TestProvenButNotDecryptable(t *testing.T) {
	secret, hmacKey := []byte("a secret of bytes"), []byte("a key for the HMAC")
	key := NewKey(secret, hmacKey, SHA256)
	encode := base64.RawStdEncoding.EncodeToString
	for want, payload := range map[string][]byte{
		"inner digest": sealRaw("1:2:3:4:5:6:"+strings.Repeat("A", 43), secret, hmacKey),
		"salt":         sign(wirePrefix+"98", hmacKey),
		"whole AES":    sign(encode([]byte(saltMark+"12345678x")), hmacKey),
		"padding":      sign(encode([]byte(saltMark+"12345678"+strings.Repeat("x", 32))), hmacKey),
		"not base64":   sign(wirePrefix+"AAA*", hmacKey),
	} {
		if _, err := key.Prove(payload); err != nil {
			t.Fatalf("%s: %v", want, err)
		}
		if _, err := key.Open(payload); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestFresh(t *testing.T) {
	now := time.Unix(1700000000, 999)
	for ahead, want := range map[time.Duration]bool{0: true, 120: true, -120: true, 121: false, -121: false, 1 << 31: false} {
		offset, fresh := Request{Sent: time.Unix(1700000000+int64(ahead), 0)}.Fresh(now)
		if fresh != want || offset != ahead*time.Second {
			t.Errorf("%d s: %v, %v", ahead, offset, fresh)
		}
	}
}

// FuzzOpen feeds hostile payloads to everything that reads one, and hostile plaintexts behind a right HMAC.
func FuzzOpen(f *testing.F) {
	for _, c := range vectors(f).Cases {
		f.Add([]byte(c.Packet))
	}
	f.Add([]byte("1234567890123456:YWxpY2U:1700000000:3.0.0:1:MTkyLjAuMi4yLHRjcC8yMg"))
	f.Add([]byte{})
	secret, hmacKey := []byte("a secret of bytes"), []byte("a key for the HMAC")
	key := NewKey(secret, hmacKey, SHA256)
	f.Fuzz(func(t *testing.T, data []byte) {
		if Candidate(data) {
			if _, err := key.Prove(data); err == nil {
				t.Fatal("a forged packet is proven")
			}
		}
		for _, payload := range [][]byte{seal(string(data), secret, hmacKey), sealRaw(string(data), secret, hmacKey), sign(string(data), hmacKey)} {
			if _, err := key.Prove(payload); err != nil {
				continue
			}
			request, err := key.Open(payload)
			if err == nil && (!request.Allow.IsValid() || len(request.Ports) == 0 || request.OpenFor < 0) {
				t.Fatalf("%q is read as %+v", data, request)
			}
		}
	})
}
