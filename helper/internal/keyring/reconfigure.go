package keyring

import (
	"fmt"

	"sallyport/helper/internal/daemonconfig"
	"sallyport/helper/internal/matcher"
	"sallyport/helper/internal/rks1"
	"sallyport/helper/internal/step"
)

// Reconfigure goes over to another config. What is the same in both keeps its sequences, and with them the
// progress of whoever is knocking; door and user may have other names. Roll adds what is new.
func (k *Keyring) Reconfigure(cfg *daemonconfig.Config) {
	before := map[string][]current{}
	for i := range k.owners {
		o := &k.owners[i]
		switch {
		case len(o.live) == 0:
		case o.key != nil:
			before[rotatingIdentity(o.key, o.slot.Action)] = o.live
		default:
			before[staticIdentity(k.matcher.Sequence(o.live[0].id), o.slot.Action)] = o.live
		}
	}
	k.owners, k.rotating, k.slots = nil, nil, map[matcher.ID]reference{}
	k.fill(cfg, before)
	for _, gone := range before {
		for _, c := range gone {
			k.matcher.Remove(c.id)
		}
	}
}

// takeOver gives an owner the sequences of its predecessor.
func (k *Keyring) takeOver(index int, before map[string][]current, identity string) bool {
	live, known := before[identity]
	if !known {
		return false
	}
	delete(before, identity)
	k.owners[index].live = live
	for _, c := range live {
		k.slots[c.id] = reference{int32(index), c.counter}
		k.matcher.Reown(c.id, index)
	}
	return true
}

// The identities hold secrets and sequences; they live only as long as a Reconfigure.

func rotatingIdentity(key *daemonconfig.Rotating, action rks1.Action) string {
	return fmt.Sprintf("rotating %s %x %+v", action, key.Secret, key.Params)
}

func staticIdentity(s matcher.Sequence, action rks1.Action) string {
	return fmt.Sprintf("static %s %s %v %+v", action, step.Format(s.Steps), s.Window, s.Flags)
}
