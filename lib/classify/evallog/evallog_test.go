package evallog_test

import (
	"slices"
	"strings"
	"testing"

	"nestor/lib/classify"
	"nestor/lib/classify/evallog"
	"nestor/lib/classify/query4"
	"nestor/lib/classify/query6"
	"nestor/lib/logging"
	"nestor/lib/option"
	"nestor/lib/packetinput"
	"nestor/lib/pkt4"
	"nestor/lib/pkt6"
)

// steps are expressions with what they log, without labels. The texts and the
// values in them are as Kea was seen to write them, where it has them.
var steps = []struct {
	test  string
	v6    bool
	lines string
}{
	{"option[61].hex == 'a' + 'b'", false, `EVAL_DEBUG_OPTION Pushing option 61 with value 0x666F6F626172
		EVAL_DEBUG_STRING Pushing text string 'a'
		EVAL_DEBUG_STRING Pushing text string 'b'
		EVAL_DEBUG_CONCAT Popping 0x62 and 0x61 pushing 0x6162
		EVAL_DEBUG_EQUAL Popping 0x6162 and 0x666F6F626172 pushing result 'false'`},
	{"option[12].text == ''", false, `EVAL_DEBUG_OPTION Pushing option 12 with value 'host'
		EVAL_DEBUG_STRING Pushing text string ''
		EVAL_DEBUG_EQUAL Popping 0x and 0x686F7374 pushing result 'false'`},
	{"not option[99].exists", false, `EVAL_DEBUG_OPTION Pushing option 99 with value 'false'
		EVAL_DEBUG_NOT Popping 'false' pushing 'true'`},
	{"option[82].option[1].hex == option[99].option[1].hex", false, `EVAL_DEBUG_SUB_OPTION Pushing option 82 sub-option 1 with value 0x63697263
		EVAL_DEBUG_SUB_OPTION_NO_OPTION Requested option 99 sub-option 1, but the parent option is not present, pushing result 0x
		EVAL_DEBUG_EQUAL Popping 0x and 0x63697263 pushing result 'false'`},
	{"option[82].option[9].exists sand relay4[1].exists", false, `EVAL_DEBUG_SUB_OPTION Pushing option 82 sub-option 9 with value 'false'
		EVAL_DEBUG_OPTION Pushing option 1 with value 'true'
		EVAL_DEBUG_AND Popping 'true' and 'false' pushing 'false'`},
	{"option[12].exists sor relay4[9].exists", false, `EVAL_DEBUG_OPTION Pushing option 12 with value 'true'
		EVAL_DEBUG_OPTION Pushing option 9 with value 'false'
		EVAL_DEBUG_OR Popping 'false' and 'true' pushing 'true'`},
	{"option[13].exists and option[12].exists or option[12].exists or option[14].exists", false, `EVAL_DEBUG_OPTION Pushing option 13 with value 'false'
		EVAL_DEBUG_POP_OR_BRANCH_FALSE Value is false: keeping it and branching to L1
		EVAL_DEBUG_OPTION Pushing option 12 with value 'true'
		EVAL_DEBUG_POP_OR_BRANCH_TRUE Value is true: keeping it and branching to L3`},
	{"ifelse(option[12].exists, 'a', 'b') == ifelse(option[13].exists, 'a', 'b')", false, `EVAL_DEBUG_OPTION Pushing option 12 with value 'true'
		EVAL_DEBUG_STRING Pushing text string 'a'
		EVAL_DEBUG_BRANCH Branching to L2
		EVAL_DEBUG_OPTION Pushing option 13 with value 'false'
		EVAL_DEBUG_POP_AND_BRANCH_FALSE Value is false: branching to L3
		EVAL_DEBUG_STRING Pushing text string 'b'
		EVAL_DEBUG_EQUAL Popping 0x62 and 0x61 pushing result 'false'`},
	{"sifelse(option[12].exists, 'a', 'b') == sifelse(option[13].exists, 'a', 'b')", false, `EVAL_DEBUG_OPTION Pushing option 12 with value 'true'
		EVAL_DEBUG_STRING Pushing text string 'a'
		EVAL_DEBUG_STRING Pushing text string 'b'
		EVAL_DEBUG_IFELSE_TRUE Popping 'true' (true) and 0x62, leaving 0x61
		EVAL_DEBUG_OPTION Pushing option 13 with value 'false'
		EVAL_DEBUG_STRING Pushing text string 'a'
		EVAL_DEBUG_STRING Pushing text string 'b'
		EVAL_DEBUG_IFELSE_FALSE Popping 'false' (false) and 0x61, leaving 0x62
		EVAL_DEBUG_EQUAL Popping 0x62 and 0x61 pushing result 'false'`},
	{"pkt.iface + pkt.src == ''", false, `EVAL_DEBUG_PKT Pushing PKT meta data iface with value v0
		EVAL_DEBUG_PKT Pushing PKT meta data src with value 0x0A000002
		EVAL_DEBUG_CONCAT Popping 0x0A000002 and 0x7630 pushing 0x76300A000002
		EVAL_DEBUG_STRING Pushing text string ''
		EVAL_DEBUG_EQUAL Popping 0x and 0x76300A000002 pushing result 'false'`},
	{"pkt4.mac == 10.0.0.1", false, `EVAL_DEBUG_PKT4 Pushing PKT4 field mac with value 0x020000000001
		EVAL_DEBUG_IPADDRESS Pushing IPAddress 0x0A000001
		EVAL_DEBUG_EQUAL Popping 0x0A000001 and 0x020000000001 pushing result 'false'`},
	{"pkt4.msgtype == 1", false, `EVAL_DEBUG_PKT4 Pushing PKT4 field msgtype with value 0x00000001
		EVAL_DEBUG_STRING Pushing text string 0x00000001
		EVAL_DEBUG_EQUAL Popping 0x00000001 and 0x00000001 pushing result 'true'`},
	{"vendor[4491].exists", false, `EVAL_DEBUG_VENDOR_EXISTS Option with enterprise-id 4491 found, pushing result 'true'`},
	{"vendor[1].exists", false, `EVAL_DEBUG_VENDOR_ENTERPRISE_ID_MISMATCH Was looking for 1, option had 4491, pushing result 'false'`},
	{"vendor.enterprise == vendor[4491].option[1].hex", false, `EVAL_DEBUG_VENDOR_ENTERPRISE_ID Pushing enterprise-id 4491 as result 0x0000118B
		EVAL_DEBUG_OPTION Pushing option 1 with value 0x78
		EVAL_DEBUG_EQUAL Popping 0x78 and 0x0000118B pushing result 'false'`},
	{"vendor[1].option[1].hex == ''", false, `EVAL_DEBUG_VENDOR_ENTERPRISE_ID_MISMATCH Was looking for 1, option had 4491, pushing result ''
		EVAL_DEBUG_STRING Pushing text string ''
		EVAL_DEBUG_EQUAL Popping 0x and 0x pushing result 'true'`},
	{"vendor-class[4491].exists", false, `EVAL_DEBUG_VENDOR_CLASS_EXISTS Option with enterprise-id 4491 found, pushing result 'true'`},
	{"vendor-class[1].exists", false, `EVAL_DEBUG_VENDOR_CLASS_ENTERPRISE_ID_MISMATCH Was looking for 1, option had 4491, pushing result 'false'`},
	{"vendor-class.enterprise == vendor-class[4491].data", false, `EVAL_DEBUG_VENDOR_CLASS_ENTERPRISE_ID Pushing enterprise-id 4491 as result 0x0000118B
		EVAL_DEBUG_VENDOR_CLASS_DATA Data 0 (out of 1 received) in vendor class found, pushing result 'abc'
		EVAL_DEBUG_EQUAL Popping 0x616263 and 0x0000118B pushing result 'false'`},
	{"vendor-class[4491].data[5] == vendor-class[1].data", false, `EVAL_DEBUG_VENDOR_CLASS_DATA_NOT_FOUND Requested data index 5, but option with enterprise-id 4491 has only 1 data tuple(s), pushing result ''
		EVAL_DEBUG_VENDOR_CLASS_ENTERPRISE_ID_MISMATCH Was looking for 1, option had 4491, pushing result ''
		EVAL_DEBUG_EQUAL Popping 0x and 0x pushing result 'true'`},
	{"member('ALL')", false, `EVAL_DEBUG_MEMBER Checking membership of 'ALL', pushing result 'true'`},
	{"hexstring(option[12].hex, ':') == 0x1", false, `EVAL_DEBUG_OPTION Pushing option 12 with value 0x686F7374
		EVAL_DEBUG_STRING Pushing text string ':'
		EVAL_DEBUG_TOHEXSTRING Popping binary value 0x686F7374 and separator :, pushing result 68:6f:73:74
		EVAL_DEBUG_HEXSTRING Pushing hex string 0x01
		EVAL_DEBUG_EQUAL Popping 0x01 and 0x36383A36663A37333A3734 pushing result 'false'`},
	{"substring('abc', 5, all) == substring('', 0, 1)", false, `EVAL_DEBUG_STRING Pushing text string 'abc'
		EVAL_DEBUG_STRING Pushing text string '5'
		EVAL_DEBUG_STRING Pushing text string 'all'
		EVAL_DEBUG_SUBSTRING_RANGE Popping length all, start 5, string 0x616263 pushing result 0x
		EVAL_DEBUG_STRING Pushing text string ''
		EVAL_DEBUG_STRING Pushing text string '0'
		EVAL_DEBUG_STRING Pushing text string '1'
		EVAL_DEBUG_SUBSTRING_EMPTY Popping length 1, start 0, string 0x pushing result 0x
		EVAL_DEBUG_EQUAL Popping 0x and 0x pushing result 'true'`},
	{"substring('abc', -1, -2) == 'ab'", false, `EVAL_DEBUG_STRING Pushing text string 'abc'
		EVAL_DEBUG_STRING Pushing text string '-1'
		EVAL_DEBUG_STRING Pushing text string '-2'
		EVAL_DEBUG_SUBSTRING Popping length -2, start -1, string 0x616263 pushing result 0x6162
		EVAL_DEBUG_STRING Pushing text string 'ab'
		EVAL_DEBUG_EQUAL Popping 0x6162 and 0x6162 pushing result 'true'`},
	{"split('a.b', '.', 5) == split('a', '', 1)", false, `EVAL_DEBUG_STRING Pushing text string 'a.b'
		EVAL_DEBUG_STRING Pushing text string '.'
		EVAL_DEBUG_STRING Pushing text string '5'
		EVAL_DEBUG_SPLIT_FIELD_OUT_OF_RANGE Popping field 5, delimiters ., string a.b, pushing result 0x
		EVAL_DEBUG_STRING Pushing text string 'a'
		EVAL_DEBUG_STRING Pushing text string ''
		EVAL_DEBUG_STRING Pushing text string '1'
		EVAL_DEBUG_SPLIT_DELIM_EMPTY Popping field 1, delimiters , string a, pushing result 0x61
		EVAL_DEBUG_EQUAL Popping 0x61 and 0x pushing result 'false'`},
	{"split('a.b', '.', 2) == split('', '.', 1)", false, `EVAL_DEBUG_STRING Pushing text string 'a.b'
		EVAL_DEBUG_STRING Pushing text string '.'
		EVAL_DEBUG_STRING Pushing text string '2'
		EVAL_DEBUG_SPLIT Popping field 2, delimiters ., string a.b, pushing result 0x62
		EVAL_DEBUG_STRING Pushing text string ''
		EVAL_DEBUG_STRING Pushing text string '.'
		EVAL_DEBUG_STRING Pushing text string '1'
		EVAL_DEBUG_SPLIT_EMPTY Popping field 1, delimiters ., string , pushing result 0x
		EVAL_DEBUG_EQUAL Popping 0x and 0x62 pushing result 'false'`},
	{"addrtotext(10.0.0.1) == lcase('A') + ucase('b')", false, `EVAL_DEBUG_IPADDRESS Pushing IPAddress 0x0A000001
		EVAL_DEBUG_IPADDRESSTOTEXT Pushing IPAddress 10.0.0.1
		EVAL_DEBUG_STRING Pushing text string 'A'
		EVAL_DEBUG_LCASE Popping string A and pushing converted value to lower case a
		EVAL_DEBUG_STRING Pushing text string 'b'
		EVAL_DEBUG_UCASE Popping string b and pushing converted value to upper case B
		EVAL_DEBUG_CONCAT Popping 0x42 and 0x61 pushing 0x6142
		EVAL_DEBUG_EQUAL Popping 0x6142 and 0x31302E302E302E31 pushing result 'false'`},
	{"int8totext(0xff) == uint8totext(0xff)", false, `EVAL_DEBUG_HEXSTRING Pushing hex string 0xFF
		EVAL_DEBUG_INT8TOTEXT Pushing Int8 -1
		EVAL_DEBUG_HEXSTRING Pushing hex string 0xFF
		EVAL_DEBUG_UINT8TOTEXT Pushing UInt8 255
		EVAL_DEBUG_EQUAL Popping 0x323535 and 0x2D31 pushing result 'false'`},
	{"int16totext(0xffff) == uint16totext(0xffff)", false, `EVAL_DEBUG_HEXSTRING Pushing hex string 0xFFFF
		EVAL_DEBUG_INT16TOTEXT Pushing Int16 -1
		EVAL_DEBUG_HEXSTRING Pushing hex string 0xFFFF
		EVAL_DEBUG_UINT16TOTEXT Pushing UInt16 65535
		EVAL_DEBUG_EQUAL Popping 0x3635353335 and 0x2D31 pushing result 'false'`},
	{"int32totext(1) == uint32totext(1)", false, `EVAL_DEBUG_STRING Pushing text string 0x00000001
		EVAL_DEBUG_INT32TOTEXT Pushing Int32 1
		EVAL_DEBUG_STRING Pushing text string 0x00000001
		EVAL_DEBUG_UINT32TOTEXT Pushing UInt32 1
		EVAL_DEBUG_EQUAL Popping 0x31 and 0x31 pushing result 'true'`},
	{"match('h.*', option[12].hex)", false, `EVAL_DEBUG_OPTION Pushing option 12 with value 0x686F7374
		EVAL_DEBUG_MATCH Matching 'h.*' on 0x686F7374, result 'true'`},
	{"option[230].text == ''", false, `EVAL_DEBUG_OPTION Pushing option 230 with value 'type=230, len=002: 0a:27'
		EVAL_DEBUG_STRING Pushing text string ''
		EVAL_DEBUG_EQUAL Popping 0x and 0x747970653D3233302C206C656E3D3030323A2030613A3237 pushing result 'false'`},
	{"pkt6.msgtype == 2001:db8::1", true, `EVAL_DEBUG_PKT6 Pushing PKT6 field msgtype with value 0x00000001
		EVAL_DEBUG_IPADDRESS Pushing IPAddress 0x20010DB8000000000000000000000001
		EVAL_DEBUG_EQUAL Popping 0x20010DB8000000000000000000000001 and 0x00000001 pushing result 'false'`},
	{"relay6[0].linkaddr == relay6[7].peeraddr", true, `EVAL_DEBUG_RELAY6 Pushing PKT6 relay field linkaddr nest 0 with value 0x20010DB8000000000000000000000001
		EVAL_DEBUG_RELAY6_RANGE Pushing PKT6 relay field peeraddr nest 7 with value 0x
		EVAL_DEBUG_EQUAL Popping 0x and 0x20010DB8000000000000000000000001 pushing result 'false'`},
	{"relay6[-1].option[18].hex == 'a'", true, `EVAL_DEBUG_OPTION Pushing option 18 with value 0x6966
		EVAL_DEBUG_STRING Pushing text string 'a'
		EVAL_DEBUG_EQUAL Popping 0x61 and 0x6966 pushing result 'false'`},
	{"vendor[1].exists", true, `EVAL_DEBUG_VENDOR_NO_OPTION Option with code 17 missing, pushing result 'false'`},
	{"vendor-class.enterprise == ''", true, `EVAL_DEBUG_VENDOR_CLASS_NO_OPTION Option with code 16 missing, pushing result ''
		EVAL_DEBUG_STRING Pushing text string ''
		EVAL_DEBUG_EQUAL Popping 0x and 0x pushing result 'true'`},
}

func packets(t *testing.T) (classify.Packet, classify.Packet) {
	t.Helper()
	in4, err := packetinput.Read4("discover hw=02:00:00:00:00:01 option[61]=0x666f6f626172 hostname=host circuit-id=circ option[124]=0x0000118b03616263 "+
		"option[125]=0x0000118b03010178 option[230]=0x0a27", nil)
	if err != nil {
		t.Fatal(err)
	}
	in6, err := packetinput.Read6("solicit client-id=0102 relay=fe80::1,2001:db8::1 option[18]=0x6966", nil)
	if err != nil {
		t.Fatal(err)
	}
	m4, m6 := &pkt4.Message{}, &pkt6.Message{}
	if err := m4.Parse(in4[0].Payload); err != nil {
		t.Fatal(err)
	}
	if err := m6.Parse(in6[0].Payload); err != nil {
		t.Fatal(err)
	}
	return &query4.Packet{Message: m4, Definitions: option.Standard4(), Interface: "v0", Src: 0x0a000002}, &query6.Packet{Message: m6, Definitions: option.Standard6()}
}

func TestSteps(t *testing.T) {
	var log strings.Builder
	sys := logging.New("kea-dhcp4")
	sys.SetConsole(&log, &log)
	if err := sys.Configure(nil, true); err != nil { // everything, at level 99
		t.Fatal(err)
	}
	logger := sys.Logger("eval")
	p4, p6 := packets(t)
	told := map[string]bool{}
	for _, row := range steps {
		t.Run("CL.6.13 CL.6.14 "+row.test, func(t *testing.T) {
			test, err := classify.ParseTest(row.test, classify.Options{V6: row.v6, Class: func(string) (int, error) { return classify.All, nil }})
			if err != nil {
				t.Fatal(err)
			}
			e := classify.Evaluator{Packet: p4, Classes: &classify.Set{}, Trace: evallog.Trace(logger, func() string { return "me" })}
			if row.v6 {
				e.Packet = p6
			}
			e.Classes.Add(classify.All)
			e.Begin()
			log.Reset()
			if _, err := test.Matches(&e); err != nil {
				t.Fatal(err)
			}
			var got []string
			for line := range strings.Lines(log.String()) {
				_, text, _ := strings.Cut(line, " [kea-dhcp4.eval/")
				_, text, _ = strings.Cut(text, "] ")
				id, _, _ := strings.Cut(text, " ")
				told[id] = true
				got = append(got, strings.Replace(strings.TrimSpace(text), "me: ", "", 1))
			}
			want := strings.Split(strings.ReplaceAll(row.lines, "\n\t\t", "\n"), "\n")
			if !slices.Equal(got, want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			collected := []string{}
			e.Trace = evallog.Collect(func(line string) { collected = append(collected, line) })
			if _, err := test.Matches(&e); err != nil || len(collected) != len(want) {
				t.Errorf("collected %q, %v", collected, err)
			}
		})
	}
	for _, m := range logging.Messages() {
		if strings.HasPrefix(m.ID, "EVAL_") && (!told[m.ID] || m.Severity != logging.Debug || m.Level != 55) {
			t.Errorf("CL.6.13: %s is logged: %v, severity %v, level %d", m.ID, told[m.ID], m.Severity, m.Level)
		}
	}
}
