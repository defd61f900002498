//go:build darwin || freebsd

package client

import "golang.org/x/sys/unix"

// peerUID is LOCAL_PEERCRED (unix(4)): the user who listens, as it was at listen(2).
func peerUID(fd int) (int, error) {
	cred, err := unix.GetsockoptXucred(fd, unix.SOL_LOCAL, unix.LOCAL_PEERCRED)
	if err != nil {
		return 0, err
	}
	return int(cred.Uid), nil
}
