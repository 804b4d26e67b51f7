package query4_test

import (
	"testing"

	"nestor/lib/classify"
	"nestor/lib/classify/query4"
	"nestor/lib/option"
	"nestor/lib/packetinput"
	"nestor/lib/pkt4"
)

// full has what expressions can ask for, bare has nothing of it.
const (
	full = "discover hw=02:00:00:00:00:01 xid=0x01020304 ciaddr=192.0.2.1 giaddr=192.0.2.2 yiaddr=192.0.2.3 siaddr=192.0.2.4 hostname=host option[77]=0x " +
		"option[43]=0x010178 option[82]=0x010463697263 option[93]=9 option[124]=0x0000118b0163000000090161 option[125]=0x0000118b03010178000000090302017a " +
		"option[222]=0x0701026869 option[223]=0x010161010162 option[60]=0x7600 option[224]=0x010179"
	bare = "bootp"
)

var definitions = func() *option.Definitions {
	defs, err := option.Standard4().With([]*option.Definition{
		{Space: option.Space4, Code: 222, Name: "box", Type: option.Uint8, Encapsulates: "inner"},
		{Space: option.Space4, Code: 223, Name: "bag", Type: option.Empty, Encapsulates: "inner"},
		{Space: option.Space4, Code: 224, Name: "private", Type: option.Empty, Encapsulates: "inner"},
		{Space: "inner", Code: 1, Name: "in", Type: option.String},
	})
	if err != nil {
		panic(err)
	}
	return defs
}()

func packet(t *testing.T, text string) *query4.Packet {
	t.Helper()
	ps, err := packetinput.Read4(text, definitions)
	if err != nil {
		t.Fatal(err)
	}
	m := &pkt4.Message{}
	if err := m.Parse(ps[0].Payload); err != nil {
		t.Fatal(err)
	}
	texts := query4.Texts(definitions)
	query4.TrimTexts(m, &texts)
	return &query4.Packet{Message: m, Definitions: definitions, Texts: &texts, Interface: "eth0", Src: 0xc0000209, Dst: 0xffffffff}
}

func holds(t *testing.T, q *query4.Packet, texts ...string) {
	t.Helper()
	o := classify.Options{OptionCode: func(name string) (uint16, bool) {
		d := definitions.ByName(option.Space4, name)
		return uint16(d.Code), true
	}}
	for _, text := range texts {
		test, err := classify.ParseTest(text, o)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		e := classify.Evaluator{Packet: q, Classes: &classify.Set{}}
		e.Begin()
		if ok, err := test.Matches(&e); !ok || err != nil {
			t.Errorf("%s: %v %v", text, ok, err)
		}
	}
}

func TestValues(t *testing.T) {
	for _, row := range []struct {
		id            string
		present, gone []string
	}{
		{"CL.4.4", []string{"option[12].hex == 'host'", "option[82].hex == 0x010463697263"}, []string{"option[12].hex == ''", "option[0].hex == ''", "option[255].hex == ''"}},
		{"CL.4.5", []string{"option[12].text == 'host'", "option[host-name].text == 'host'", "option[60].text == 'v'", "option[93].text == 'type=093, len=002: 9(uint16)'"}, []string{"option[12].text == ''"}},
		{"CL.4.6", []string{"option[12].exists", "option[77].exists"}, []string{"not option[12].exists", "not option[0].exists", "not option[255].exists"}},
		{"CL.4.7", []string{
			"option[82].option[1].hex == 'circ'", "option[125].option[1].hex == 'x'", "option[box].option[1].hex == 'hi'", "option[222].option[1].text == 'hi'",
			"option[223].option[1].hex == 'ab'", "option[82].option[1].exists", "not option[82].option[2].exists", "option[12].option[1].hex == ''",
		}, []string{"not option[82].option[1].exists", "option[82].option[1].hex == ''", "option[222].option[1].text == ''", "option[125].option[1].hex == ''"}},
		{"CL.4.8", []string{"relay4[1].hex == 'circ'", "relay4[1].exists", "not relay4[2].exists"}, []string{"relay4[1].hex == ''", "relay4[1].text == ''", "not relay4[1].exists"}},
		{"CL.4.11", []string{"pkt.iface == 'eth0'"}, nil},
		{"CL.4.12", []string{"pkt.src == 192.0.2.9", "pkt.dst == 255.255.255.255"}, nil},
		{"CL.4.13", nil, []string{"pkt.len == 236"}},
		{"CL.4.14", []string{"pkt4.mac == 0x020000000001"}, []string{"pkt4.mac == ''"}},
		{"CL.4.15", []string{"pkt4.hlen == 6", "pkt4.htype == 1", "pkt4.msgtype == 1", "pkt4.transid == 0x01020304"}, []string{"pkt4.hlen == 0", "pkt4.msgtype == 0"}},
		{"CL.4.16", []string{"pkt4.ciaddr == 192.0.2.1", "pkt4.giaddr == 192.0.2.2", "pkt4.yiaddr == 192.0.2.3", "pkt4.siaddr == 192.0.2.4"},
			[]string{"pkt4.ciaddr == 0.0.0.0", "pkt4.giaddr == 0", "pkt4.yiaddr == 0", "pkt4.siaddr == 0"}},
		{"CL.4.18", []string{"vendor.enterprise == 4491"}, []string{"vendor.enterprise == ''"}},
		{"CL.4.19 CL.4.23", []string{"vendor[4491].exists", "vendor[*].exists", "vendor[0].option[1].hex == 'x'", "not vendor[9].exists", "vendor[9].option[2].hex == ''", "not vendor[*].option[2].exists"},
			[]string{"not vendor[*].exists", "vendor[*].option[1].hex == ''", "vendor[4491].option[1].text == ''"}},
		{"CL.4.20", []string{"vendor-class.enterprise == 4491"}, []string{"vendor-class.enterprise == ''"}},
		{"CL.4.21", []string{"vendor-class[4491].data == 'c'", "vendor-class[*].data[0] == 'c'", "vendor-class[4491].data[1] == 'a'", "vendor-class[4491].data[2] == ''", "not vendor-class[9].exists"},
			[]string{"not vendor-class[*].exists", "vendor-class[*].data == ''"}},
		{"CL.4.25", []string{"option[77].hex == ''"}, []string{"option[77].hex == ''"}},
	} {
		t.Run("CL.13.1 "+row.id, func(t *testing.T) {
			holds(t, packet(t, full), row.present...)
			holds(t, packet(t, bare), row.gone...)
		})
	}
}

func TestPrivateOptions(t *testing.T) {
	q := packet(t, full)
	// CL.4.28 CL.11.8
	holds(t, q, "not option[43].option[1].exists", "not option[224].option[1].exists", "option[43].hex == 0x010178", "option[222].option[1].exists")
	q.Private = func(uint16) *option.Definitions { return definitions }
	holds(t, q, "option[43].option[1].hex == 'x'", "option[224].option[1].text == 'y'")
	own, err := definitions.ForClass([]*option.Definition{{Space: option.Space4, Code: 43, Name: "vendor-encapsulated-options", Type: option.Uint8, Encapsulates: "inner"}})
	if err != nil {
		t.Fatal(err)
	}
	q.Private = func(uint16) *option.Definitions { return own }
	holds(t, q, "not option[43].option[1].exists") // the first byte is a field now
}

func TestShortVendorOptions(t *testing.T) {
	for _, text := range []string{"discover option[125]=0x00", "discover option[125]=0x0000118b", "discover option[125]=0x0000118bff01", "discover option[82]=0x01ff"} {
		holds(t, packet(t, text), "vendor[*].option[1].hex == ''", "vendor-class[*].data == ''", "relay4[1].hex == ''", "option[125].option[1].text == ''")
	}
	// D4.52.2: whoever lets such a message pass reads as far as it goes
	holds(t, packet(t, "discover option[124]=0x0000118bff01"), "vendor-class[*].data == 0x01", "vendor-class[*].data[1] == ''")
}
