package main

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"sallyport/helper/internal/eventlog"
)

const logFormatHelp = `  --log-format F  logfmt, json or journal; without it journal when systemd connects standard error to the
                 journal, else logfmt
`

// logsPerSecond is far more than people cause and far less than a flood could.
const logsPerSecond = 50

// openLog makes the log of a format, "" for the one that fits. It is limited, so that nobody who sends packets can
// fill the disk.
func openLog(format string, stderr io.Writer) (eventlog.Log, error) {
	file, isFile := stderr.(*os.File)
	toJournal := isFile && eventlog.ToJournal(file, os.Getenv("JOURNAL_STREAM"))
	now := time.Now
	if toJournal {
		now = nil // the journal has the time
	}
	unhindered := func(log eventlog.Log) eventlog.Log {
		if !isFile {
			return log
		}
		return eventlog.NewReady(log, func() bool { return eventlog.Room(file) })
	}
	lines := unhindered(eventlog.NewWriter(stderr, now))
	log := lines
	switch {
	case format == "json":
		log = unhindered(eventlog.NewJSON(stderr, time.Now))
	case format == "journal", format == "" && toJournal:
		log = eventlog.NewJournal(eventlog.JournalSocket, lines)
	case format != "" && format != "logfmt":
		return nil, usageError{fmt.Errorf("run: --log-format %q: expected logfmt, json or journal", format)}
	}
	return eventlog.NewLimited(log, logsPerSecond, time.Now), nil
}

// outliveReaders keeps a daemon alive whose log is piped into a program that ends: a restart of the log's reader must not lock
// everybody out. Lines that nobody reads are lost. Nothing takes the signal from the channel; a signal that is ignored
// would be ignored by the commands of doors as well.
func outliveReaders() {
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
}
