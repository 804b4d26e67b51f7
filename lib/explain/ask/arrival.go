package ask

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"nestor/lib/packetinput"
)

// Arrival is how a query that is explained reaches the server. Addresses that are not
// known are not valid.
type Arrival struct {
	Interface string
	Index     int
	Addr      netip.Addr // of the interface
	Src, Dst  netip.Addr // as they were asked for; else as the query suggests
}

// Sort brings arrivals into the order that Server.Arrivals has.
func Sort(all []Arrival) []Arrival {
	slices.SortFunc(all, func(a, b Arrival) int {
		return cmp.Or(cmp.Compare(a.Index, b.Index), a.Addr.Compare(b.Addr))
	})
	return all
}

// arrivalOf says by which interface and from where a query comes: as the arguments
// say, else as the query itself does, else by the first open socket.
func (f *Family) arrivalOf(p packetinput.Packet, args map[string]string, open []Arrival) (Arrival, error) {
	var a Arrival
	if len(open) > 0 {
		a = open[0]
	}
	named, insist := args["interface"], true
	if named == "" {
		// A capture may come from another machine: its interface is a hint.
		named, insist = p.Interface, false
	}
	if named != "" {
		chosen, err := f.choose(named, open)
		if err == nil {
			a = chosen
		} else if insist || a.Interface == "" {
			return a, err
		}
	}
	if a.Interface == "" {
		return a, fmt.Errorf("interface: the server has no open socket that the query could come by, name one with its address, such as eth0/%s", f.address)
	}
	for name, into := range map[string]*netip.Addr{"source": &a.Src, "destination": &a.Dst} {
		if args[name] == "" {
			continue
		}
		addr, err := netip.ParseAddr(args[name])
		if err != nil || !f.is(addr) {
			return a, fmt.Errorf("%s: %q is not an %s address", name, args[name], f.ip)
		}
		*into = addr.WithZone("")
	}
	return a, nil
}

// choose takes the interface that is named, NAME or NAME/ADDRESS. One with an address
// need not be open.
func (f *Family) choose(named string, open []Arrival) (Arrival, error) {
	name, text, withAddr := strings.Cut(named, "/")
	var addr netip.Addr
	if withAddr {
		parsed, err := netip.ParseAddr(text)
		if err != nil || !f.is(parsed) {
			return Arrival{}, fmt.Errorf("interface %s: %q is not an %s address", named, text, f.ip)
		}
		addr = parsed.WithZone("")
	}
	var names []string
	for _, o := range open {
		if o.Interface == name && (!withAddr || o.Addr == addr) {
			return o, nil
		}
		names = append(names, o.Interface)
	}
	if !withAddr {
		return Arrival{}, fmt.Errorf("interface %s: the server has no open socket on it (on %s); to explain what it would do if it had, add an address: %s/%s",
			name, cmp.Or(strings.Join(slices.Compact(names), ", "), "no interface"), name, f.address)
	}
	return Arrival{Interface: name, Addr: addr}, nil
}
