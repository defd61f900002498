package client

// Secrets is where secrets are kept, in the words of docs/control-socket.md.
type Secrets struct {
	Store    string  `json:"store"`
	State    string  `json:"state"`
	Detail   *string `json:"detail"`
	Hint     *string `json:"hint"`
	ChosenBy string  `json:"chosenBy"`
	Vault    string  `json:"vault"`
	Profiles int     `json:"profiles"`
	Moving   *struct {
		From string `json:"from"`
		To   string `json:"to"`
	} `json:"moving"`
}

// MoveSecrets asks for all secrets to be kept elsewhere. Without From they come from the store in use.
type MoveSecrets struct {
	To         string `json:"to"`
	From       string `json:"from,omitempty"`
	Passphrase string `json:"passphrase,omitempty"`
}

// SecretsMoved is how that ended. Left says why the old copies are still there, if they are.
type SecretsMoved struct {
	From    string   `json:"from"`
	To      string   `json:"to"`
	Moved   int      `json:"moved"`
	Without []string `json:"without"`
	Left    *Fault   `json:"left"`
}

// VaultParams asks for the vault to be unlocked or locked, or for its passphrase to change.
type VaultParams struct {
	Do         string `json:"do"`
	Passphrase string `json:"passphrase,omitempty"`
	Next       string `json:"next,omitempty"`
}

// RekeyParams asks for a new secret to be prepared, used or discarded.
type RekeyParams struct {
	Name   string `json:"name"`
	Do     string `json:"do"`
	Secret string `json:"secret,omitempty"`
}
