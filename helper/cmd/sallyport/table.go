package main

import (
	"strings"
	"text/tabwriter"

	"sallyport/helper/internal/plaintext"
)

// table writes rows in columns under a head, each cell made safe to show in a terminal.
func table(head []string, rows [][]string) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, row := range append([][]string{head}, rows...) {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = plaintext.Line(cell)
		}
		_, _ = w.Write([]byte(strings.Join(cells, "\t") + "\n")) // a strings.Builder takes everything
	}
	_ = w.Flush()
	return b.String()
}
