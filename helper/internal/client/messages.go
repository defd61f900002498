package client

// The objects of docs/control-socket.md that the command line reads or writes.

// Profile is one saved host. State is idle, knocking, open or failed.
type Profile struct {
	ID         string  `json:"id"`
	Name       string  `json:"name"`
	Host       string  `json:"host"`
	Port       int     `json:"port"`
	User       *string `json:"user"`
	Method     string  `json:"method"`
	Group      *string `json:"group"`
	OpenFor    int     `json:"openFor"` // seconds
	State      string  `json:"state"`
	ClosesInMs *int64  `json:"closesInMs"`
	// LinesLeft is how many lines of a one-time list are not used yet.
	LinesLeft *int `json:"linesLeft"`
}

// Removal is the answer to remove. SecretLeft says why the profile's secret is still in the store, if it is.
type Removal struct {
	Profile    Profile `json:"profile"`
	SecretLeft *Fault  `json:"secretLeft"`
}

// Draft is a profile to be made. Empty members are left to the other side's defaults.
type Draft struct {
	Name     string   `json:"name"`
	Host     string   `json:"host"`
	Port     int      `json:"port,omitempty"`
	User     string   `json:"user,omitempty"`
	Group    string   `json:"group,omitempty"`
	Family   string   `json:"family,omitempty"`  // auto, ipv4, ipv6 or both
	OpenFor  int      `json:"openFor,omitempty"` // seconds
	GapMs    *int     `json:"gapMs,omitempty"`
	TCPFlags []string `json:"tcpFlags,omitempty"`
	After    *After   `json:"after,omitempty"`
	Method   Method   `json:"method"`
}

// After is what follows a knock that made the port reachable: kind terminal (ssh), url, program or nothing.
type After struct {
	Kind string   `json:"kind"`
	URL  string   `json:"url,omitempty"`
	Argv []string `json:"argv,omitempty"`
}

// Method is how a host is knocked at: kind static has Sequence, kind one-time has List, kind rotating has Secret (base32) and what follows it,
// kind spa has Key, HMACKey (base64) and Settings.
type Method struct {
	Kind          string   `json:"kind"`
	Sequence      string   `json:"sequence,omitempty"`
	CloseSequence string   `json:"closeSequence,omitempty"`
	List          string   `json:"list,omitempty"` // as in knockd's file
	Secret        string   `json:"secret,omitempty"`
	Period        int      `json:"period,omitempty"` // seconds
	Steps         int      `json:"steps,omitempty"`
	Protocols     []string `json:"protocols,omitempty"`
	Range         string   `json:"range,omitempty"`

	Key      string       `json:"key,omitempty"`
	HMACKey  string       `json:"hmacKey,omitempty"`
	Settings *SPASettings `json:"settings,omitempty"`
}

// SPASettings are what a single packet asks for; what is left out is the other side's default.
type SPASettings struct {
	ServerPort int       `json:"serverPort,omitempty"`
	HMACDigest string    `json:"hmacDigest,omitempty"`
	Allow      *SPAAllow `json:"allow,omitempty"`
	NAT        *SPANAT   `json:"nat,omitempty"`
	MorePorts  string    `json:"morePorts,omitempty"` // udp/53,tcp/443
	Timeout    int       `json:"timeout,omitempty"`   // seconds
	Username   string    `json:"username,omitempty"`
}

// SPANAT is where the server forwards the port to: kind nat has a host, kind local-nat means the server itself.
type SPANAT struct {
	Kind string `json:"kind"`
	Host string `json:"host,omitempty"`
	Port int    `json:"port"`
}

// SPAAllow is whom to let in: kind source, kind fixed with an address, or kind echo with the URL of an echo service.
type SPAAllow struct {
	Kind    string `json:"kind"`
	Address string `json:"address,omitempty"`
	URL     string `json:"url,omitempty"`
}

// Target is what to knock at: kind profile has Name, kind host has the rest. A host without a port is only sent to.
type Target struct {
	Kind     string   `json:"kind"`
	Name     string   `json:"name,omitempty"`
	Host     string   `json:"host,omitempty"`
	Port     *int     `json:"port,omitempty"`
	TCPFlags []string `json:"tcpFlags,omitempty"`
	Method   *Method  `json:"method,omitempty"`
}

// KnockParams asks for a knock. Action is open or close; Family is auto, ipv4 or ipv6.
type KnockParams struct {
	Target Target `json:"target"`
	Action string `json:"action"`
	GapMs  *int   `json:"gapMs,omitempty"`
	Family string `json:"family,omitempty"`
}

// DeriveParams asks for the steps of one moment.
type DeriveParams struct {
	Secret    string   `json:"secret"`
	Time      int64    `json:"time"` // Unix seconds
	Action    string   `json:"action,omitempty"`
	Period    int      `json:"period,omitempty"`
	Steps     int      `json:"steps,omitempty"`
	Protocols []string `json:"protocols,omitempty"`
	Range     string   `json:"range,omitempty"`
}

// Event is one piece of progress; Kind says which members mean something.
type Event struct {
	Kind    string  `json:"kind"`
	Address string  `json:"address"`
	Ms      float64 `json:"ms"`
	Why     string  `json:"why"`
	Index   int     `json:"index"`
	Done    int     `json:"done"`
	Of      int     `json:"of"`
	Step    string  `json:"step"`
	SentMs  float64 `json:"sentMs"`
	State   string  `json:"state"`
	Attempt int     `json:"attempt"`
	Text    string  `json:"text"`
	Base64  string  `json:"base64"` // of a part of a file
}

// Report is how a knock ended. Code, Hint and Exit are there when Verdict is error.
type Report struct {
	Verdict   string     `json:"verdict"`
	Address   *string    `json:"address"`
	Before    *string    `json:"before"`
	After     *string    `json:"after"`
	Steps     []StepSent `json:"steps"`
	ElapsedMs float64    `json:"elapsedMs"`
	Message   string     `json:"message"`
	Causes    []string   `json:"causes,omitempty"` // ranked, when nothing happened
	Checks    []Check    `json:"checks,omitempty"` // what was measured for the causes
	Advice
	Addresses []Reached `json:"addresses,omitempty"` // of a knock over both families
	Notes     []string  `json:"notes,omitempty"`
	Code      string    `json:"code,omitempty"`
	Hint      string    `json:"hint,omitempty"`
	Exit      int       `json:"exit,omitempty"`
}

// Advice is what should be known of a method that came with a request. StrengthBits, what guessing it costs, is nil for
// a key.
type Advice struct {
	StrengthBits *int     `json:"strengthBits,omitempty"`
	Warnings     []string `json:"warnings,omitempty"`
}

// Check is one thing that was measured after a knock without effect. Result is confirmed, ruled-out or possible.
type Check struct {
	Kind   string `json:"kind"`
	Result string `json:"result"`
	Text   string `json:"text"`
}

// History is the answer to history. Cleared counts what was deleted.
type History struct {
	Profile string `json:"profile"`
	Runs    []Run  `json:"runs"`
	Cleared int    `json:"cleared"`
}

// Run is one kept run. At is milliseconds since 1970; Code is there when Verdict is error.
type Run struct {
	At        int64   `json:"at"`
	Verdict   string  `json:"verdict"`
	Code      *string `json:"code"`
	Before    *string `json:"before"`
	After     *string `json:"after"`
	Address   *string `json:"address"`
	Interface *string `json:"interface"`
	Attempts  int     `json:"attempts"`
	ElapsedMs float64 `json:"elapsedMs"`
}

// Reached is what became of one of both families' addresses.
type Reached struct {
	Address string  `json:"address"`
	Verdict string  `json:"verdict"`
	Before  *string `json:"before"`
	After   *string `json:"after"`
}

// StepSent is one step in step notation and when it left, counted from the first.
type StepSent struct {
	Step   string  `json:"step"`
	SentMs float64 `json:"sentMs"`
}

// Connection is the answer to connect, ticket and proxy. Report is nil when a live grant was shared. Next is what follows
// where that is not ssh, with everything filled in.
type Connection struct {
	Report  *Report       `json:"report"`
	Argv    []string      `json:"argv"`
	Next    *After        `json:"next"`
	Test    bool          `json:"test"`    // of ticket: nothing is to be started
	Install *InstallOrder `json:"install"` // of ticket: what installer --over-ssh is to do
	Ordered *UserOrder    `json:"user"`    // of ticket: what to do about a person on the server
	Address string        `json:"address"`
	Port    int           `json:"port"`
}

// Status is what the running side says about itself.
type Status struct {
	Role     string `json:"role"`
	Version  string `json:"version"`
	PID      int    `json:"pid"`
	Home     string `json:"home"`
	Profiles int    `json:"profiles"`
	Secrets  struct {
		Store  string  `json:"store"`
		State  string  `json:"state"`
		Detail *string `json:"detail"`
	} `json:"secrets"`
	Native struct {
		ICMP   bool    `json:"icmp"`
		RawTCP bool    `json:"rawTcp"`
		Hint   *string `json:"hint"`
	} `json:"native"`
	Grants []struct {
		Profile    string `json:"profile"`
		Address    string `json:"address"`
		Port       int    `json:"port"`
		ClosesInMs int64  `json:"closesInMs"`
	} `json:"grants"`
	Notices []Notice `json:"notices,omitempty"`
}

// Notice is what a person must know without having asked, such as a damaged file that was kept aside.
type Notice struct {
	Message string  `json:"message"`
	Hint    *string `json:"hint"`
}
