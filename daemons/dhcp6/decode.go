package dhcp6

import (
	"errors"
	"fmt"

	"nestor/lib/config"
	"nestor/lib/host"
	"nestor/lib/pkt6"
)

// decode reads the message and counts it by its type. A message that cannot be
// read counts as malformed and goes no further.
func (x *exchange) decode() bool {
	c := x.srv.stats
	c.Received.Add(1, x.now)
	err := x.query.Parse(x.in.Payload)
	if err == nil {
		err = x.checkOptions()
	}
	if err != nil {
		c.ParseFailed.Add(1, x.now)
		c.ReceiveDrop.Add(1, x.now)
		x.trace.unreadable(err)
		if log := x.srv.log.badPackets; log.Enabled(msgParseFail) {
			log.Log(msgParseFail, x.unreadLabel(err), x.source(), ip6(x.in.Dst), x.interfaceName(), err,
				hexText(x.in.Payload[:min(len(x.in.Payload), loggedBytes)]))
		}
		return false
	}
	x.ignoreCutTuples()
	x.typ = x.query.Type()
	c.CountReceived(x.typ, x.now)
	x.identify()
	x.trace.received()
	if log := x.srv.log.packets; log.Enabled(msgPacketReceived) {
		log.Log(msgQueryLabel, x.label())
		log.Log(msgPacketReceived, x.label(), messageName(x.typ), x.typ, x.source(), x.in.SrcPort, ip6(x.in.Dst), x.srv.ports.Server, x.interfaceName())
	}
	if log := x.srv.log.options; log.Enabled(msgOptionsSkipped) {
		if err := x.query.Skipped(); err != nil {
			log.Log(msgOptionsSkipped, x.label(), err)
		}
	}
	return true
}

// loggedBytes is how much of a message that cannot be read goes into the log.
const loggedBytes = 300

// unreadLabel names the client of a message that cannot be read.
func (x *exchange) unreadLabel(err error) string {
	var option *pkt6.OptionError
	if errors.As(err, &option) || len(x.query.ClientMessage()) >= pkt6.HeaderLen {
		return x.label()
	}
	return "duid=[no info], [no hwaddr info], tid=0x0"
}

// checkOptions refuses a message whose FQDN option cannot be read (RFC 4704), as
// Kea does; lenient, it does as if there were none.
func (x *exchange) checkOptions() error {
	if !x.query.Has(pkt6.OptFQDN) {
		return nil
	}
	o := x.query.Option(pkt6.OptFQDN)
	err := checkFQDN(o)
	if err == nil {
		x.fqdn = o
	} else if x.snap.cfg.Compat.LenientOptionParsing {
		err = nil
	}
	return err
}

// ignoreCutTuples takes options out in which a text counts more bytes than there are.
// Lenient, such a text is what is left (ARM 9.20.1).
func (x *exchange) ignoreCutTuples() {
	if x.snap.cfg.Compat.LenientOptionParsing {
		return
	}
	for _, d := range x.snap.tuples {
		code := uint16(d.Code)
		if !x.query.Has(code) {
			continue
		}
		if err := d.CheckTuples(x.query.Option(code)); err != nil {
			x.query.Ignore(code)
			x.trace.skipped(err)
			if log := x.srv.log.options; log.Enabled(msgOptionsSkipped) {
				log.Log(msgOptionsSkipped, x.label(), err)
			}
		}
	}
}

// identify notes who the client is and what it asks for.
func (x *exchange) identify() {
	if x.query.Has(pkt6.OptClientID) {
		x.duid = x.query.Option(pkt6.OptClientID)
	}
	x.findHardwareAddress()
	x.noteIAs(pkt6.OptIANA)
	x.noteIAs(pkt6.OptIAPD)
}

// noteIAs collects what the client asks for of one kind. Addresses come before
// prefixes, wherever they stand in the message: so do then the options of their pools.
func (x *exchange) noteIAs(code uint16) {
	for ia := range x.query.IAs() {
		if ia.Code != code {
			continue
		}
		if len(x.ias) == maxIAs {
			if log := x.srv.log.badPackets; log.Enabled(msgTooManyIAs) {
				log.Log(msgTooManyIAs, x.label(), maxIAs)
			}
			x.trace.manyIAs()
			return
		}
		x.ias = append(x.ias, ia)
	}
}

// maxIAs is how many identity associations of a message are served. Routers ask for
// a handful; an answer to thousands would not fit into a message, and would take a
// pool away at one stroke.
const maxIAs = 256

// noteIdentifiers collects what reservations may know the client by.
func (x *exchange) noteIdentifiers() {
	x.identifiers = x.appendIdentifiers(x.identifiers)
}

func (x *exchange) appendIdentifiers(to []host.Identifier) []host.Identifier {
	for _, t := range x.snap.identifiers {
		var v []byte
		switch t {
		case config.IdentDUID:
			v = x.duid
		case config.IdentHWAddress:
			v = x.mac.addr
		}
		if len(v) > 0 {
			to = append(to, host.Identifier{Type: t, Value: v})
		}
	}
	return to
}

// source is where the query came from, for log lines.
func (x *exchange) source() fmt.Stringer { return ip6(x.in.Src) }

// interfaceName is the name of the interface that received the query.
func (x *exchange) interfaceName() string {
	name, _ := x.sock.Interface()
	return name
}
