package spa

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5"
	"encoding/base64"
	"errors"
	"strings"
)

const (
	saltMark       = "Salted__"
	saltSize       = 8
	derivedKeySize = 32
)

var (
	errBase64  = errors.New("the packet is not base64")
	errSalt    = errors.New("the packet does not begin with a salt")
	errBlocks  = errors.New("the packet is not whole AES blocks")
	errPadding = errors.New("the padding is wrong; is it the right key, and is the mode CBC?")
)

// decrypt undoes AES-256-CBC with a key and IV made from the secret and the packet's salt.
func (k *Key) decrypt(text string) (string, error) {
	data, err := base64.RawStdEncoding.Strict().DecodeString(text)
	if err != nil {
		return "", errBase64
	}
	if !strings.HasPrefix(string(data), saltMark) || len(data) < len(saltMark)+saltSize {
		return "", errSalt
	}
	salt, data := data[len(saltMark):len(saltMark)+saltSize], data[len(saltMark)+saltSize:]
	if len(data) == 0 || len(data)%aes.BlockSize != 0 {
		return "", errBlocks
	}
	key, iv := derive(k.secret, salt)
	block, err := aes.NewCipher(key)
	if err != nil {
		return "", err
	}
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(data, data)
	return unpad(data)
}

// derive is OpenSSL's EVP_BytesToKey with MD5 and one round: a chain of MD5(previous ‖ secret ‖ salt).
func derive(secret, salt []byte) (key, iv []byte) {
	var chain, last []byte
	for len(chain) < derivedKeySize+aes.BlockSize {
		h := md5.New()
		h.Write(last)
		h.Write(secret)
		h.Write(salt)
		last = h.Sum(nil)
		chain = append(chain, last...)
	}
	return chain[:derivedKeySize], chain[derivedKeySize : derivedKeySize+aes.BlockSize]
}

// unpad takes PKCS #7 padding off (RFC 5652 section 6.3). The HMAC is proven, so there is no oracle in its error.
func unpad(data []byte) (string, error) {
	n := int(data[len(data)-1])
	if n == 0 || n > aes.BlockSize || n > len(data) {
		return "", errPadding
	}
	for _, c := range data[len(data)-n:] {
		if int(c) != n {
			return "", errPadding
		}
	}
	return string(data[:len(data)-n]), nil
}
