package dhcp4

import (
	"context"
	"fmt"
	"net/netip"

	"nestor/lib/control"
	"nestor/lib/element"
)

// selection is what subnet4-select-test is asked about.
type selection struct {
	iface                                      string
	ciaddr, giaddr, local, remote, link, asked uint32
	classes                                    []string
}

// subnetSelectTest tells which subnet a query with the given addresses would be
// served from. It runs the selection that queries go through.
func (srv *Server) subnetSelectTest(_ context.Context, req *control.Request) control.Answer {
	sel, err := readSelection(req.Args)
	if err != nil {
		return failure("%v", err)
	}
	st := srv.state.Load()
	if st == nil {
		return failure("the server is not configured yet")
	}
	s := srv.selectFor(st.snap, sel)
	switch {
	case s == nil:
		return control.Answer{Result: control.Empty, Text: "no subnet selected"}
	case s.network.name != "":
		return control.Answer{Text: fmt.Sprintf("selected shared network '%s' starting with subnet '%s' id %d", s.network.name, s.Text, s.ID)}
	}
	return control.Answer{Text: fmt.Sprintf("selected subnet '%s' id %d", s.Text, s.ID)}
}

func readSelection(args *element.Value) (sel selection, err error) {
	if args == nil {
		return sel, fmt.Errorf("empty arguments")
	}
	if args.Kind != element.Map {
		return sel, fmt.Errorf("arguments must be a map")
	}
	addrs := map[string]*uint32{
		"address": &sel.ciaddr, "relay": &sel.giaddr, "local": &sel.local,
		"remote": &sel.remote, "link": &sel.link, "subnet": &sel.asked,
	}
	for _, m := range args.Members {
		switch {
		case m.Key == "classes":
			if sel.classes, err = stringList(m.Value); err != nil {
				return sel, err
			}
		case m.Value.Kind != element.String:
			return sel, fmt.Errorf("'%s' entry is not a string", m.Key)
		case m.Key == "interface":
			sel.iface = m.Value.Str
		case addrs[m.Key] != nil:
			a, err := netip.ParseAddr(m.Value.Str)
			if err != nil || !a.Is4() {
				return sel, fmt.Errorf("bad '%s' entry: %q is not an IPv4 address", m.Key, m.Value.Str)
			}
			*addrs[m.Key] = addr4(a)
		default:
			return sel, fmt.Errorf("unknown entry '%s'", m.Key)
		}
	}
	return sel, nil
}

func stringList(v *element.Value) (list []string, err error) {
	if v.Kind != element.List {
		return nil, fmt.Errorf("'classes' entry is not a list")
	}
	for _, e := range v.List {
		if e.Kind != element.String {
			return nil, fmt.Errorf("'classes' entry holds something that is not a string")
		}
		list = append(list, e.Str)
	}
	return list, nil
}

// selectFor selects as for a query that carries the addresses.
func (srv *Server) selectFor(snap *snapshot, sel selection) *subnet4 {
	x := newExchange(srv)
	x.snap = snap
	for _, name := range sel.classes {
		if c, ok := snap.names.Lookup([]byte(name)); ok {
			x.classes.Add(c)
		}
	}
	k := selector{
		ciaddr: sel.ciaddr, giaddr: sel.giaddr, local: sel.local, remote: sel.remote,
		option: sel.link, iface: sel.iface,
	}
	if k.option == 0 {
		k.option = sel.asked
	}
	for _, w := range srv.sockets.list() {
		if name, _ := w.Interface(); name == sel.iface {
			k.ifaceAddr = w.Addr()
			break
		}
	}
	return x.findSubnet(k)
}
