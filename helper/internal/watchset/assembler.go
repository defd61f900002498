package watchset

import "golang.org/x/net/bpf"

// label is a place in the program that can be jumped to; labels are bound once.
type label int

// assembler writes classic BPF with labels. Conditional jumps reach 255 instructions only, so every jump to a
// label is a conditional skip over an unconditional one.
type assembler struct {
	program []bpf.Instruction
	bound   []int
	uses    map[int]label
}

func (a *assembler) label() label {
	a.bound = append(a.bound, -1)
	return label(len(a.bound) - 1)
}

func (a *assembler) bind(l label) { a.bound[l] = len(a.program) }

func (a *assembler) emit(instructions ...bpf.Instruction) {
	a.program = append(a.program, instructions...)
}

func (a *assembler) jump(to label) {
	if a.uses == nil {
		a.uses = map[int]label{}
	}
	a.uses[len(a.program)] = to
	a.emit(bpf.Jump{})
}

func (a *assembler) jumpIf(test bpf.JumpTest, value uint32, to label) {
	a.emit(bpf.JumpIf{Cond: test, Val: value, SkipFalse: 1})
	a.jump(to)
}

func (a *assembler) jumpUnless(test bpf.JumpTest, value uint32, to label) {
	a.emit(bpf.JumpIf{Cond: test, Val: value, SkipTrue: 1})
	a.jump(to)
}

func (a *assembler) assemble() ([]bpf.RawInstruction, error) {
	for at, to := range a.uses {
		a.program[at] = bpf.Jump{Skip: uint32(a.bound[to] - at - 1)}
	}
	return bpf.Assemble(a.program)
}
