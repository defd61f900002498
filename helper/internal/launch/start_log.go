package launch

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"sallyport/helper/internal/plaintext"
)

// startLog is <home>/logs/agent-start.log, where what was started writes before it has a log of its own.
type startLog struct {
	file *os.File
	path string
	from int64 // where this start's lines begin
}

func openLog(home string) (*startLog, error) {
	folder := filepath.Join(home, "logs")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	path := filepath.Join(folder, "agent-start.log")
	const keep = 256 * 1024
	flags := os.O_RDWR | os.O_CREATE | os.O_APPEND | noFollow
	if info, err := os.Lstat(path); err == nil && info.Size() > keep {
		flags |= os.O_TRUNC
	}
	file, err := os.OpenFile(path, flags, 0o600)
	if err != nil {
		return nil, err
	}
	from, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return &startLog{file: file, path: path, from: from}, nil
}

// tail is a hint made of the last lines that this start wrote.
func (l *startLog) tail() string {
	const lines, bytes = 5, 2048
	text, err := io.ReadAll(io.NewSectionReader(l.file, l.from, 1<<20))
	if err != nil || strings.TrimSpace(string(text)) == "" {
		return fmt.Sprintf("it wrote nothing to %s", l.path)
	}
	if len(text) > bytes {
		text = text[len(text)-bytes:]
	}
	all := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(all) > lines {
		all = all[len(all)-lines:]
	}
	for i, line := range all {
		all[i] = plaintext.Line(line)
	}
	return fmt.Sprintf("%s ends with:\n  %s", l.path, strings.Join(all, "\n  "))
}
