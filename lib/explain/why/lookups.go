package why

import (
	"nestor/lib/config"
	"nestor/lib/explain"
)

// Candidate is a subnet in which the client's reservation may be looked up.
type Candidate struct {
	Subnet   *config.Subnet
	Network  string // the name of its shared network
	Admits   bool   // the client
	HasHosts bool   // there are reservations in it
}

// AddLookups records which of the identifiers that reservations go by the query lacks,
// and which reservations are not looked at: global ones, and those of the subnets in
// the network of the one that was selected.
func (t *Trace) AddLookups(lacking []config.IdentifierType, selected *config.Subnet, early bool, all []Candidate) {
	for _, typ := range lacking {
		t.Add(NoIdentifier, explain.String("identifier-type", IdentifierNames[typ]))
	}
	if !selected.ReservationsGlobal && !early {
		t.Note(NoGlobal)
	}
	for _, c := range all {
		switch {
		case c.Subnet != selected && !c.Admits:
			t.AddSubnet(NotAdmitted, c.Subnet, c.Network)
		case !c.Subnet.ReservationsInSubnet || !selected.ReservationsInSubnet:
			t.AddSubnet(NotInSubnet, c.Subnet, c.Network)
		case !c.HasHosts:
			t.AddSubnet(NoneInSubnet, c.Subnet, c.Network)
		}
	}
}
