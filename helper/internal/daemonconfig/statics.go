package daemonconfig

import (
	"fmt"
	"slices"

	"sallyport/helper/internal/gate"
	"sallyport/helper/internal/step"
)

// staticUse is a static sequence and where it stands, for comparing them with each other.
type staticUse struct {
	steps []step.Step
	where string
	line  int
	// list is the same for the sequences of one list, of which one is in force at a time; 0 for none.
	list int
}

// checkStatics refuses a sequence that another one contains: who knocks the longer one would also open the
// shorter one's door.
func (l *loader) checkStatics() {
	for i, a := range l.statics {
		for j, b := range l.statics {
			if a.list != 0 && a.list == b.list {
				continue
			}
			if i == j || len(a.steps) > len(b.steps) || (len(a.steps) == len(b.steps) && i < j) {
				continue
			}
			if contains(b.steps, a.steps) {
				relation := "is contained in that of"
				if len(a.steps) == len(b.steps) {
					relation = "is the same as that of"
				}
				l.problem(a.line, fmt.Sprintf("%s: this sequence %s %s, line %d; expected sequences of which none is a part of another",
					a.where, relation, b.where, b.line))
			}
		}
	}
}

func contains(long, short []step.Step) bool {
	for at := 0; at+len(short) <= len(long); at++ {
		same := true
		for i := range short {
			same = same && long[at+i] == short[i]
		}
		if same {
			return true
		}
	}
	return false
}

// warnOfGatedSteps tells of steps at ports that a door keeps closed: whoever tries such a port sends that step, also a client that
// looks whether the port has opened.
func (l *loader) warnOfGatedSteps(ports []gate.PortRange) {
	for _, use := range l.statics {
		for i, s := range use.steps {
			if slices.ContainsFunc(ports, func(p gate.PortRange) bool {
				return p.Protocol == s.Protocol && p.Low <= s.Value && s.Value <= p.High
			}) {
				l.warn(use.line, fmt.Sprintf("%s: step %d is at a port that a door keeps closed, so that every try to connect there counts as this step; choose another port",
					use.where, i+1))
			}
		}
	}
}

// weaknesses are signs that a person chose the numbers: what a scanner or a guesser tries first.
func weaknesses(steps []step.Step) []string {
	var found []string
	strides, up, down, round := true, true, true, true
	for i, s := range steps {
		round = round && s.Value%100 == 0
		if i == 0 {
			continue
		}
		difference := int(s.Value) - int(steps[i-1].Value)
		up, down = up && difference > 0, down && difference < 0
		strides = strides && difference == int(steps[1].Value)-int(steps[0].Value)
	}
	if up || down {
		found = append(found, "the steps only go one way, which is the order scanners use")
	}
	if strides {
		found = append(found, "the steps are the same distance apart")
	}
	if round {
		found = append(found, "all numbers are round; random ones are harder to guess")
	}
	return found
}
