package main

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"sallyport/helper/internal/client"
)

// TestErrorReportsEndAsTheTableSays reads the table of docs/control-socket.md, so that neither can drift.
func TestErrorReportsEndAsTheTableSays(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "control-socket.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(text), "## Error codes and exits")
	if !found {
		t.Fatal("docs/control-socket.md has no table of error codes")
	}
	row := regexp.MustCompile("(?m)^\\| (`[^|]+`) +\\| ([1-5]) +\\|")
	codes := 0
	for _, match := range row.FindAllStringSubmatch(table, -1) {
		want, _ := strconv.Atoi(match[2])
		for _, code := range strings.Split(match[1], ",") {
			code = strings.Trim(strings.TrimSpace(code), "`")
			codes++
			if got := exitOf(t, client.Report{Verdict: "error", Code: code}); got != want {
				t.Errorf("%s: exit %d, want %d", code, got, want)
			}
		}
	}
	if codes < 15 {
		t.Errorf("only %d codes were found in the table", codes)
	}
	if got := exitOf(t, client.Report{Verdict: "error", Code: "from-the-future"}); got != 5 {
		t.Errorf("an unknown code: exit %d, want 5", got)
	}
}

func exitOf(t *testing.T, report client.Report) int {
	t.Helper()
	var end ended
	if !errors.As(endOf(report), &end) {
		t.Fatalf("%s ends well", report.Code)
	}
	return end.exit
}
