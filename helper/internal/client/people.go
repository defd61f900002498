package client

// UserAddParams asks for a key of its own for somebody else at a profile's door.
type UserAddParams struct {
	Name    string `json:"name"`
	User    string `json:"user"`
	Door    string `json:"door,omitempty"`
	Paper   bool   `json:"paper,omitempty"`
	Replace bool   `json:"replace,omitempty"`
}

// NewKey is such a key. It is stored nowhere but where the command line puts it.
type NewKey struct {
	User   string   `json:"user"`
	Door   string   `json:"door"`
	Secret string   `json:"secret"` // base32
	URI    string   `json:"uri"`
	Page   string   `json:"page"`   // HTML
	Script string   `json:"script"` // puts it on the server
	Words  []string `json:"words"`  // the daemon's arguments there
	Notes  []string `json:"notes"`
}

// UserWordsParams asks what the daemon is to be told. Do is revoke or list; an empty Door is all doors.
type UserWordsParams struct {
	Name  string `json:"name"`
	Do    string `json:"do"`
	User  string `json:"user,omitempty"`
	Door  string `json:"door,omitempty"`
	Force bool   `json:"force,omitempty"`
}

// UserWords is the answer: the daemon's arguments, and what a person types there. Own tells of a revocation that it takes the
// profile's own key.
type UserWords struct {
	Words   []string `json:"words"`
	Command string   `json:"command"`
	Own     bool     `json:"own"`
}

// UserAdded is what user add prints with --json. Added tells whether the server has the key; Answer is what it said, and
// ServerFile what is to be run there where it was not asked.
type UserAdded struct {
	User       string   `json:"user"`
	Door       string   `json:"door"`
	File       string   `json:"file"`
	Added      bool     `json:"added"`
	Answer     string   `json:"answer,omitempty"`
	ServerFile string   `json:"serverFile,omitempty"`
	Notes      []string `json:"notes"`
}

// UserRevoked is what user revoke prints with --json. Command is what is to be run on the server where Revoked is false.
type UserRevoked struct {
	User    string `json:"user"`
	Revoked bool   `json:"revoked"`
	Answer  string `json:"answer,omitempty"`
	Command string `json:"command,omitempty"`
}

// UserOrder is what the app has a terminal do on the server of a profile, by its id. Do is add, revoke or list; User and
// Secret are there for an addition.
type UserOrder struct {
	Profile string   `json:"profile"`
	Do      string   `json:"do"`
	Words   []string `json:"words"`
	User    string   `json:"user"`
	Secret  string   `json:"secret"`
}

// UserDone tells the app how an addition that it ordered has ended.
type UserDone struct {
	Profile string `json:"profile"`
	User    string `json:"user"`
	Added   bool   `json:"added"`
}

// ServerUser is one who may knock at a door. Grants counts the live ones.
type ServerUser struct {
	Door   string `json:"door"`
	User   string `json:"user"`
	Method string `json:"method"`
	Grants int    `json:"grants"`
}
