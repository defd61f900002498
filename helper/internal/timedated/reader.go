package timedated

import "encoding/binary"

// reader unmarshals; whatever the data is, it only ever says that they are bad.
type reader struct {
	data  []byte
	at    int
	order binary.ByteOrder
	bad   bool
}

func (r *reader) take(n int) []byte {
	if r.bad || n < 0 || n > len(r.data)-r.at {
		r.bad = true
		return nil
	}
	r.at += n
	return r.data[r.at-n : r.at]
}

// align skips what fills up; at the very end there may be nothing to skip.
func (r *reader) align(to int) { r.at = min((r.at+to-1)/to*to, len(r.data)) }

func (r *reader) byte() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) number() uint32 {
	r.align(4)
	if b := r.take(4); b != nil {
		return r.order.Uint32(b)
	}
	return 0
}

func (r *reader) text() string {
	n := r.number()
	if n > maxMessage {
		r.bad = true
	}
	return r.ended(r.take(int(n) + 1))
}

func (r *reader) signature() string { return r.ended(r.take(int(r.byte()) + 1)) }

// ended drops the zero that ends a string.
func (r *reader) ended(b []byte) string {
	if len(b) == 0 || b[len(b)-1] != 0 {
		r.bad = true
		return ""
	}
	return string(b[:len(b)-1])
}
