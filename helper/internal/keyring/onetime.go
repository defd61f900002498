package keyring

import (
	"sallyport/helper/internal/matcher"
	"sallyport/helper/internal/rks1"
	"sallyport/helper/internal/step"
)

// Arm puts a sequence of a one-time key in force, in the place of the one before; no steps leave none. Door and key are
// indexes into the config. Which sequence it is, the caller knows; after Reconfigure none is in force.
func (k *Keyring) Arm(door, key int, steps []step.Step) {
	for i := range k.owners {
		o := &k.owners[i]
		if o.slot.Door != door || o.slot.Key != key || o.slot.Action != rks1.Open {
			continue
		}
		for _, c := range o.live {
			k.matcher.Remove(c.id)
			delete(k.slots, c.id)
		}
		o.live = nil
		if list := k.config.Doors[door].Keys[key].OneTime; len(steps) > 0 && list != nil {
			k.add(i, 0, matcher.Sequence{Kind: matcher.Static, Steps: steps, Window: list.Window, Flags: list.Flags})
		}
		return
	}
}
