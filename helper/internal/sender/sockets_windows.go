package sender

import (
	"errors"
	"runtime"
	"unsafe"

	"golang.org/x/sys/windows"

	"sallyport/helper/internal/sendjob"
)

// Windows sends echo requests for every user through iphlpapi (IcmpSendEcho2Ex, Icmp6SendEcho2) and has no raw TCP at
// all since XP SP2: https://learn.microsoft.com/windows/win32/winsock/tcp-ip-raw-sockets-2
var (
	iphlpapi        = windows.NewLazySystemDLL("iphlpapi.dll")
	icmpCreateFile  = iphlpapi.NewProc("IcmpCreateFile")
	icmp6CreateFile = iphlpapi.NewProc("Icmp6CreateFile")
	icmpSendEcho2Ex = iphlpapi.NewProc("IcmpSendEcho2Ex")
	icmp6SendEcho2  = iphlpapi.NewProc("Icmp6SendEcho2")
	icmpCloseHandle = iphlpapi.NewProc("IcmpCloseHandle")
)

const (
	noRawTCP     = "Windows has no raw TCP sockets"
	hintNoRawTCP = "use TCP steps with the syn flag alone, UDP steps or ICMP steps on Windows"

	replyTimeoutMs   = 1000 // nobody waits for the answer
	replyBufferExtra = 256  // an ICMP_ECHO_REPLY or ICMPV6_ECHO_REPLY, an ICMP error and an IO_STATUS_BLOCK

	// lastMs is how long the last request may wait for its neighbour's address before the handle, and with it the
	// request, goes away. An answer ends the wait.
	lastMs = 50
)

// Sockets holds nothing on Windows.
type Sockets struct{}

// Open has nothing to open ahead of the job.
func Open() *Sockets { return &Sockets{} }

// Shed has nothing to give up: sending an echo needs no privilege.
func (s *Sockets) Shed() *Fault { return nil }

// Probe says what Load would find now. It sends nothing.
func (s *Sockets) Probe() Probe {
	try := func(create *windows.LazyProc) bool {
		handle, err := openICMP(create)
		if err == nil {
			closeICMP(handle)
		}
		return err == nil
	}
	return Probe{ICMP: try(icmpCreateFile), ICMP6: try(icmp6CreateFile), Hint: noRawTCP + ": " + hintNoRawTCP}
}

// ipOptions is IP_OPTION_INFORMATION.
type ipOptions struct {
	TTL, Tos, Flags, OptionsSize uint8
	OptionsData                  uintptr
}

// volley keeps every buffer that a request in flight may still write to, until the handle is closed.
type volley struct {
	job    sendjob.Job
	handle windows.Handle
	index  uint32
	events []windows.Handle
	pinner runtime.Pinner
}

// Load has everything that the job needs, or says what is missing. It sends nothing.
func (s *Sockets) Load(job sendjob.Job, _ Random) (Volley, *Fault) {
	for _, p := range job.Packets {
		if p.TCP != nil {
			return nil, &Fault{Code: CodeUnsupported, Message: noRawTCP, Hint: hintNoRawTCP}
		}
	}
	create := icmpCreateFile
	if job.Address.Is6() {
		create = icmp6CreateFile
	}
	index, err := interfaceIndex(job.Address.Zone())
	if err != nil {
		return nil, faultf(CodeNoRoute, "there is no interface %q here", job.Address.Zone())
	}
	handle, err := openICMP(create)
	if err != nil {
		return nil, faultf(CodeNetwork, "Windows refused an ICMP handle: %s", err)
	}
	return &volley{job: job, handle: handle, index: index}, nil
}

// Send asks for one echo and does not wait for its answer: an event makes the call asynchronous.
func (v *volley) Send(index int) error {
	p := v.job.Packets[index]
	event, err := windows.CreateEvent(nil, 1, 0, nil)
	if err != nil {
		return faultf(CodeInternal, "Windows gave no event: %s", err)
	}
	v.events = append(v.events, event)
	request := make([]byte, p.ICMP.Payload+1) // one spare byte, so that an empty payload has an address too
	reply := make([]byte, len(request)+replyBufferExtra)
	options := &ipOptions{TTL: 128}
	if p.TTL != 0 {
		options.TTL = p.TTL
	}
	v.pinner.Pin(&request[0])
	v.pinner.Pin(&reply[0])
	v.pinner.Pin(options)
	sent, reason := v.echo(event, request[:p.ICMP.Payload], &request[0], options, reply)
	if sent == 0 && !errors.Is(reason, windows.ERROR_IO_PENDING) {
		return echoFault(reason)
	}
	return nil
}

func (v *volley) echo(event windows.Handle, request []byte, data *byte, options *ipOptions, reply []byte) (uintptr, error) {
	tail := []uintptr{
		uintptr(unsafe.Pointer(data)), uintptr(len(request)), uintptr(unsafe.Pointer(options)),
		uintptr(unsafe.Pointer(&reply[0])), uintptr(len(reply)), replyTimeoutMs,
	}
	if v.job.Address.Is4() {
		to := v.job.Address.As4()
		any, address := uintptr(0), uintptr(*(*uint32)(unsafe.Pointer(&to[0]))) // IPAddr: network order in memory
		sent, _, err := icmpSendEcho2Ex.Call(append([]uintptr{uintptr(v.handle), uintptr(event), 0, 0, any, address}, tail...)...)
		return sent, err
	}
	from := &windows.RawSockaddrInet6{Family: windows.AF_INET6}
	to := &windows.RawSockaddrInet6{Family: windows.AF_INET6, Addr: v.job.Address.As16(), Scope_id: v.index}
	v.pinner.Pin(from)
	v.pinner.Pin(to)
	sent, _, err := icmp6SendEcho2.Call(append([]uintptr{
		uintptr(v.handle), uintptr(event), 0, 0, uintptr(unsafe.Pointer(from)), uintptr(unsafe.Pointer(to)),
	}, tail...)...)
	return sent, err
}

// Close ends what is in flight; only then may the buffers move again.
func (v *volley) Close() {
	if n := len(v.events); n > 0 {
		_, _ = windows.WaitForSingleObject(v.events[n-1], lastMs)
	}
	closeICMP(v.handle)
	for _, event := range v.events {
		_ = windows.CloseHandle(event)
	}
	v.pinner.Unpin()
}
