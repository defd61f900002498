package client

// ClockParams asks for the clock to be compared, with Server from now on if it is given.
type ClockParams struct {
	Server *ClockServer `json:"server,omitempty"`
}

// ClockServer is whom a clock is compared with: kind ntp has Host, kind http has URL, kind off is nobody.
type ClockServer struct {
	Kind string `json:"kind"`
	Host string `json:"host,omitempty"`
	URL  string `json:"url,omitempty"`
}

// Clock is the answer. Without a Reading nobody was asked, or Problem says why there is none.
type Clock struct {
	Server  ClockServer `json:"server"`
	Reading *struct {
		Text string `json:"text"`
	} `json:"reading"`
	Problem *Fault `json:"problem"`
}
