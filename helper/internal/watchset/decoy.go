package watchset

// decoy is a keyed hash over ports: a permutation of 16 bits, of which one class in eight are decoys. Two
// rounds of multiply and xor-shift: one alone has weak factors that leave long runs without a decoy.
type decoy struct {
	mask          uint16
	first, second uint16 // odd
	class         uint16 // 0-7
}

const (
	firstShift, secondShift = 7, 9
	classMask               = 7
)

func newDecoy(random func() uint32) decoy {
	a, b := random(), random()
	return decoy{mask: uint16(a), first: uint16(a>>16) | 1, second: uint16(b>>16) | 1, class: uint16(b) & classMask}
}

func (d decoy) has(port uint16) bool {
	x := port ^ d.mask
	x *= d.first
	x ^= x >> firstShift
	x *= d.second
	x ^= x >> secondShift
	return x&classMask == d.class
}
