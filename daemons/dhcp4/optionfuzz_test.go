package dhcp4

import (
	"bytes"
	"testing"
	"time"

	"nestor/lib/pkt4"
)

// suboptionsConf reads as much of options that hold others as a configuration can
// make the server read, and answers with as much as a client can ask for.
const suboptionsConf = `
	"lease-database": { "type": "memfile", "persist": false },
	"compatibility": { "lenient-option-parsing": true },
	"option-def": [ { "name": "container", "code": 222, "type": "uint8", "encapsulate": "outer" }, { "name": "box", "code": 7, "space": "outer", "type": "tuple", "encapsulate": "inner" },
		{ "name": "word", "code": 1, "space": "inner", "type": "string" }, { "name": "back", "code": 2, "space": "inner", "type": "empty", "encapsulate": "outer" },
		{ "name": "url", "code": 5, "space": "vendor-9", "type": "string" } ],
	"client-classes": [
		{ "name": "holder", "test": "option[60].exists", "option-def": [ { "name": "vendor-encapsulated-options", "code": 43, "type": "uint16", "encapsulate": "outer" }, { "name": "own", "code": 224, "type": "tuple", "array": true } ],
			"option-data": [ { "name": "vendor-encapsulated-options", "data": "7" }, { "name": "box", "space": "outer", "data": "t" }, { "name": "own", "data": "a, b" } ] },
		{ "name": "early", "test": "option[222].text == 'x' or option[222].option[7].text == 'x' or option[124].text == 'x' or option[125].text == 'x' or relay4[1].text == 'x' or option[43].text == 'x'" },
		{ "name": "vendors", "test": "vendor[9].option[5].hex == 'x' or vendor-class[*].data[1] == 'x' or vendor.enterprise == 9 or vendor-class.enterprise == 4491" },
		{ "name": "late", "test": "member('UNKNOWN') and (option[43].text == 'x' or option[43].option[7].text == 'x' or option[224].text == 'x' or option[230].option[1].exists)" } ],
	"option-data": [ { "name": "container", "data": "4" }, { "name": "box", "space": "outer", "data": "t" }, { "name": "word", "space": "inner", "data": "w", "client-classes": [ "holder" ] },
		{ "name": "vivso-suboptions", "data": "9" }, { "name": "url", "space": "vendor-9", "data": "u", "always-send": true }, { "name": "vivco-suboptions", "data": "9, 0161" },
		{ "name": "tftp-servers", "space": "vendor-4491", "data": "192.0.2.1" }, { "code": 43 } ], ` + plain

// FuzzSuboptions gives the content of one option that may hold others, with what the
// client asks for, to a server whose classes take all of them apart. Whatever it is,
// the client gets an answer that can be read.
func FuzzSuboptions(f *testing.F) {
	for _, seed := range []struct {
		code byte
		data string
		ask  string
	}{
		{43, "\x00\x07\x07\x05\x01a\x01\x01b\xff", "\x2b\xde"}, {222, "\x04\x07\x08\x01a\x02\x04\x07\x02\x01b", "\xde"}, {224, "\x01a\x09b", "\xe0"},
		{124, "\x00\x00\x00\x09\x01a\x00\x00\x11\x8b\x01b", "\x7c\x7d"}, {125, "\x00\x00\x11\x8b\x04\x01\x02\x02\x05\x00\x00\x00\x09\x00", "\x7d"},
		{125, "\x00\x00\x11\x8b\xff\x01", "\x7d"}, {82, "\x01\x01a\x02\x01b\x01\x01c", ""}, {230, "\x01\x01a", "\xe6"},
	} {
		f.Add(seed.code, []byte(seed.data), []byte(seed.ask))
	}
	f.Fuzz(func(t *testing.T, code byte, data, ask []byte) {
		switch code {
		case pkt4.OptPad, pkt4.OptEnd, pkt4.OptRequestedAddress, pkt4.OptLeaseTime, pkt4.OptMessageType, pkt4.OptServerID,
			pkt4.OptParameterRequest, pkt4.OptClientID, pkt4.OptSubnetSelection:
			return // these are refused if they are not as they should be
		case pkt4.OptRelayAgentInfo: // and this may name another subnet
			if _, elsewhere := pkt4.Suboption(data, pkt4.RAILinkSelection); elsewhere {
				return
			}
		}
		ts := &testServer{t: t, now: time.Unix(1_800_000_000, 0), dir: "."}
		ts.sock = &fakeSocket{addr: ip("192.0.2.1"), name: "eth0", index: 2}
		ts.startQuietly(suboptionsConf)
		defer ts.srv.Close()
		q := query(discoverMsg, 1).ToBytes()
		q = q[:bytes.LastIndexByte(q, pkt4.OptEnd)]
		q = pkt4.AppendOption(q, pkt4.OptVendorClass, []byte("v"))
		q = pkt4.AppendOption(q, pkt4.OptParameterRequest, ask)
		if code != pkt4.OptVendorClass {
			q = pkt4.AppendOption(q, code, data)
		}
		q = append(q, pkt4.OptEnd)
		if len(q) > 60000 {
			return
		}
		rs := ts.sendRaw(from{}, q)
		if len(rs) != 1 || rs[0].MessageType() != offerMsg {
			t.Fatalf("option %d %x asking for %x: %d answers", code, data, ask, len(rs))
		}
		for code, content := range rs[0].Options {
			if code == 125 {
				checkVendors(t, content)
			}
		}
	})
}

// checkVendors fails the test where option 125 is not one block of sub-options after
// the other.
func checkVendors(t *testing.T, o []byte) {
	t.Helper()
	whole := o
	for len(o) > 0 {
		if len(o) < vendorHeader || len(o) < vendorHeader+int(o[4]) {
			t.Fatalf("option 125 is %x", whole)
		}
		subs := o[vendorHeader:][:o[4]]
		if len(pkt4.WholeSuboptions(subs)) != len(subs) {
			t.Fatalf("option 125 is %x, with sub-options %x", whole, subs)
		}
		o = o[vendorHeader+len(subs):]
	}
}
