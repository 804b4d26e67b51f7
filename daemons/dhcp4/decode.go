package dhcp4

import (
	"errors"
	"fmt"

	"nestor/lib/classify/query4"
	"nestor/lib/config"
	"nestor/lib/host"
	"nestor/lib/pkt4"
)

// decode reads the message and counts it by its type. A message that cannot be
// read counts as malformed and goes no further.
func (x *exchange) decode() bool {
	if x.over6 != nil && !x.unwrap() {
		return false
	}
	c := x.srv.stats
	c.Received.Add(1, x.now)
	err := x.query.Parse(x.in.Payload)
	if err == nil {
		query4.TrimTexts(&x.query, &x.snap.texts)
		err = x.checkOptions()
	}
	if err != nil {
		c.ParseFailed.Add(1, x.now)
		c.ReceiveDrop.Add(1, x.now)
		x.trace.unreadable(err)
		if log := x.srv.log.badPackets; log.Enabled(msgParseFail) {
			log.Log(msgParseFail, x.unreadLabel(), x.source(), ip4(x.in.Dst), x.interfaceName(), err,
				hexText(x.in.Payload[:min(len(x.in.Payload), loggedBytes)]))
		}
		return false
	}
	x.typ = x.query.Type()
	c.CountReceived(x.typ, x.now)
	x.trace.received()
	if log := x.srv.log.packets; log.Enabled(msgPacketReceived) {
		log.Log(msgQueryLabel, x.label())
		log.Log(msgPacketReceived, x.label(), messageName(x.typ), x.typ, x.source(), ip4(x.in.Dst), x.interfaceName())
	}
	x.logQueryData()
	return x.identify()
}

// loggedBytes is how much of a message that cannot be read goes into the log.
const loggedBytes = 300

// unreadLabel names the client of a message that cannot be read, as far as its
// header is there.
func (x *exchange) unreadLabel() string {
	if len(x.in.Payload) < pkt4.HeaderLen {
		return "[no hwaddr info], cid=[no info], tid=0x0"
	}
	return x.label()
}

// fixedLength are options whose content Kea reads on receipt and whose length it
// therefore insists on: at least so many bytes.
var fixedLength = [...]struct{ code, min byte }{
	{pkt4.OptRequestedAddress, 4}, {pkt4.OptServerID, 4}, {pkt4.OptLeaseTime, 4},
	{pkt4.OptMessageType, 1}, {pkt4.OptSubnetSelection, 4},
}

// checkOptions refuses a message whose options contradict their definitions.
func (x *exchange) checkOptions() error {
	for _, f := range fixedLength {
		if x.query.Has(f.code) && len(x.query.Option(f.code)) < int(f.min) {
			return fmt.Errorf("option %d is %d bytes long, at least %d are needed", f.code, len(x.query.Option(f.code)), f.min)
		}
	}
	lenient := x.snap.cfg.Compat.LenientOptionParsing
	if x.query.Has(pkt4.OptFQDN) {
		if err := checkFQDN(x.query.Option(pkt4.OptFQDN)); err != nil && !lenient {
			return err
		} else if err != nil {
			x.query.Ignore(pkt4.OptFQDN)
		}
	}
	if lenient {
		return nil
	}
	for _, d := range x.snap.tuples {
		if code := byte(d.Code); x.query.Has(code) {
			if err := d.CheckTuples(x.query.Option(code)); err != nil {
				return err
			}
		}
	}
	return nil
}

var errShortClientID = errors.New("identifier is too short")

// identify notes who the client is. A message without link-layer address and
// client identifier is of nobody and dropped.
func (x *exchange) identify() bool {
	q := &x.query
	x.hw = q.HWAddr()
	if q.Has(pkt4.OptClientID) {
		x.clientID = q.Option(pkt4.OptClientID)
		if len(x.clientID) < 2 {
			x.srv.stats.ReceiveDrop.Add(1, x.now)
			x.trace.unreadable(errShortClientID)
			x.srv.log.badPackets.Log(msgProcessException, fmt.Sprintf("%s: option 61: %v (%d bytes, 2 to 255 are allowed)", x.label(), errShortClientID, len(x.clientID)))
			return false
		}
		if len(x.clientID) > 255 {
			x.clientID = x.clientID[:255]
		}
	}
	if len(x.hw) == 0 && x.clientID == nil {
		return x.drop(msgDropSanity, x.label(), "neither a link-layer address nor a client identifier")
	}
	return true
}

// noteIdentifiers collects what reservations may know the client by.
func (x *exchange) noteIdentifiers() {
	x.identifiers = x.appendIdentifiers(x.identifiers)
}

func (x *exchange) appendIdentifiers(to []host.Identifier) []host.Identifier {
	for _, t := range x.snap.identifiers {
		if v := x.identifier(t); len(v) > 0 {
			to = append(to, host.Identifier{Type: t, Value: v})
		}
	}
	return to
}

// identifier returns what the query says for one type of reservation identifier.
func (x *exchange) identifier(t config.IdentifierType) []byte {
	switch t {
	case config.IdentHWAddress:
		return x.hw
	case config.IdentClientID:
		return x.clientID
	case config.IdentDUID:
		// RFC 4361: type 255, four bytes of IAID, then the DUID.
		if len(x.clientID) > 5 && x.clientID[0] == 255 {
			return x.clientID[5:]
		}
	case config.IdentCircuitID:
		if v, ok := x.query.RAI(pkt4.RAICircuitID); ok {
			return v
		}
	}
	return nil
}
