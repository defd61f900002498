// Package testterm gives tests a terminal of the real kernel (pty(7)) and what is on its screen. Only tests import it.
package testterm

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Open makes a pair of terminal ends, 160 columns by 40 rows.
func Open() (master, slave *os.File, err error) {
	master, err = os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		return nil, nil, err
	}
	fd := int(master.Fd())
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 40, Col: 160})
	}
	if err == nil {
		slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	}
	if err != nil {
		_ = master.Close()
		return nil, nil, err
	}
	return master, slave, nil
}

// Await waits until a text is on the screen.
func Await(screen func() string, text string) error {
	for late := time.Now().Add(20 * time.Second); !strings.Contains(screen(), text); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(late) {
			return fmt.Errorf("waited for %q in vain; the screen has: %s", text, screen())
		}
	}
	return nil
}

// Echoes tells whether a terminal shows what is typed.
func Echoes(slave *os.File) bool {
	state, err := unix.IoctlGetTermios(int(slave.Fd()), unix.TCGETS)
	return err == nil && state.Lflag&unix.ECHO != 0
}

// Watch gives everything that has been written so far.
func Watch(master *os.File) func() string {
	var mu sync.Mutex
	var all bytes.Buffer
	go func() {
		part := make([]byte, 4096)
		for {
			n, err := master.Read(part)
			mu.Lock()
			all.Write(part[:n])
			mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	return func() string {
		mu.Lock()
		defer mu.Unlock()
		return all.String()
	}
}
