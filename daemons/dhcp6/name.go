package dhcp6

import (
	"errors"
	"fmt"
	"strings"

	"nestor/lib/config"
	"nestor/lib/explain/why"
	"nestor/lib/hostname"
	"nestor/lib/pkt6"
)

// nameState is what became of the client's name.
type nameState struct {
	stored   []byte   // in the lease, lower case
	fqdn     []byte   // content of option 39 of the answer, nil: none
	flags    byte     // of option 39
	generate bool     // it is to be made of the first address that the client gets
	made     [16]byte // the address that it was made of
	// Which entries of the DNS the server is to keep.
	forward, reverse bool
}

func (n *nameState) reset() { *n = nameState{} }

// FQDN option flags (RFC 4704 section 4.1).
const (
	fqdnS = 1
	fqdnO = 2
	fqdnN = 4
)

// checkFQDN refuses an FQDN option that Kea cannot read: N and S both set, or a
// broken name.
func checkFQDN(o []byte) error {
	if o[0]&(fqdnN|fqdnS) == fqdnN|fqdnS {
		return errors.New("option 39 has both flags N and S set")
	}
	if err := hostname.CheckWire(o[1:]); err != nil {
		return fmt.Errorf("option 39: %w", err)
	}
	return nil
}

// nameClient decides the name that leases store and the answer carries: that of the
// reservation, else what the client says in option 39, else one that is made of its
// address (ARM 9.2.24). Without option 39 nothing is answered. A client without a
// subnet is answered by the global parameters.
func (x *exchange) nameClient() {
	d, charset := &x.snap.cfg.DDNS, x.snap.charset
	if x.subnet != nil {
		d, charset = &x.subnet.DDNS, x.subnet.charset
	}
	reserved := ""
	if h := x.currentHost(); h != nil {
		reserved = h.Hostname
	}
	if x.fqdn != nil {
		x.trace.Code(why.FromFQDN, pkt6.OptFQDN)
		x.nameFromFQDN(d, charset, reserved)
	} else {
		x.nameUnasked(d, reserved)
	}
	x.trace.name(reserved)
}

// nameUnasked decides the name of a client that says none.
func (x *exchange) nameUnasked(d *config.DDNSParams, reserved string) {
	generates := d.ReplaceClientName == "always" || d.ReplaceClientName == "when-not-present"
	if generates {
		x.fqdnFlags(d, fqdnS)
	}
	switch {
	case reserved != "":
		x.name.stored = []byte(hostname.Lower(hostname.Qualify(reserved, d.QualifyingSuffix)))
	case generates:
		x.name.generate = true
	}
}

// nameFromFQDN decides the name of a client that says one in option 39.
func (x *exchange) nameFromFQDN(d *config.DDNSParams, charset *hostname.Filter, reserved string) {
	o := x.fqdn
	x.name.flags = x.fqdnFlags(d, o[0])
	switch {
	case reserved != "":
		x.answerName(hostname.Qualify(reserved, d.QualifyingSuffix) + ".")
	case d.ReplaceClientName == "always" || d.ReplaceClientName == "when-present":
		x.generateLater()
	default:
		name, complete, _ := hostname.ReadWire(o[1:])
		if name == "" && !complete {
			x.generateLater()
			return
		}
		x.answerName(charset.Own(name, complete, d.QualifyingSuffix))
	}
}

// generateLater answers with no name until an address is found to make one of.
func (x *exchange) generateLater() {
	x.name.generate = true
	x.name.fqdn = []byte{x.name.flags}
}

func (x *exchange) answerName(name string) {
	name = hostname.Lower(name)
	x.name.stored = []byte(hostname.Escape(name))
	x.name.fqdn = hostname.AppendWire([]byte{x.name.flags}, name)
}

// fqdnFlags gives the flags of the answer, and notes what they say of the DNS. Clients
// of class SKIP_DDNS have nothing there.
func (x *exchange) fqdnFlags(d *config.DDNSParams, client byte) (flags byte) {
	f := hostname.Flags{Server: client&fqdnS != 0, None: client&fqdnN != 0}.Answer(x.updatesOn(), d)
	skip := x.skipsUpdates()
	x.name.forward, x.name.reverse = f.Server && !skip, !f.None && !skip
	if f.Server {
		flags |= fqdnS
	}
	if f.Override {
		flags |= fqdnO
	}
	if f.None {
		flags |= fqdnN
	}
	return flags
}

// nameLease makes the client's name of the first address that it gets, where there
// is no other name: prefix-2001-db8--1.suffix. An offer leaves it open.
func (x *exchange) nameLease(addr [16]byte) {
	if x.offer || !x.name.generate || x.ia.Code != pkt6.OptIANA {
		return
	}
	x.name.generate, x.name.made = false, addr
	d := &x.subnet.DDNS
	x.trace.Value(why.NameGenerated, d.ReplaceClientName)
	name := hostname.Qualify(d.GeneratedPrefix+"-"+strings.ReplaceAll(ip6(addr).String(), ":", "-"), d.QualifyingSuffix)
	if x.name.fqdn != nil {
		x.answerName(name + ".")
		return
	}
	x.name.stored = []byte(hostname.Lower(name) + ".")
}

// nameOf is the name that the lease of an address keeps. One that was made of an address
// is of that address alone.
func (x *exchange) nameOf(addr [16]byte) []byte {
	if x.name.made != ([16]byte{}) && x.name.made != addr {
		return nil
	}
	return x.name.stored
}
