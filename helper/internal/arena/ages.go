package arena

// Links are what a record needs to be in a list by age.
type Links struct{ Newer, Older int32 }

// Ages is a list of records by age.
type Ages struct{ Newest, Oldest int32 }

// NoAges is the empty list.
func NoAges() Ages { return Ages{None, None} }

// Push makes a record that is in no list the newest; of finds a record's links.
func (a *Ages) Push(i int32, of func(int32) *Links) {
	*of(i) = Links{None, a.Newest}
	if a.Newest != None {
		of(a.Newest).Newer = i
	} else {
		a.Oldest = i
	}
	a.Newest = i
}

// Drop takes a record out.
func (a *Ages) Drop(i int32, of func(int32) *Links) {
	links := *of(i)
	if links.Newer != None {
		of(links.Newer).Older = links.Older
	} else {
		a.Newest = links.Older
	}
	if links.Older != None {
		of(links.Older).Newer = links.Newer
	} else {
		a.Oldest = links.Newer
	}
}
