package doorcmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"sallyport/helper/internal/counted"
)

const (
	// AtOnce commands run at the same time, MaxWaiting opens wait for their turn; closes always may.
	AtOnce, MaxWaiting = 8, 64
	// Deadline is for how long a command may run before it is killed.
	Deadline = 30 * time.Second
	// StopWait is for how long Stop waits for closes.
	StopWait = 20 * time.Second
)

// ErrBusy means that too many commands wait already.
var ErrBusy = errors.New("too many commands are waiting to run")

// Phase is which of a door's commands ran.
type Phase string

const (
	Open  Phase = "on_open"
	Close Phase = "on_close"
)

// Report is how a command ended.
type Report struct {
	Phase
	Key
	Exit int
	// Output is the beginning of what it printed.
	Output string
	Took   time.Duration
	// Err is set when it did not run, or not to its end.
	Err error
}

// Opening is what is to run for a grant; either command may be empty.
type Opening struct {
	Key
	OnOpen, OnClose []string
	// Until is when the close is due, OpenFor how long that is from now.
	Until   time.Time
	OpenFor time.Duration
}

type job struct {
	phase Phase
	key   Key
	argv  []string
	id    uint64 // of the close, in the journal
}

// Runner runs commands. Its methods may be called from any goroutine; none waits for a command but Stop.
type Runner struct {
	report   func(Report)
	deadline time.Duration

	mu      sync.Mutex
	idle    *sync.Cond
	journal *journal
	owed    map[Key]*Owed
	closing map[uint64]*Owed // closes that wait or run
	waiting []job
	opens   int          // of waiting
	running map[Key]bool // a grant's commands run one after the other
	stopped bool
	cancel  context.CancelFunc
	ctx     context.Context
}

// New reads what is owed from dir. report is called when a command has ended, one at a time.
func New(dir string, report func(Report)) (*Runner, error) {
	j, owed, err := openJournal(dir)
	if err != nil {
		return nil, err
	}
	r := &Runner{
		report: report, deadline: Deadline, journal: j,
		owed: map[Key]*Owed{}, closing: map[uint64]*Owed{}, running: map[Key]bool{},
	}
	r.idle = sync.NewCond(&r.mu)
	r.ctx, r.cancel = context.WithCancel(context.Background())
	for i := range owed {
		if before := r.owed[owed[i].Key]; before != nil {
			r.close(before) // of a grant before: its close had not run yet
		}
		r.owed[owed[i].Key] = &owed[i]
	}
	return r, nil
}

// Cramped is why the journal could not be written anew, nil if it was.
func (r *Runner) Cramped() error { return r.journal.cramped }

// Damaged tells of lines of the journal that could not be read, nil if there are none: what they owed does not run.
func (r *Runner) Damaged() error { return r.journal.damaged }

// Owed lists the closes that wait for their time.
func (r *Runner) Owed() []Owed {
	r.mu.Lock()
	defer r.mu.Unlock()
	var owed []Owed
	for _, o := range r.owed {
		owed = append(owed, *o)
	}
	return owed
}

// Begin notes the close and has the open run. When the grant has a close that is owed already, that is only put
// off: its open has run. After an error nothing runs.
func (r *Runner) Begin(o Opening) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if before := r.owed[o.Key]; before != nil {
		return r.putOff(before, o)
	}
	if len(o.OnOpen) > 0 && r.opens >= MaxWaiting || r.stopped {
		return ErrBusy
	}
	if len(o.OnClose) > 0 {
		owed := &Owed{Key: o.Key, Argv: o.OnClose, Until: o.Until, For: o.OpenFor}
		if err := r.journal.owe(owed); err != nil {
			return err
		}
		r.owed[o.Key] = owed
	}
	if len(o.OnOpen) > 0 {
		r.opens++
		r.enqueue(job{phase: Open, key: o.Key, argv: o.OnOpen})
	}
	return nil
}

func (r *Runner) putOff(owed *Owed, o Opening) error {
	if err := r.journal.add(line{ID: owed.id, Until: o.Until}); err != nil {
		return err
	}
	owed.Until, owed.For = o.Until, o.OpenFor
	return nil
}

// End has the close of a grant run, if one is owed.
func (r *Runner) End(key Key) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if owed := r.owed[key]; owed != nil {
		delete(r.owed, key)
		r.close(owed)
	}
}

func (r *Runner) close(owed *Owed) {
	r.closing[owed.id] = owed
	r.enqueue(job{phase: Close, key: owed.Key, argv: owed.Argv, id: owed.id})
}

// Stop has every close that is owed run, waits for them a while, and ends what runs then. What did not run is owed
// still when New is called the next time.
func (r *Runner) Stop() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stopped = true
	for key, owed := range r.owed {
		delete(r.owed, key)
		r.close(owed)
	}
	timer := time.AfterFunc(StopWait, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.waiting = nil
		r.cancel()
		r.idle.Broadcast()
	})
	defer timer.Stop()
	for len(r.waiting) > 0 || len(r.running) > 0 {
		r.idle.Wait()
	}
	r.cancel()
	err := r.journal.file.Close()
	if n := len(r.closing); n > 0 {
		err = errors.Join(err, fmt.Errorf("%s did not run to the end, and will at the next start", counted.Of(n, "close command")))
	}
	return err
}

func (r *Runner) enqueue(j job) {
	r.waiting = append(r.waiting, j)
	r.next()
}

// next starts what may run: the oldest first, but nothing of a grant that has something running or waiting before it.
func (r *Runner) next() {
	kept := r.waiting[:0]
	before := map[Key]bool{}
	for _, j := range r.waiting {
		if len(r.running) >= AtOnce || r.running[j.key] || before[j.key] {
			before[j.key] = true
			kept = append(kept, j)
			continue
		}
		if j.phase == Open {
			r.opens--
		}
		r.running[j.key] = true
		go r.run(j, r.journal.file)
	}
	clear(r.waiting[len(kept):])
	r.waiting = kept
}

func (r *Runner) run(j job, journal *os.File) {
	began := time.Now()
	report := Report{Phase: j.phase, Key: j.key}
	var err error
	if j.phase == Open {
		// What the open does outlives the machine perhaps; so must the close.
		if err = journal.Sync(); errors.Is(err, os.ErrClosed) {
			err = nil // it was written anew meanwhile, and synced
		}
	}
	if err == nil {
		ctx, cancel := context.WithTimeout(r.ctx, r.deadline)
		report.Exit, report.Output, err = execute(ctx, j.argv)
		cancel()
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("it was killed after %s", r.deadline)
	}
	report.Took, report.Err = time.Since(began), err
	r.mu.Lock()
	defer r.mu.Unlock()
	if j.phase == Close && r.ctx.Err() == nil {
		delete(r.closing, j.id)
		if err := r.journal.done(j.id, r.left); err != nil {
			report.Err = errors.Join(report.Err, fmt.Errorf("it runs again at the next start: %w", err))
		}
	}
	r.report(report)
	delete(r.running, j.key)
	r.next()
	r.idle.Broadcast()
}

// left is everything that must be in the journal.
func (r *Runner) left() []Owed {
	var left []Owed
	for _, o := range r.owed {
		left = append(left, *o)
	}
	for _, o := range r.closing {
		left = append(left, *o)
	}
	return left
}
