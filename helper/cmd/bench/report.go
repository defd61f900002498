package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// figure is one row: what was measured, by whom, and what was wanted.
type figure struct {
	Name   string             `json:"name"`
	Unit   string             `json:"unit"`
	Values map[string]float64 `json:"values"`
	Target string             `json:"target,omitempty"`
	// Ratio is Sallyport's value over knockd's.
	Ratio *float64 `json:"sallyportOverKnockd,omitempty"`
	Met   *bool    `json:"met,omitempty"`
}

type machine struct {
	CPU    string `json:"cpu"`
	Cores  int    `json:"cores"`
	Kernel string `json:"kernel"`
	Load   string `json:"loadBefore"`
}

// results collects the figures in the order in which they came.
type results struct {
	program  string
	Date     string            `json:"date"`
	Seconds  float64           `json:"seconds"`
	Machine  machine           `json:"machine"`
	Versions map[string]string `json:"versions"`
	Figures  []*figure         `json:"figures"`
	Failures []string          `json:"failures,omitempty"`
}

// target is a bound that must hold for Sallyport's value; limit may depend on the others'.
type target struct {
	words string
	holds func(values map[string]float64) bool
}

func atMost(limit float64, words string) target {
	return target{words, func(v map[string]float64) bool { return v["sallyport"] <= limit }}
}

func all() target {
	return target{"100 %", func(v map[string]float64) bool { return v["sallyport"] == 100 }}
}

func atLeast(limit float64, words string) target {
	return target{words, func(v map[string]float64) bool { return v["sallyport"] >= limit }}
}

var targets = map[string]target{
	"last knock → connection accepted, median": atMost(0.5, "≤ 0.5 ms"),
	"CPU per spoofed SYN at 20000/s": {"≤ 1/20 of knockd", func(v map[string]float64) bool {
		return v["knockd"] > 0 && v["sallyport"] <= v["knockd"]/20
	}},
	"CPU per spoofed SYN at 200000/s":                                      atMost(1, "≤ 1 µs"),
	"highest memory in 3s at 200000/s":                                     atMost(16, "≤ 16 MiB"),
	"sources remembered after 200000/s":                                    atMost(65536, "≤ 65536"),
	"resident memory, idle":                                                atMost(5.3e6/mebi, "≤ 5.3 MB"),
	"real full scans that opened a door":                                   atMost(0, "0"),
	"click → last packet of a 3-step knock, median":                        atMost(5, "≤ 5 ms"),
	"valid knocks that open during 100,000 spoofed packets/s":              all(),
	"rotating knocks that open with 40 decoy hits/s in the knocker's name": all(),
	"chance that a full random scan at 100–100,000/s opens a 5-step rotating door (simulated, 95 % upper bound)":     atMost(1e-10, "≤ 1e-10"),
	"chance that a full random scan at 100–100,000/s opens a random 3-step fixed door (simulated, 95 % upper bound)": atMost(1e-10, "≤ 1e-10"),
	"chance that a full random scan at 0.2–10/s opens a 5-step rotating door (simulated, 95 % upper bound)":          atMost(1e-10, "≤ 1e-10"),
	"chance that a full random scan at 0.2–10/s opens a random 3-step fixed door (simulated, 95 % upper bound)":      atMost(1e-10, "≤ 1e-10"),
	"3-step fixed knocks that open, 5 % loss each way, 50 ± 30 ms":                                                   atLeast(99, "≥ 99 %"),
	"5-step rotating knocks that open by their second period, 5 % loss each way, 50 ± 30 ms":                         atLeast(99, "≥ 99 %"),
	"10,000 rotating keys: last knock → accepted, median":                                                            atMost(0.5, "≤ 0.5 ms, as with few"),
}

// try measures; what fails is told at the end and makes the run fail.
func (r *results) try(what string, measure func(*lab)) {
	fmt.Fprintf(os.Stderr, "measuring: %s\n", what)
	if err := inLab(measure); err != nil {
		fmt.Fprintf(os.Stderr, "FAILED: %s: %v\n", what, err)
		r.Failures = append(r.Failures, fmt.Sprintf("%s: %v", what, err))
	}
}

func (r *results) add(name, unit, who string, value float64) {
	for _, f := range r.Figures {
		if f.Name == name {
			f.Values[who] = value
			return
		}
	}
	r.Figures = append(r.Figures, &figure{Name: name, Unit: unit, Values: map[string]float64{who: value}})
}

// judge compares with the targets.
func (r *results) judge() (missed int) {
	for _, f := range r.Figures {
		ours, measured := f.Values["sallyport"]
		if theirs := f.Values["knockd"]; measured && theirs > 0 {
			ratio := ours / theirs
			f.Ratio = &ratio
		}
		if wanted, has := targets[f.Name]; has && measured {
			met := wanted.holds(f.Values)
			f.Target, f.Met = wanted.words, &met
			if !met {
				missed++
			}
		}
	}
	return missed
}

func (r *results) table() string {
	var b strings.Builder
	b.WriteString("| figure | knockd | fwknopd | kernel only | Sallyport | ÷ knockd | target | met |\n|---|---|---|---|---|---|---|---|\n")
	for _, f := range r.Figures {
		cell := func(who string) string {
			v, has := f.Values[who]
			if !has {
				return "–"
			}
			return strings.TrimSpace(number(v) + " " + f.Unit)
		}
		ratio, met := "–", "–"
		if f.Ratio != nil {
			ratio = number(*f.Ratio)
		}
		if f.Met != nil {
			met = map[bool]string{true: "yes", false: "**no**"}[*f.Met]
		}
		wanted := f.Target
		if wanted == "" {
			wanted = "–"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s | %s |\n",
			f.Name, cell("knockd"), cell("fwknopd"), cell("kernel"), cell("sallyport"), ratio, wanted, met)
	}
	return b.String()
}

// number keeps three significant digits.
func number(v float64) string {
	switch size := math.Abs(v); {
	case v == math.Trunc(v) && size < 1e15:
		return fmt.Sprintf("%.0f", v)
	case size >= 100:
		return fmt.Sprintf("%.0f", v)
	case size >= 0.001:
		return fmt.Sprintf("%.3g", v)
	}
	return fmt.Sprintf("%.1e", v)
}

func (r *results) json() ([]byte, error) { return json.MarshalIndent(r, "", "  ") }

func describe(program string) (machine, map[string]string) {
	m := machine{Cores: runtime.NumCPU(), CPU: "unknown", Kernel: firstLine("uname", "-r")}
	if raw, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(raw)) {
			if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
				m.CPU = strings.TrimSpace(value)
				break
			}
		}
	}
	if raw, err := os.ReadFile("/proc/loadavg"); err == nil {
		m.Load = strings.Fields(string(raw))[0]
	}
	return m, map[string]string{
		"knockd": firstLine("knockd", "-V"), "fwknopd": firstLine("fwknopd", "-V"), "nft": firstLine("nft", "--version"),
		"sallyportd": firstLine(program, "version"), "go": runtime.Version(), "date": time.Now().UTC().Format(time.RFC3339),
	}
}

func firstLine(args ...string) string {
	out, _ := exec.Command(args[0], args[1:]...).CombinedOutput()
	line, _, _ := strings.Cut(string(out), "\n")
	return strings.TrimSpace(line)
}
