package config

import (
	"encoding/hex"
	"strings"

	"nestor/lib/element"
)

// serverID decodes server-id (ARM 9.5).
func (l *loader) serverID(n node) ServerID {
	n = n.subOrDefaults("server-id")
	s := ServerID{
		Meta:         l.meta(n),
		Type:         n.str("type"),
		HType:        uint16(n.uint32("htype")),
		Time:         n.uint32("time"),
		EnterpriseID: n.uint32("enterprise-id"),
		Persist:      n.bool("persist"),
	}
	if s.Type == "" {
		s.Type = "LLT"
	}
	text := n.str("identifier")
	id, err := hex.DecodeString(text)
	switch {
	case err != nil:
		l.fail(n.at("identifier"), n.pos("identifier"), "%q is not a string of octets in hexadecimal: write A65DC7410F05", text)
	case len(id) > maxServerIdentifier:
		l.fail(n.at("identifier"), n.pos("identifier"), "it has %d octets, a DUID takes %d", len(id), maxServerIdentifier)
	}
	s.Identifier = id
	return s
}

// maxServerIdentifier is the room in a DUID behind type, hardware type and time
// (RFC 8415 section 11.2).
const maxServerIdentifier = maxDUID - 8

// element renders server-id for config-get.
func (s *ServerID) element() *element.Value {
	v := element.NewMap()
	v.Add("enterprise-id", shownUint(s.EnterpriseID))
	v.Add("htype", shownUint(uint32(s.HType)))
	v.Add("identifier", shownText(strings.ToUpper(hex.EncodeToString(s.Identifier))))
	v.Add("persist", shownBool(s.Persist))
	v.Add("time", shownUint(s.Time))
	v.Add("type", element.NewString(s.Type))
	s.Meta.show(v)
	return v
}
