package sender

import (
	"errors"
	"net"
	"strconv"
	"syscall"

	"golang.org/x/sys/windows"
)

func openICMP(create *windows.LazyProc) (windows.Handle, error) {
	if err := create.Find(); err != nil {
		return windows.InvalidHandle, err
	}
	handle, _, err := create.Call()
	if windows.Handle(handle) == windows.InvalidHandle {
		return windows.InvalidHandle, err
	}
	return windows.Handle(handle), nil
}

func closeICMP(handle windows.Handle) {
	_, _, _ = icmpCloseHandle.Call(uintptr(handle))
}

// interfaceIndex takes the number that Windows writes after % in an address, or an interface's name.
func interfaceIndex(zone string) (uint32, error) {
	if zone == "" {
		return 0, nil
	}
	if n, err := strconv.ParseUint(zone, 10, 32); err == nil {
		return uint32(n), nil
	}
	ifi, err := net.InterfaceByName(zone)
	if err != nil {
		return 0, err
	}
	return uint32(ifi.Index), nil
}

// echoFault reads IP_STATUS codes of ipexport.h that mean the request never left; the rest are answers to it.
func echoFault(reason error) *Fault {
	const destNetUnreachable, destHostUnreachable, badRoute = 11002, 11003, 11012
	var code syscall.Errno
	if errors.As(reason, &code) {
		switch code {
		case destNetUnreachable, destHostUnreachable, badRoute,
			syscall.Errno(windows.ERROR_NETWORK_UNREACHABLE), syscall.Errno(windows.ERROR_HOST_UNREACHABLE):
			return faultf(CodeNoRoute, "this machine has no way to that address: %s", reason)
		}
	}
	return faultf(CodeNetwork, "Windows refused to send: %s", reason)
}
