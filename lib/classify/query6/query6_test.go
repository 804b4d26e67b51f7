package query6_test

import (
	"net/netip"
	"testing"

	"nestor/lib/classify"
	"nestor/lib/classify/query6"
	"nestor/lib/option"
	"nestor/lib/packetinput"
	"nestor/lib/pkt6"
)

// full has what expressions can ask for, and came over two relays; bare has
// nothing of it.
const (
	full = "solicit xid=0x010203 client-id=000300010200 ia-na=7 option[15]=0x0003616263 option[16]=0x0000118b0001610002626300000009 " +
		"option[17]=0x0000118b0001000178 option[94]=0x005a00020102 relay=fe80::1,2001:db8::1 option[18]=client-side relay=2001:db8::1,2001:db8::2 option[18]=server-side"
	bare = "renew"
)

func packet(t *testing.T, text string) *query6.Packet {
	t.Helper()
	ps, err := packetinput.Read6(text, nil)
	if err != nil {
		t.Fatal(err)
	}
	m := &pkt6.Message{}
	if err := m.Parse(ps[0].Payload); err != nil {
		t.Fatal(err)
	}
	return &query6.Packet{Message: m, Definitions: option.Standard6(), Interface: "eth0", Src: netip.MustParseAddr("fe80::9"), Dst: netip.MustParseAddr("ff02::1:2")}
}

func holds(t *testing.T, q *query6.Packet, texts ...string) {
	t.Helper()
	for _, text := range texts {
		test, err := classify.ParseTest(text, classify.Options{V6: true})
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

// D6.11.25: NULs at the end of a text do not count, and a text of nothing is none.
func TestTexts(t *testing.T) {
	for content, want := range map[string]string{
		"0x7466": "option[59].hex == 'tf'", "0x746600": "option[59].hex == 'tf' and option[59].text == 'tf'", "0x74006600": "option[59].hex == 0x740066",
		"0x0000": "not option[59].exists", "0x": "not option[59].exists and option[59].text == ''",
	} {
		holds(t, packet(t, "solicit option[59]="+content), want)
	}
	holds(t, packet(t, "solicit option[38]=0x6100 option[14]=0x"), "option[38].hex == 0x6100", "option[14].exists") // no texts
}

func TestValues(t *testing.T) {
	for _, row := range []struct {
		id            string
		present, gone []string
	}{
		{"CL.4.4", []string{"option[1].hex == 0x000300010200"}, []string{"option[1].hex == ''", "option[65535].hex == ''"}},
		{"CL.4.5", []string{"not option[1].text == ''"}, []string{"option[1].text == ''"}},
		{"CL.4.6", []string{"option[3].exists"}, []string{"not option[3].exists"}},
		{"CL.4.7", []string{"option[17].option[1].hex == 'x'", "option[94].option[90].hex == 0x0102", "not option[94].option[89].exists", "option[1].option[1].hex == ''"},
			[]string{"option[17].option[1].hex == ''", "not option[94].option[90].exists", "option[94].option[90].text == ''"}},
		{"CL.4.9", []string{
			"relay6[0].option[18].hex == 'server-side'", "relay6[1].option[18].hex == 'client-side'", "relay6[-1].option[18].hex == 'client-side'", "relay6[-2].option[18].exists",
			"not relay6[2].option[18].exists", "not relay6[-3].option[18].exists", "relay6[0].option[37].hex == ''", "not relay6[0].option[18].text == ''",
		}, []string{"relay6[0].option[18].hex == ''", "relay6[-1].option[18].text == ''", "not relay6[0].option[18].exists"}},
		{"CL.4.10", []string{"relay6[0].peeraddr == 2001:db8::1", "relay6[0].linkaddr == 2001:db8::2", "relay6[-1].peeraddr == fe80::1", "relay6[31].peeraddr == ''"},
			[]string{"relay6[0].peeraddr == ''", "relay6[-1].linkaddr == ''"}},
		{"CL.4.11", []string{"pkt.iface == 'eth0'"}, nil},
		{"CL.4.12", []string{"pkt.src == fe80::9", "pkt.dst == ff02::1:2"}, nil},
		{"CL.4.13", nil, []string{"pkt.len == 4"}},
		{"CL.4.17", []string{"pkt6.msgtype == 1", "pkt6.transid == 0x00010203"}, []string{"pkt6.msgtype == 5", "pkt6.transid == 0"}},
		{"CL.4.18", []string{"vendor.enterprise == 4491"}, []string{"vendor.enterprise == ''"}},
		{"CL.4.19", []string{"vendor[4491].exists", "vendor[*].option[1].hex == 'x'", "not vendor[9].exists", "vendor[9].option[1].hex == ''", "not vendor[4491].option[1].text == ''"},
			[]string{"not vendor[*].exists", "vendor[*].option[1].hex == ''"}},
		{"CL.4.20", []string{"vendor-class.enterprise == 4491"}, []string{"vendor-class.enterprise == ''"}},
		{"CL.4.21", []string{"vendor-class[4491].data == 'a'", "vendor-class[*].data[1] == 'bc'", "vendor-class[4491].data[9] == ''", "not vendor-class[9].exists"},
			[]string{"not vendor-class[*].exists", "vendor-class[*].data == ''"}},
	} {
		t.Run("CL.13.1 "+row.id, func(t *testing.T) {
			holds(t, packet(t, full), row.present...)
			holds(t, packet(t, bare), row.gone...)
		})
	}
}
