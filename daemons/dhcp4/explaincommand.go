package dhcp4

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"nestor/lib/control"
	"nestor/lib/element"
	"nestor/lib/packetinput"
	"nestor/lib/server"
)

// explainCommand is explain4: it tells what the server would do with a query, and
// does nothing.
func (srv *Server) explainCommand(_ context.Context, req *control.Request) control.Answer {
	st := srv.state.Load()
	if st == nil {
		return server.Failure("the server is not configured yet: give it a configuration by config-set or config-reload")
	}
	args, err := readExplainArguments(req.Args)
	if err != nil {
		return server.Failure("%v", err)
	}
	p, err := packetinput.Parse4(args["packet"], st.snap.cfg.Definitions)
	if err != nil {
		return server.Failure("packet: %v", err)
	}
	at, err := arrivalOf(p, args, srv.openArrivals())
	if err != nil {
		return server.Failure("%v", err)
	}
	e, err := srv.explain(p, at)
	if err != nil {
		return server.Failure("%v", err)
	}
	return control.Answer{Text: e.summary(), Args: e.element()}
}

// explainArguments are those of explain4 with what each is for.
var explainArguments = map[string]string{
	"packet":      "the query, as hexadecimal digits or as a description such as discover hw=02:00:00:00:00:01",
	"interface":   "the interface that it comes by, with an address behind a slash where it is not the server's only one",
	"source":      "the address that it comes from",
	"destination": "the address that it goes to",
}

func readExplainArguments(v *element.Value) (map[string]string, error) {
	args := map[string]string{}
	if v == nil || v.Kind != element.Map || v.Get("packet") == nil {
		return nil, fmt.Errorf("'packet' is missing: give %s", explainArguments["packet"])
	}
	for _, m := range v.Members {
		switch {
		case explainArguments[m.Key] == "":
			return nil, fmt.Errorf("unknown argument '%s': there are packet, interface, source and destination", m.Key)
		case m.Value.Kind != element.String:
			return nil, fmt.Errorf("'%s' must be a string: %s", m.Key, explainArguments[m.Key])
		}
		args[m.Key] = m.Value.Str
	}
	return args, nil
}

// openArrivals are the ways through the open sockets, by interface and address.
func (srv *Server) openArrivals() (open []*arrival) {
	for _, s := range srv.sockets.List() {
		name, index := s.Interface()
		open = append(open, &arrival{name: name, index: index, addr: s.Addr()})
	}
	slices.SortFunc(open, func(a, b *arrival) int {
		return cmp.Or(cmp.Compare(a.index, b.index), cmp.Compare(a.addr, b.addr))
	})
	return open
}

// arrivalOf says by which interface and from where a query comes: as the arguments
// say, else as the query itself does, else by the first open socket.
func arrivalOf(p packetinput.Packet, args map[string]string, open []*arrival) (*arrival, error) {
	a := &arrival{}
	if len(open) > 0 {
		*a = *open[0]
	}
	named, insist := args["interface"], true
	if named == "" {
		// A capture may come from another machine: its interface is a hint.
		named, insist = p.Interface, false
	}
	if named != "" {
		if err := a.choose(named, open); err != nil && (insist || a.name == "") {
			return nil, err
		}
	}
	if a.name == "" {
		return nil, fmt.Errorf("interface: the server has no open socket that the query could come by, name one with its address, such as eth0/192.0.2.1")
	}
	for name, into := range map[string]*netip.Addr{"source": &a.src, "destination": &a.dst} {
		if args[name] == "" {
			continue
		}
		addr, err := netip.ParseAddr(args[name])
		if err != nil || !addr.Is4() {
			return nil, fmt.Errorf("%s: %q is not an IPv4 address", name, args[name])
		}
		*into = addr
	}
	return a, nil
}

// choose takes the interface that is named, NAME or NAME/ADDRESS. One with an address
// need not be open.
func (a *arrival) choose(named string, open []*arrival) error {
	name, text, withAddr := strings.Cut(named, "/")
	var addr uint32
	if withAddr {
		parsed, err := netip.ParseAddr(text)
		if err != nil || !parsed.Is4() {
			return fmt.Errorf("interface %s: %q is not an IPv4 address", named, text)
		}
		addr = addr4(parsed)
	}
	var names []string
	for _, o := range open {
		if o.name == name && (!withAddr || o.addr == addr) {
			*a = *o
			return nil
		}
		names = append(names, o.name)
	}
	if !withAddr {
		return fmt.Errorf("interface %s: the server has no open socket on it (on %s); to explain what it would do if it had, add an address: %s/192.0.2.1",
			name, orText(strings.Join(names, ", "), "no interface"), name)
	}
	*a = arrival{name: name, addr: addr}
	return nil
}

func orText(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// summary is the explanation in a line.
func (e *explanation) summary() string {
	if !e.answered {
		return "the server would not answer"
	}
	r := &e.trace.x.reply
	s := fmt.Sprintf("the server would answer with a %s to %s", messageName(r.Type), ip4(e.reply.Dst))
	if r.YIAddr != 0 {
		s += fmt.Sprintf(", address %s", ip4(r.YIAddr))
	}
	return s
}
