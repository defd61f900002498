package main

import (
	"strings"
	"testing"
)

func TestDrawQR(t *testing.T) {
	drawing, err := drawQR([]string{"110", "101", "001"}, 11)
	if err != nil {
		t.Fatal(err)
	}
	blank := strings.Repeat(" ", 11)
	var want strings.Builder
	for _, line := range []string{blank, blank, "    █▀▄    ", "      ▀    ", blank, blank} {
		want.WriteString(blackOnWhite + line + ownColours + "\n")
	}
	if drawing != want.String() {
		t.Errorf("got\n%s\nwant\n%s", drawing, want.String())
	}
	for _, rows := range [][]string{nil, {"11", "1"}, {"1x", "11"}} {
		if _, err := drawQR(rows, 80); err == nil {
			t.Errorf("%q is drawn", rows)
		}
	}
	if _, err := drawQR([]string{"1"}, 8); err == nil || !strings.Contains(err.Error(), "9 columns, and this terminal has 8") {
		t.Errorf("too narrow: %v", err)
	}
}
