package client

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
)

const (
	clientLabel = "sallyport-client"
	serverLabel = "sallyport-server"
	nonceBytes  = 32
)

// proof is HMAC-SHA-256(key, label ‖ 0x00 ‖ server nonce ‖ client nonce).
func proof(key []byte, label string, serverNonce, clientNonce []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(label))
	mac.Write([]byte{0})
	mac.Write(serverNonce)
	mac.Write(clientNonce)
	return mac.Sum(nil)
}

var (
	pipeName = regexp.MustCompile(`^\\\\\.\\pipe\\sallyport-[0-9a-f]{32}$`)
	hex32    = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// key is what the user-only file holds: the way in and what both sides prove.
type key struct {
	pipe  string
	bytes []byte
}

func parseKey(text []byte) (key, error) {
	var file struct{ Pipe, Key string }
	if err := json.Unmarshal(text, &file); err != nil {
		return key{}, fmt.Errorf("is not JSON: %w", err)
	}
	if !pipeName.MatchString(file.Pipe) {
		return key{}, fmt.Errorf(`"pipe" is not \\.\pipe\sallyport-<32 hex digits>`)
	}
	if !hex32.MatchString(file.Key) {
		return key{}, fmt.Errorf(`"key" is not 64 hex digits`)
	}
	secret, err := hex.DecodeString(file.Key)
	return key{pipe: file.Pipe, bytes: secret}, err
}

// proveKey proves what the key file says, on both sides, before anything else is said.
func proveKey(ctx context.Context, conn *Conn, text []byte) error {
	k, err := parseKey(text)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, conn.quiet+conn.patience, frozen(conn.quiet+conn.patience))
	defer cancel()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	nonce := make([]byte, nonceBytes)
	_, _ = rand.Read(nonce) // crypto/rand never fails: it ends the program instead
	err = prove(conn.stream, conn.lines, k.bytes, nonce)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// unproven gives the error of a handshake its words, but for one that has its own: an interruption, a frozen process.
func unproven(ctx context.Context, what string, err error) error {
	var fault *Fault
	if ctx.Err() != nil || errors.As(err, &fault) {
		return err
	}
	return Internal("", "%s: %s", what, err)
}

// prove does the handshake on a fresh connection. nonce is 32 random bytes.
func prove(conn io.Writer, lines *lineReader, secret, nonce []byte) error {
	var greeting struct{ Nonce string }
	if err := lines.readJSON(&greeting); err != nil {
		return err
	}
	if !hex32.MatchString(greeting.Nonce) {
		return fmt.Errorf("its first line has no nonce of 64 hex digits")
	}
	serverNonce, err := hex.DecodeString(greeting.Nonce)
	if err != nil {
		return err
	}
	if bytes.Equal(serverNonce, nonce) {
		return fmt.Errorf("it echoed our own nonce")
	}
	ours := struct {
		Nonce string `json:"nonce"`
		Proof string `json:"proof"`
	}{hex.EncodeToString(nonce), hex.EncodeToString(proof(secret, clientLabel, serverNonce, nonce))}
	if err := writeLine(conn, ours); err != nil {
		return err
	}
	var answer struct{ Proof string }
	if err := lines.readJSON(&answer); err != nil {
		return err
	}
	theirs, err := hex.DecodeString(answer.Proof)
	if err != nil || !hmac.Equal(theirs, proof(secret, serverLabel, serverNonce, nonce)) {
		return fmt.Errorf("its proof of the key is wrong")
	}
	return nil
}
