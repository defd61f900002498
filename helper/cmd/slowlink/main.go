// Command slowlink joins two network namespaces by a link that is far away: it makes a TUN interface in each and holds
// every packet back for a random time, so that packets overtake each other. The network tests run it; kernels without
// netem have nothing like it.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"sallyport/helper/internal/testnet"
)

const usage = "usage: slowlink NAMESPACE DEVICE NAMESPACE DEVICE LEAST MOST, like: slowlink a tun0 b tun0 20ms 80ms"

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "slowlink: %v\n", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 6 {
		return fmt.Errorf("expected six arguments, got %d\n%s", len(args), usage)
	}
	least, err := time.ParseDuration(args[4])
	if err != nil {
		return err
	}
	most, err := time.ParseDuration(args[5])
	if err != nil {
		return err
	}
	if least < 0 || most < least {
		return fmt.Errorf("expected 0 <= LEAST <= MOST\n%s", usage)
	}
	a, err := testnet.OpenTunnel(args[0], args[1])
	if err != nil {
		return err
	}
	b, err := testnet.OpenTunnel(args[2], args[3])
	if err != nil {
		return err
	}
	fmt.Println("ready")
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM)
	ended := make(chan error, 1)
	go func() { ended <- testnet.Jitter{Least: least, Most: most}.Carry(a, b) }()
	select {
	case <-stop:
		return nil
	case err := <-ended:
		return err
	}
}
