package main

import (
	"strings"

	"sallyport/helper/internal/client"
)

// quietZone is what scanners want around a code, in its own squares (ISO/IEC 18004).
const quietZone = 4

// Black on white whatever the terminal's own colours are: many scanners read nothing else.
const (
	blackOnWhite = "\x1b[30;107m"
	ownColours   = "\x1b[0m"
)

// drawQR draws rows of 0 and 1 with half blocks, two rows to a line, because a terminal's characters are twice as high as
// they are wide. A line that does not fit into columns would be broken, and the code with it; 0 is a width that nobody knows.
func drawQR(rows []string, columns int) (string, error) {
	for _, row := range rows {
		if len(row) != len(rows) || strings.Trim(row, "01") != "" {
			return "", client.Internal("update Sallyport: the app and its command line do not fit together", "the QR code is not square")
		}
	}
	if len(rows) == 0 {
		return "", client.Internal("update Sallyport: the app and its command line do not fit together", "there is no QR code in the answer")
	}
	if width := len(rows) + 2*quietZone; columns > 0 && columns < width {
		return "", client.BadInput("make the window wider or its letters smaller; the app shows it too", "the QR code needs %d columns, and this terminal has %d", width, columns)
	}
	dark := func(x, y int) bool {
		return y >= 0 && y < len(rows) && x >= 0 && x < len(rows) && rows[y][x] == '1'
	}
	var b strings.Builder
	for y := -quietZone; y < len(rows)+quietZone; y += 2 {
		b.WriteString(blackOnWhite)
		for x := -quietZone; x < len(rows)+quietZone; x++ {
			switch upper, lower := dark(x, y), dark(x, y+1); {
			case upper && lower:
				b.WriteRune('█')
			case upper:
				b.WriteRune('▀')
			case lower:
				b.WriteRune('▄')
			default:
				b.WriteByte(' ')
			}
		}
		b.WriteString(ownColours + "\n")
	}
	return b.String(), nil
}
