package dhcp4

import (
	"errors"
	"fmt"
	"strings"

	"nestor/lib/config"
	"nestor/lib/explain/why"
	"nestor/lib/hostname"
	"nestor/lib/pkt4"
)

// nameState is what became of the client's name.
type nameState struct {
	stored   []byte // in the lease, lower case
	hostname []byte // content of option 12 of the answer, nil: none
	fqdn     []byte // content of option 81 of the answer, nil: none
	// Which entries of the DNS the server is to keep.
	forward, reverse bool
}

func (n *nameState) reset() { *n = nameState{} }

// FQDN option flags (RFC 4702 section 2.1).
const (
	fqdnS = 1
	fqdnO = 2
	fqdnE = 4
	fqdnN = 8
)

// checkFQDN refuses an FQDN option that Kea cannot read: shorter than its fixed
// fields, N and S both set, or a broken name.
func checkFQDN(o []byte) error {
	if len(o) < 3 {
		return fmt.Errorf("option 81 is %d bytes long, at least 3 are needed", len(o))
	}
	if o[0]&(fqdnN|fqdnS) == fqdnN|fqdnS {
		return errors.New("option 81 has both flags N and S set")
	}
	if o[0]&fqdnE != 0 {
		if err := hostname.CheckWire(o[3:]); err != nil {
			return fmt.Errorf("option 81: %w", err)
		}
		return nil
	}
	if name := strings.TrimSuffix(string(o[3:]), "."); name != "" && !hostname.Usable(name) {
		return fmt.Errorf("option 81: %w", hostname.ErrBad)
	}
	return nil
}

// nameLease decides the name that the lease stores and the answer carries: from
// option 81, else option 12, else the reservation, else a generated one
// (ARM 8.2.20). Clients without any name are the common case and cost nothing.
func (x *exchange) nameLease() {
	x.name.reset()
	d := &x.subnet.DDNS
	reserved := ""
	if h := x.currentHost(); h != nil {
		reserved = h.Hostname
	}
	switch {
	case x.query.Has(pkt4.OptFQDN):
		x.trace.Code(why.FromFQDN, pkt4.OptFQDN)
		x.nameFromFQDN(d, reserved)
	case x.query.Has(pkt4.OptHostName):
		x.trace.Note(whyFromHostName)
		x.nameFromHostname(d, reserved)
	case reserved != "":
		x.answerHostname(hostname.Qualify(reserved, d.QualifyingSuffix))
	case d.ReplaceClientName == "always" || d.ReplaceClientName == "when-not-present":
		x.answerHostname(x.generatedName(d))
	default:
		x.trace.Note(why.NoName)
	}
	x.lease.Hostname = x.name.stored
	x.lease.FqdnFwd, x.lease.FqdnRev = x.name.forward, x.name.reverse
	x.trace.name(reserved)
}

func (x *exchange) nameFromHostname(d *config.DDNSParams, reserved string) {
	sent := strings.TrimSpace(string(x.query.Option(pkt4.OptHostName)))
	switch {
	case reserved != "":
		x.answerHostname(hostname.Qualify(reserved, d.QualifyingSuffix))
	case sent != "." && !hostname.Usable(strings.TrimSuffix(sent, ".")):
	case d.ReplaceClientName == "always" || d.ReplaceClientName == "when-present" || sent == ".":
		x.answerHostname(x.generatedName(d))
	default:
		name := x.subnet.charset.Clean(sent)
		if !hostname.Usable(strings.TrimSuffix(name, ".")) {
			return
		}
		if !strings.Contains(strings.TrimSuffix(sent, "."), ".") {
			name = hostname.Qualify(name, d.QualifyingSuffix)
		}
		x.answerHostname(name)
	}
}

func (x *exchange) answerHostname(name string) {
	if name == "" {
		return
	}
	x.name.stored = []byte(hostname.Lower(name))
	x.name.hostname = x.name.stored
	x.keepEntries(hostname.Flags{Server: true}.Answer(x.updatesOn(), &x.subnet.DDNS))
}

// keepEntries notes what the flags of an answer say of the DNS. Clients of class
// SKIP_DDNS have nothing there.
func (x *exchange) keepEntries(f hostname.Flags) {
	skip := x.skipsUpdates()
	x.name.forward, x.name.reverse = f.Server && !skip, !f.None && !skip
}

func (x *exchange) nameFromFQDN(d *config.DDNSParams, reserved string) {
	o := x.query.Option(pkt4.OptFQDN)
	flags, text := x.fqdnFlags(d, o[0])
	name := ""
	switch {
	case reserved != "":
		name = hostname.Qualify(reserved, d.QualifyingSuffix) + "."
	case d.ReplaceClientName == "always" || d.ReplaceClientName == "when-present":
		name = x.generatedName(d) + "."
	default:
		name = x.clientFQDN(d, o)
	}
	if name == "" {
		x.name.forward, x.name.reverse = false, false
		return
	}
	name = hostname.Lower(name)
	b := append(make([]byte, 0, len(name)+6), flags, o[1], o[2])
	if text {
		b = append(b, name...)
	} else {
		b = hostname.AppendWire(b, name)
	}
	x.name.fqdn = b
	x.name.stored = []byte(hostname.Escape(name))
}

// fqdnFlags gives the flags of the answer. Encoding follows the client.
func (x *exchange) fqdnFlags(d *config.DDNSParams, client byte) (flags byte, text bool) {
	f := hostname.Flags{Server: client&fqdnS != 0, None: client&fqdnN != 0}.Answer(x.updatesOn(), d)
	x.keepEntries(f)
	flags = client & fqdnE
	if f.Server {
		flags |= fqdnS
	}
	if f.Override {
		flags |= fqdnO
	}
	if f.None {
		flags |= fqdnN
	}
	return flags, client&fqdnE == 0
}

// clientFQDN is the client's own name, or one made of the address for a client
// without any.
func (x *exchange) clientFQDN(d *config.DDNSParams, o []byte) string {
	var name string
	var complete bool
	if o[0]&fqdnE != 0 {
		name, complete, _ = hostname.ReadWire(o[3:])
	} else {
		name, complete = strings.CutSuffix(string(o[3:]), ".")
	}
	if name == "" && !complete {
		return x.generatedName(d) + "."
	}
	return x.subnet.charset.Own(name, complete, d.QualifyingSuffix)
}

// generatedName makes a name of the address: prefix-192-0-2-1.suffix.
func (x *exchange) generatedName(d *config.DDNSParams) string {
	x.trace.Value(why.NameGenerated, d.ReplaceClientName)
	a := strings.ReplaceAll(ip4(x.lease.Addr).String(), ".", "-")
	return hostname.Qualify(d.GeneratedPrefix+"-"+a, d.QualifyingSuffix)
}
