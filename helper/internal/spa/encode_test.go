package spa

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// seal makes a packet out of any plaintext, as a client with the right keys could; the fields end with their digest.
func seal(fields string, secret, hmacKey []byte) []byte {
	digest := sha256.Sum256([]byte(fields))
	return sealRaw(fields+":"+base64.RawStdEncoding.EncodeToString(digest[:]), secret, hmacKey)
}

func sealRaw(plain string, secret, hmacKey []byte) []byte {
	n := aes.BlockSize - len(plain)%aes.BlockSize
	data := append([]byte(plain), bytes.Repeat([]byte{byte(n)}, n)...)
	salt := []byte("saltsalt")
	key, iv := derive(secret, salt)
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(data, data)
	return sign(base64.RawStdEncoding.EncodeToString(append([]byte(saltMark+string(salt)), data...)), hmacKey)
}

func sign(text string, hmacKey []byte) []byte {
	mac := hmac.New(sha256.New, hmacKey)
	mac.Write([]byte(text))
	return []byte(strings.TrimPrefix(text, wirePrefix) + base64.RawStdEncoding.EncodeToString(mac.Sum(nil)))
}
