package e2e_test

import (
	"strings"
	"testing"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"nestor/tests/wire"
)

// hostName is option 12 of a query.
func hostName(name string) dhcpv4.Modifier { return wire.Option(12, []byte(name)...) }

// fqdn is option 81 in wire form (E 1), the server asked to do the update (S 1).
func fqdn(name string) dhcpv4.Modifier {
	data := []byte{5, 0, 0}
	for _, label := range strings.Split(name, ".") {
		data = append(append(data, byte(len(label))), label...)
	}
	return wire.Option(81, append(data, 0)...)
}

// What becomes of the names that clients send.
func TestNames(t *testing.T) {
	eachSuite(t, func(t *testing.T, s suite) {
		l := newLAN(t)
		srv := s.Start(t, l.server, bareConfig())
		st := newStation(t, l)
		answered := func(f *wire.Frame, code uint8) (string, bool) {
			data := f.Msg.Options.Get(dhcpv4.GenericOptionCode(code))
			return string(data), data != nil
		}
		row := func(f *wire.Frame) string { return srv.Leases(t)[f.Msg.YourIPAddr.String()]["hostname"] }

		s.fact(t, "FD.6.1 lower case", func(t *testing.T) {
			ack := st.lease(t, wire.NewMAC(), hostName("MyLaptop"))
			if got, _ := answered(ack, 12); got != "mylaptop" || row(ack) != "mylaptop" {
				t.Errorf("option 12 is %q, the row has %q; want mylaptop", got, row(ack))
			}
			ack = st.lease(t, wire.NewMAC(), fqdn("MyPhone.Example.ORG"))
			got, _ := answered(ack, 81)
			if !strings.Contains(got, "myphone") || strings.ContainsAny(got, "MPEORG") || row(ack) != strings.ToLower(row(ack)) {
				t.Errorf("option 81 is %q, the row has %q", got, row(ack))
			}
		})
		s.fact(t, "FD.6.2 what makes a name usable", func(t *testing.T) {
			for sent, want := range map[string]string{
				"my laptop": "mylaptop", `it's"me"`: "itsme", "a,b": "ab", "a_b": "ab", "caf\xc3\xa9": "caf", "plain\x00": "plain",
			} {
				if got, _ := answered(st.Ask(t, discover(wire.NewMAC(), hostName(sent))), 12); got != want {
					t.Errorf("%q becomes %q, want %q", sent, got, want)
				}
			}
			for _, sent := range []string{"___", strings.Repeat("x", 64), "a..b"} {
				offer := st.Ask(t, discover(wire.NewMAC(), hostName(sent)))
				offer.WantType(t, dhcpv4.MessageTypeOffer)
				if got, present := answered(offer, 12); present {
					t.Errorf("%q becomes %q, want no option 12", sent, got)
				}
			}
		})
		s.fact(t, "FD.6.3 answered without being asked for", func(t *testing.T) {
			mac := wire.NewMAC()
			offer := st.Ask(t, discover(mac, hostName("printer"), wire.Option(55, 1, 3)))
			ack := st.Ask(t, selecting(mac, offer.Msg.YourIPAddr.String(), hostName("printer"), wire.Option(55, 1, 3)))
			for _, f := range []*wire.Frame{offer, ack} {
				if got, _ := answered(f, 12); got != "printer" {
					t.Errorf("option 12 of the %s is %q", f.Msg.MessageType(), got)
				}
			}
		})
		s.fact(t, "FD.6.5 both 12 and 81", func(t *testing.T) {
			ack := st.lease(t, wire.NewMAC(), hostName("short"), fqdn("long.example.org"))
			if got, present := answered(ack, 12); present {
				t.Errorf("option 12 is answered with %q beside option 81", got)
			}
			if _, present := answered(ack, 81); !present {
				t.Error("option 81 is not answered")
			}
		})
	})
}
