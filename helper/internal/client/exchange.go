package client

// ImportSource is what to read: kind file with an absolute Path, or kind text with Text.
type ImportSource struct {
	Kind string `json:"kind"`
	Path string `json:"path,omitempty"`
	Text string `json:"text,omitempty"`
}

// ImportParams asks for a review. From is ssh, knockd, fwknoprc, json or uri; empty lets the other side guess.
type ImportParams struct {
	Source ImportSource `json:"source"`
	From   string       `json:"from,omitempty"`
}

// Review is what an import would become. Nothing is saved yet; ID names it for as long as the other side keeps it.
type Review struct {
	ID      string        `json:"id"`
	Kind    string        `json:"kind"`
	Source  string        `json:"source"`
	Guessed bool          `json:"guessed"`
	Locked  bool          `json:"locked"`
	Entries []ReviewEntry `json:"entries"`
	Skipped []Skipped     `json:"skipped"`
	Notes   []string      `json:"notes"`
}

// ReviewEntry is one profile to be. Clash is the name that it had where that is taken; Missing is of host, knock, secret.
type ReviewEntry struct {
	Key     int      `json:"key"`
	Name    string   `json:"name"`
	Clash   *string  `json:"clash"`
	Host    *string  `json:"host"`
	Port    int      `json:"port"`
	Method  string   `json:"method"`
	Summary string   `json:"summary"`
	Missing []string `json:"missing"`
	Notes   []string `json:"notes"`
	At      Place    `json:"at"`
}

// Skipped is what no profile can be made of.
type Skipped struct {
	What string `json:"what"`
	Why  string `json:"why"`
	At   Place  `json:"at"`
}

// Place is where something stands; Line counts from 1.
type Place struct {
	File *string `json:"file"`
	Line *int    `json:"line"`
}

// ImportWish is what to save of a review.
type ImportWish struct {
	ID       string   `json:"id"`
	Chosen   []Chosen `json:"chosen"`
	Sequence string   `json:"sequence,omitempty"`
}

// Chosen is one entry; Host goes to one that lacks it.
type Chosen struct {
	Key  int    `json:"key"`
	Host string `json:"host,omitempty"`
}

// ExportParams asks for profiles as one file's text: all without Names, their secrets sealed under Passphrase if given.
type ExportParams struct {
	Names      []string `json:"names,omitempty"`
	Passphrase string   `json:"passphrase,omitempty"`
}

// Exported is that text. WithoutSecret names profiles that have no stored secret to seal.
type Exported struct {
	Text          string   `json:"text"`
	Profiles      int      `json:"profiles"`
	WithoutSecret []string `json:"withoutSecret"`
}

// ExportedLink is the answer to exportUri, and what export --uri and --qr print with --json. QR is the link as a QR code, a
// string of 0 and 1 (dark) for each row.
type ExportedLink struct {
	URI string   `json:"uri"`
	QR  []string `json:"qr,omitempty"`
}

// ExportWritten is what export --out prints with --json.
type ExportWritten struct {
	File          string   `json:"file"`
	Profiles      int      `json:"profiles"`
	WithSecrets   bool     `json:"withSecrets"`
	WithoutSecret []string `json:"withoutSecret"`
}
