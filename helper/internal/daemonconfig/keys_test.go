package daemonconfig

import (
	"slices"
	"strings"
	"testing"
)

func TestADoorThatIsShutOnPurpose(t *testing.T) {
	c, err := load(t, head+"key = []\n")
	if err != nil || len(c.Doors) != 1 || len(c.Doors[0].Keys) != 0 || len(c.GatedPorts()) != 1 ||
		len(c.Warnings) != 1 || !strings.Contains(c.Warnings[0], "c.toml:4: door \"ssh\": key = []: nobody can open this door") {
		t.Fatalf("%+v, %v", c, err)
	}
}

func TestSameKey(t *testing.T) {
	twice := strings.Replace(full, "[[door]]\nname = \"web\"", "[[door]]\nname = \"wob\"", 1)
	one, err := load(t, full)
	if err != nil {
		t.Fatal(err)
	}
	other, err := load(t, strings.NewReplacer("7043:tcp", "7143:tcp", "period = \"60s\"", "period = \"90s\"").Replace(twice))
	if err != nil {
		t.Fatal(err)
	}
	mine, yours := slices.Concat(one.Doors[0].Keys, one.Doors[1].Keys), slices.Concat(other.Doors[0].Keys, other.Doors[1].Keys)
	for i := range mine {
		for j := range yours {
			if want := i == j && i != 1; mine[i].Same(yours[j]) != want {
				t.Errorf("key %d and key %d: same is not %v", i, j, want)
			}
		}
	}
	if !mine[0].Holds(yours[0].Rotating.Secret) || mine[0].Holds(yours[2].Rotating.Secret) || mine[1].Holds(nil) {
		t.Error("a key holds its own secret only")
	}
}
