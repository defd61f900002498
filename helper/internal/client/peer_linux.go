package client

import "golang.org/x/sys/unix"

// peerUID is SO_PEERCRED (unix(7)): the user who listens, as it was at listen(2).
func peerUID(fd int) (int, error) {
	cred, err := unix.GetsockoptUcred(fd, unix.SOL_SOCKET, unix.SO_PEERCRED)
	if err != nil {
		return 0, err
	}
	return int(cred.Uid), nil
}
