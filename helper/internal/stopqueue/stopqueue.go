// Package stopqueue runs the shell commands of a knockd configuration: a start command at once and its stop command
// some time later. A stop command that is owed is in a file before its start command runs, so that it is run even if
// the daemon is killed in between: at the next start, when it is due. It may then run twice, but never not at all.
// How many commands run and wait at once is bounded.
package stopqueue

import (
	"errors"
	"os"
	"sync"
	"time"
)

const (
	// Running is how many start commands, and how many stop commands, run at once.
	Running = 32
	// Owed is how many stop commands may be waiting for their time.
	Owed = 4096
	// Waiting is how many start commands may be waiting for their turn.
	Waiting = 256
)

// ErrTooMany means that a bound was reached; nothing is run.
var ErrTooMany = errors.New("too many commands are running or waiting")

// Job is what a completed knock asks for. Start and Stop are complete shell commands; Stop may be empty.
type Job struct {
	Door, Source string
	Start, Stop  string
	// StopAfter counts from the end of the start command.
	StopAfter time.Duration
}

// Phase is what a Report is about.
type Phase string

const (
	Started Phase = "start"
	Pending Phase = "pending"
	Stopped Phase = "stop"
	Saved   Phase = "save"
)

// Report tells that a command is about to run or, with Done, that it has ended. Reports come from several goroutines.
type Report struct {
	Phase        Phase
	Door, Source string
	Command      string
	Done         bool
	Exit         int
	// Err tells why a command could not be run or did not exit, or why what is owed could not be written.
	Err error
}

// Options are what a queue needs from outside.
type Options struct {
	// Dir is a directory that only its owner can write to.
	Dir string
	// Output is where commands write to.
	Output *os.File
	Report func(Report)
	Now    func() time.Time
}

// Queue runs commands. All methods are for any goroutine.
type Queue struct {
	o             Options
	file          stateFile
	starts, stops chan struct{}

	mu      sync.Mutex
	owed    map[uint64]*owedStop
	nextID  uint64
	waiting int
	active  int // start commands that run
	closed  bool
	running sync.WaitGroup
	ended   chan struct{}
}

// Open reads the stop commands that an earlier process owed and runs them when they are due. recovered is their number.
func Open(o Options) (q *Queue, recovered int, err error) {
	q = &Queue{o: o, owed: map[uint64]*owedStop{}, ended: make(chan struct{}),
		starts: make(chan struct{}, Running), stops: make(chan struct{}, Running)}
	q.file.path, err = preparedPath(o.Dir)
	if err != nil {
		return nil, 0, err
	}
	saved, err := q.file.read()
	if err != nil {
		return nil, 0, err
	}
	for _, stop := range saved {
		// A clock that was set back must not keep a door open for longer than the door's time.
		if latest := o.Now().Add(stop.After); stop.Due.After(latest) {
			stop.Due = latest
		}
		stop.phase = Pending
		q.nextID++
		q.owed[q.nextID] = &stop
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	for id := range q.owed {
		q.schedule(id)
	}
	return q, len(saved), nil
}

// Len is how many stop commands are owed.
func (q *Queue) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.owed)
}

// Run runs a job in the background. It fails when too much is going on.
func (q *Queue) Run(job Job) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed || q.waiting >= Waiting || len(q.owed) >= Owed {
		return ErrTooMany
	}
	id := uint64(0)
	if job.Stop != "" {
		q.nextID++
		id = q.nextID
		q.owed[id] = &owedStop{Door: job.Door, Source: job.Source, Command: job.Stop,
			Due: q.o.Now().Add(job.StopAfter), After: job.StopAfter, phase: Started}
	}
	q.waiting++
	q.running.Add(1)
	go q.start(job, id)
	return nil
}

// start writes down what will be owed, runs the start command, and lets the time run.
func (q *Queue) start(job Job, id uint64) {
	defer q.running.Done()
	q.starts <- struct{}{}
	defer func() { <-q.starts }()
	q.mu.Lock()
	q.waiting--
	tooLate := q.closed
	if tooLate {
		delete(q.owed, id)
	} else {
		q.active++
	}
	q.mu.Unlock()
	if tooLate {
		return
	}
	if id != 0 {
		q.save()
	}
	q.run(Started, job.Door, job.Source, job.Start)
	q.mu.Lock()
	q.active--
	if id == 0 {
		q.mu.Unlock()
		return
	}
	q.owed[id].Due, q.owed[id].phase = q.o.Now().Add(job.StopAfter), Pending
	if !q.closed {
		q.schedule(id)
	}
	q.mu.Unlock()
	q.save()
}

// schedule waits for the time of a stop command; mu is held.
func (q *Queue) schedule(id uint64) {
	q.running.Add(1)
	timer := time.NewTimer(q.owed[id].Due.Sub(q.o.Now()))
	go func() {
		defer q.running.Done()
		defer timer.Stop()
		select {
		case <-timer.C:
			q.stop(id)
		case <-q.ended:
		}
	}()
}

func (q *Queue) stop(id uint64) {
	select {
	case q.stops <- struct{}{}:
		defer func() { <-q.stops }()
	case <-q.ended:
		return
	}
	q.mu.Lock()
	q.owed[id].phase = Stopped
	stop := *q.owed[id]
	q.mu.Unlock()
	q.run(Stopped, stop.Door, stop.Source, stop.Command)
	q.mu.Lock()
	delete(q.owed, id)
	q.mu.Unlock()
	q.save()
}

// RunDue waits up to grace until no stop command is due any more.
func (q *Queue) RunDue(grace time.Duration) {
	for end := time.Now().Add(grace); q.due() && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
}

func (q *Queue) due() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, stop := range q.owed {
		if !stop.Due.After(q.o.Now()) {
			return true
		}
	}
	return false
}

// Close starts nothing more and waits up to grace for commands that run. What is owed then waits for the next start;
// left is its number.
func (q *Queue) Close(grace time.Duration) (left int) {
	q.mu.Lock()
	q.closed = true
	close(q.ended)
	q.mu.Unlock()
	idle := make(chan struct{})
	go func() {
		q.running.Wait()
		close(idle)
	}()
	select {
	case <-idle:
	case <-time.After(grace):
	}
	return q.Len()
}
