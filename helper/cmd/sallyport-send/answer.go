package main

import (
	"encoding/json"
	"io"
	"math"
	"time"

	"sallyport/helper/internal/sender"
)

// The lines of docs/send-job.md, one JSON object each.

type sentLine struct {
	Sent int     `json:"sent"`
	Ms   float64 `json:"ms"`
}

type doneLine struct {
	Done bool `json:"done"`
}

type errorLine struct {
	Error errorBody `json:"error"`
}

type errorBody struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

type probeLine struct {
	ICMP   bool    `json:"icmp"`
	ICMP6  bool    `json:"icmp6"`
	RawTCP bool    `json:"rawTcp"`
	Hint   *string `json:"hint"`
}

func writeSent(w io.Writer, index int, since time.Duration) error {
	ms := math.Round(since.Seconds()*1e5) / 100
	return writeLine(w, sentLine{Sent: index, Ms: ms})
}

func writeDone(w io.Writer) error { return writeLine(w, doneLine{Done: true}) }

// fail writes the fault and gives its exit code.
func fail(w io.Writer, fault *sender.Fault) int {
	_ = writeLine(w, errorLine{Error: errorBody(*fault)}) // the exit code says it too
	return exits[fault.Code]
}

func writeProbe(w io.Writer, p sender.Probe) int {
	line := probeLine{ICMP: p.ICMP, ICMP6: p.ICMP6, RawTCP: p.RawTCP}
	if p.Hint != "" {
		line.Hint = &p.Hint
	}
	if err := writeLine(w, line); err != nil {
		return exits[sender.CodeInternal]
	}
	return 0
}

func writeLine(w io.Writer, line any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(line)
}
