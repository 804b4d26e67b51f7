package dhcp4

import (
	"context"
	"fmt"
	"net/netip"

	"nestor/lib/control"
	"nestor/lib/element"
	"nestor/lib/option"
	"nestor/lib/server"
)

// selection is what subnet4-select-test and subnet4o6-select-test are asked about.
type selection struct {
	iface                                      string
	ciaddr, giaddr, local, remote, link, asked uint32
	over6                                      over6Selector
	classes                                    []string
}

// entries says how each argument of a command is read.
type entries map[string]func(text string) error

func (sel *selection) entries4() entries {
	return entries{
		"interface": textInto(&sel.iface), "address": addr4Into(&sel.ciaddr), "relay": addr4Into(&sel.giaddr),
		"local": addr4Into(&sel.local), "remote": addr4Into(&sel.remote), "link": addr4Into(&sel.link), "subnet": addr4Into(&sel.asked),
	}
}

// entriesOver6 are those of a query of DHCPv4-over-DHCPv6. What its subnet is not
// selected by is read nevertheless.
func (sel *selection) entriesOver6() entries {
	return entries{
		"interface": textInto(&sel.over6.iface), "address": addr4Into(&sel.ciaddr), "relay": addr4Into(&sel.giaddr),
		"local": addr6Into(new(netip.Addr)), "remote": addr6Into(&sel.over6.remote), "link": addr6Into(new(netip.Addr)),
		"subnet": addr4Into(&sel.asked), "interface-id": interfaceIDInto(&sel.over6.interfaceID),
	}
}

// subnetSelectTest tells which subnet a query with the given addresses would be
// served from. It runs the selection that queries go through.
func (srv *Server) subnetSelectTest(_ context.Context, req *control.Request) control.Answer {
	var sel selection
	return srv.selectTest(req, &sel, sel.entries4(), func(x *exchange) *subnet4 {
		return x.findSubnet(srv.selectorOf(&sel))
	})
}

// subnetOver6SelectTest does the same for a query of DHCPv4-over-DHCPv6.
func (srv *Server) subnetOver6SelectTest(_ context.Context, req *control.Request) control.Answer {
	var sel selection
	return srv.selectTest(req, &sel, sel.entriesOver6(), func(x *exchange) *subnet4 {
		return x.selectOver6(sel.over6)
	})
}

func (srv *Server) selectTest(req *control.Request, sel *selection, e entries, find func(*exchange) *subnet4) control.Answer {
	if err := sel.read(req.Args, e); err != nil {
		return server.Failure("%v", err)
	}
	st := srv.state.Load()
	if st == nil {
		return server.Failure("the server is not configured yet")
	}
	x := newExchange(srv)
	x.snap = st.snap
	for _, name := range sel.classes {
		if c, ok := st.snap.names.Lookup([]byte(name)); ok {
			x.classes.Add(c)
		}
	}
	s := find(x)
	switch {
	case s == nil:
		return control.Answer{Result: control.Empty, Text: "no subnet selected"}
	case s.network.name != "":
		return control.Answer{Text: fmt.Sprintf("selected shared network '%s' starting with subnet '%s' id %d", s.network.name, s.Text, s.ID)}
	}
	return control.Answer{Text: fmt.Sprintf("selected subnet '%s' id %d", s.Text, s.ID)}
}

func (sel *selection) read(args *element.Value, e entries) (err error) {
	if args == nil {
		return fmt.Errorf("empty arguments")
	}
	if args.Kind != element.Map {
		return fmt.Errorf("arguments must be a map")
	}
	for _, m := range args.Members {
		switch read := e[m.Key]; {
		case m.Key == "classes":
			sel.classes, err = stringList(m.Value)
		case m.Value.Kind != element.String:
			err = fmt.Errorf("'%s' entry is not a string", m.Key)
		case read == nil:
			err = fmt.Errorf("unknown entry '%s'", m.Key)
		default:
			if err = read(m.Value.Str); err != nil {
				err = fmt.Errorf("bad '%s' entry: %w", m.Key, err)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func textInto(to *string) func(string) error {
	return func(text string) error { *to = text; return nil }
}

func addr4Into(to *uint32) func(string) error {
	return func(text string) error {
		a, err := netip.ParseAddr(text)
		if err != nil || !a.Is4() {
			return fmt.Errorf("%q is not an IPv4 address", text)
		}
		*to = addr4(a)
		return nil
	}
}

func addr6Into(to *netip.Addr) func(string) error {
	return func(text string) error {
		a, err := netip.ParseAddr(text)
		if err != nil || !a.Is6() {
			return fmt.Errorf("%q is not an IPv6 address", text)
		}
		*to = a
		return nil
	}
}

// interfaceIDInto reads an interface-id: bytes in hexadecimal, text in single
// quotation marks, or, where it is neither, the text as it stands.
func interfaceIDInto(to *[]byte) func(string) error {
	return func(text string) (err error) {
		if *to, err = option.DecodeHex(text); err != nil {
			*to = []byte(text)
		}
		if len(*to) == 0 {
			return fmt.Errorf("it is empty")
		}
		return nil
	}
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

// selectorOf is the selector of a query that carries the addresses.
func (srv *Server) selectorOf(sel *selection) selector {
	k := selector{
		ciaddr: sel.ciaddr, giaddr: sel.giaddr, local: sel.local, remote: sel.remote,
		option: sel.link, iface: sel.iface,
	}
	if k.option == 0 {
		k.option = sel.asked
	}
	for _, w := range srv.sockets.List() {
		if name, _ := w.Interface(); name == sel.iface {
			k.ifaceAddr = w.Addr()
			break
		}
	}
	return k
}
