package differential_test

// names6 are courses about names, with a program that updates the DNS and without.
var (
	names6          = setting6{name: "names", cases: nameCases6(differs6(differSupplied, "=3000/4000)"))}
	withoutUpdates6 = setting6{name: "names without updates", cases: nameCases6()}
)

// fqdn6 adds option 39 with flags and a name in wire form.
func fqdn6(flags byte, name string) field6 { return opt6(39, append([]byte{flags}, name...)...) }

// nameCases6 are those of both. The fields are for messages without a name to which a
// server that updates the DNS gives one.
func nameCases6(nameless ...field6) []course6 {
	cases := []course6{
		dialogueOf("partial", solicit(na(1), fqdn6(0, "\x04host")), request(fqdn6(0, "\x04host")), renew(fqdn6(0, "\x05other")), rebind()),
		dialogueOf("full", solicit(na(1), fqdn6(1, "\x04host\x03net\x00")), request(fqdn6(1, "\x04host\x03net\x00"))),
		dialogueOf("upper case", solicit(na(1), fqdn6(1, "\x04HOST\x03Net\x00")), request(fqdn6(1, "\x04HOST\x03Net\x00"))),
		dialogueOf("empty", solicit(na(1), fqdn6(1, "")), request(fqdn6(1, "")), solicit(na(1), fqdn6(1, "\x00"))),
		dialogueOf("flags", solicit(na(1), fqdn6(0, "\x01a")), solicit(na(1), fqdn6(1, "\x01a")), solicit(na(1), fqdn6(2, "\x01a")), solicit(na(1), fqdn6(4, "\x01a")), solicit(na(1), fqdn6(0xf8, "\x01a"))),
		dialogueOf("FD.8.11 flags N and S", solicit(na(1), fqdn6(5, "\x01a"))),
		dialogueOf("broken", solicit(na(1), fqdn6(0, "\x09a")), solicit(na(1), fqdn6(0, "\xc0\x00")), solicit(na(1), opt6(39))),
		dialogueOf("odd characters", solicit(na(1), fqdn6(0, "\x04a_b!")), request(fqdn6(0, "\x04a_b!"))),
		dialogueOf("not asked for", solicit(na(1), fqdn6(0, "\x01a"), oro(23)), solicit(na(1), fqdn6(0, "\x01a"), oro(39)), solicit(na(1), oro(39))),
		dialogueOf("prefix alone", solicit(pd(1), fqdn6(0, "\x01a")), information(fqdn6(0, "\x01a")), confirm(na(1, "2001:db8:1:1::1"), fqdn6(0, "\x01a"))),
		dialogueOf("reserved", solicit(na(1), fqdn6(0, "\x01a")), request(fqdn6(1, "\x01a")), renew()).with(hw6(0x21)),
		dialogueOf("reserved in full", solicit(na(1), fqdn6(0, "\x01a")), request(fqdn6(1, "\x01a")), renew()).with(hw6(0x22)),
	}
	for _, link := range []string{"2001:db8:2::1", "2001:db8:3::1", "2001:db8:4::1", "2001:db8:5::1", "2001:db8:6::1", "2001:db8:7::1", "2001:db8:8::1"} {
		without := rebind()
		if link == "2001:db8:2::1" || link == "2001:db8:4::1" {
			without = rebind(nameless...)
		}
		for _, flags := range []byte{0, 1, 4} {
			cases = append(cases, dialogueOf("link "+link, solicit(na(1), fqdn6(flags, "\x06my_one")), request(fqdn6(flags, "\x06my_one")), renew(fqdn6(flags, "\x01b\x01c\x00")), without, release6()).with(via(link)))
		}
	}
	return cases
}
