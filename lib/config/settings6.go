package config

import (
	"fmt"
	"slices"
	"strconv"

	"nestor/lib/element"
	"nestor/lib/option"
)

// macSources are the names of the ways to a client's hardware address, the old
// ones with the present one (ARM 9.11).
var macSources = map[string]string{
	"any":                     "any",
	"raw":                     "raw",
	"duid":                    "duid",
	"ipv6-link-local":         "ipv6-link-local",
	"client-link-addr-option": "client-link-addr-option",
	"rfc6939":                 "client-link-addr-option",
	"remote-id":               "remote-id",
	"rfc4649":                 "remote-id",
	"subscriber-id":           "subscriber-id",
	"rfc4580":                 "subscriber-id",
	"docsis-cmts":             "docsis-cmts",
	"docsis-modem":            "docsis-modem",
}

// macSources decodes mac-sources.
func (l *loader) macSources(n node) []string {
	var out []string
	for i, text := range n.strs("mac-sources") {
		name, known := macSources[text]
		switch {
		case !known:
			l.fail(n.item("mac-sources", i), n.pos("mac-sources"),
				"%q is no way to a hardware address: give any, duid, ipv6-link-local, client-link-addr-option, remote-id, docsis-cmts or docsis-modem", text)
		case slices.Contains(out, name):
			l.fail(n.item("mac-sources", i), n.pos("mac-sources"), "%s is in the list already", name)
		default:
			out = append(out, name)
		}
	}
	return out
}

// optionERP is the one option that relays may always supply (RFC 6440).
const optionERP = 65

// relaySupplied decodes relay-supplied-options: codes or names (RFC 6422).
func (l *loader) relaySupplied(n node) []uint16 {
	out := []uint16{optionERP}
	for i, text := range n.strs("relay-supplied-options") {
		code, err := suppliedCode(text, l.defs)
		if err != nil {
			l.failOn(relyOnDefinitions, n.item("relay-supplied-options", i), n.pos("relay-supplied-options"), "%v", err)
			continue
		}
		out = append(out, code)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func suppliedCode(text string, defs *option.Definitions) (uint16, error) {
	if code, err := strconv.ParseUint(text, 10, 16); err == nil && code > 0 {
		return uint16(code), nil
	}
	if d := defs.ByName(option.Space6, text); d != nil {
		return uint16(d.Code), nil
	}
	return 0, fmt.Errorf("%s is neither the name of an option nor a code of 1 to 65535", orNothing(text))
}

func suppliedElement(codes []uint16) *element.Value {
	list := element.NewList()
	for _, code := range codes {
		list.Append(element.NewString(strconv.Itoa(int(code))))
	}
	return list
}
