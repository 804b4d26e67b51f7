package dhcp6

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"nestor/lib/config"
	"nestor/lib/netio"
	"nestor/lib/server"
)

// socketKey says which socket one is; a configuration that wants the same one
// again keeps it open.
type socketKey struct {
	name  string // of the interface
	index int
	addr  netip.Addr // that answers come from
	group bool       // hears what is sent to all servers, not to addr
	server.SocketParams
}

// allServers is where clients and relays find servers that they do not know yet
// (RFC 8415 section 7.1).
var allServers = netip.MustParseAddr("ff02::1:2")

// bound is the address that the socket hears.
func (k socketKey) bound() netip.Addr {
	if k.group {
		return allServers
	}
	return k.addr
}

// Replaces implements server.SocketKey: one of another kind on the same address has
// to be closed first.
func (k socketKey) Replaces(other socketKey) bool {
	return k.index == other.index && k.bound() == other.bound()
}

// wanted is a socket that a configuration asks for.
type wanted struct {
	socketKey
	iface netio.Interface
}

// Key implements server.Wanted.
func (w wanted) Key() socketKey { return w.socketKey }

type (
	socketPlan = server.SocketPlan[wanted, socketKey, [16]byte]
	planner    = server.Planner[wanted, socketKey]
)

// plan works out the sockets that a configuration wants.
func (s *sockets) plan(cfg *config.Dhcp6, redetect bool) (*socketPlan, error) {
	return s.Plan(&cfg.Server, redetect, addInterface)
}

// addInterface plans the sockets for one entry of the list of interfaces.
func addInterface(p *planner, spec string) error {
	if spec == "*" {
		for _, i := range p.Present {
			if i.Up && i.Running && !i.Loopback && i.Multicast {
				wantLinkLocal(p, i)
			}
		}
		return nil
	}
	name, addr, named := strings.Cut(spec, "/")
	i, err := p.Interface(name)
	if err != nil {
		return err
	}
	if named {
		a, _ := netip.ParseAddr(addr) // its form was checked at load
		if !slices.ContainsFunc(i.Addrs6, func(have netio.Addr6) bool { return have.Addr == a }) {
			return fmt.Errorf("interface %q has no address %s", name, addr)
		}
		want(p, i, a, false)
	}
	wantLinkLocal(p, i)
	return nil
}

// wantLinkLocal plans the sockets on the link-local address of an interface: queries
// to all servers come in on one of them, those to the address itself on the other.
// As seen of Kea, an interface without such an address goes without them.
func wantLinkLocal(p *planner, i netio.Interface) {
	at := slices.IndexFunc(i.Addrs6, func(a netio.Addr6) bool { return a.Addr.IsLinkLocalUnicast() })
	if at < 0 {
		return
	}
	want(p, i, i.Addrs6[at].Addr, false)
	want(p, i, i.Addrs6[at].Addr, true)
}

func want(p *planner, i netio.Interface, addr netip.Addr, group bool) {
	p.Want(wanted{iface: i, socketKey: socketKey{
		name: i.Name, index: i.Index, addr: addr, group: group, SocketParams: p.Params,
	}})
}
