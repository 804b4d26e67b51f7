package dhcp4

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"nestor/lib/clientclass"
	"nestor/lib/config"
	"nestor/lib/explain"
	"nestor/lib/host"
	"nestor/lib/lease"
	"nestor/lib/logging"
)

// trace records what an exchange decides, for the command explain4. Of queries from
// the network it is nil, and each of its methods costs a comparison: the first one
// of each pair below is inlined and evaluates nothing.
type trace struct {
	clientclass.Trace
	x *exchange
	// origins are the scopes of fields of the reply by name, and of options by codeKey.
	origins map[string]string
	wanted  []byte // options that the query requests
	never   []byte // those among the wanted ones that must not be sent
}

// note records a decision without circumstances.
func (t *trace) note(d *explain.Decision) {
	if t != nil {
		t.Add(d)
	}
}

// subnet records a decision about a subnet.
func (t *trace) subnet(d *explain.Decision, s *subnet4) {
	if t != nil {
		t.addSubnet(d, s)
	}
}

func (t *trace) addSubnet(d *explain.Decision, s *subnet4) { t.Add(d, subnetFields(s)...) }

func subnetFields(s *subnet4) []explain.Field {
	fields := []explain.Field{explain.Int("subnet-id", s.ID), explain.String("subnet", s.Text)}
	if s.network.name != "" {
		fields = append(fields, explain.String("shared-network", s.network.name))
	}
	if len(s.ClientClasses) > 0 {
		fields = append(fields, explain.Strings("client-classes", s.ClientClasses))
	}
	return fields
}

// address records a decision about an address.
func (t *trace) address(d *explain.Decision, addr uint32) {
	if t != nil {
		t.addAddress(d, addr)
	}
}

func (t *trace) addAddress(d *explain.Decision, addr uint32) {
	fields := []explain.Field{explain.String("address", ip4(addr).String())}
	if s := t.x.subnet; s != nil {
		fields = append(fields, subnetFields(s)...)
		if p := s.poolOf(addr); p != nil {
			fields = append(fields, poolField(p))
		}
	}
	t.Add(d, fields...)
}

func poolField(p *pool4) explain.Field {
	return explain.String("pool", fmt.Sprintf("%s-%s", ip4(p.first), ip4(p.last)))
}

// pool records a decision about a pool of a subnet.
func (t *trace) pool(d *explain.Decision, s *subnet4, p *pool4) {
	if t != nil {
		t.addPool(d, s, p)
	}
}

func (t *trace) addPool(d *explain.Decision, s *subnet4, p *pool4) {
	if p == nil {
		return // there is none to tell of
	}
	fields := append(subnetFields(s), poolField(p))
	for _, c := range s.Pools {
		if addr4(c.First) == p.first {
			fields = append(fields, explain.Strings("pool-classes", c.ClientClasses))
		}
	}
	t.Add(d, fields...)
}

// lease records a decision about a lease that is stored.
func (t *trace) lease(d *explain.Decision, l *lease.Lease4) {
	if t != nil {
		t.addLease(d, l)
	}
}

func (t *trace) addLease(d *explain.Decision, l *lease.Lease4) { t.Add(d, leaseFields(l)...) }

func leaseFields(l *lease.Lease4) []explain.Field {
	expires := "never"
	if l.ValidLft != lease.InfiniteLifetime {
		expires = time.Unix(l.Expire(), 0).UTC().Format(time.RFC3339)
	}
	return []explain.Field{
		explain.String("address", ip4(l.Addr).String()),
		explain.String("hw-address", orNone(l.HWAddr)), explain.String("client-id", orNone(l.ClientID)),
		explain.String("state", leaseStates[l.State]), explain.String("expires", expires),
		explain.Int("subnet-id", l.SubnetID), explain.Int("valid-lifetime", l.ValidLft),
		explain.String("hostname", string(l.Hostname)),
	}
}

var leaseStates = map[lease.State]string{
	lease.StateDefault: "assigned", lease.StateDeclined: "declined", lease.StateReclaimed: "reclaimed",
	lease.StateReleased: "released", lease.StateRegistered: "registered",
}

func orNone(b []byte) string {
	if len(b) == 0 {
		return "none"
	}
	return hexText(b)
}

// host records that a reservation was looked for in a subnet, 0 for the global
// ones.
func (t *trace) host(subnetID uint32, id host.Identifier, h *host.Host) {
	if t != nil {
		t.addHost(subnetID, id, h)
	}
}

func (t *trace) addHost(subnetID uint32, id host.Identifier, h *host.Host) {
	fields := []explain.Field{
		explain.Int("subnet-id", subnetID), explain.String("among", "the global reservations"),
		explain.String("identifier-type", identifierNames[id.Type]), explain.String("identifier", hexText(id.Value)),
	}
	if subnetID != 0 {
		fields[1] = explain.String("among", fmt.Sprintf("the reservations of subnet %s (id %d)", t.x.snap.byID[subnetID].Text, subnetID))
	}
	if h == nil {
		t.Add(whyNoHost, fields...)
		return
	}
	t.Add(whyHostFound, append(fields, explain.Strings("reserved", reservedThings(h)))...)
}

// reservedThings says what a reservation gives.
func reservedThings(h *host.Host) (things []string) {
	if h.Addr4 != 0 {
		things = append(things, "address "+ip4(h.Addr4).String())
	}
	if h.Hostname != "" {
		things = append(things, "hostname "+h.Hostname)
	}
	for _, c := range h.ClientClasses {
		things = append(things, "class "+c)
	}
	if len(h.Options) > 0 {
		things = append(things, fmt.Sprintf("%d options", len(h.Options)))
	}
	if len(things) == 0 {
		things = append(things, "nothing but being known")
	}
	return things
}

// otherHosts records that a reservation was not looked for, because those of the
// subnet go by other identifiers.
func (t *trace) otherHosts(subnetID uint32, id host.Identifier) {
	if t != nil {
		t.addOtherHosts(subnetID, id)
	}
}

func (t *trace) addOtherHosts(subnetID uint32, id host.Identifier) {
	t.Add(whyNoSuchHosts, explain.Int("subnet-id", subnetID),
		explain.String("identifier-type", identifierNames[id.Type]), explain.String("identifier", hexText(id.Value)))
}

// message records that a query is dropped or refused, in the words of the log.
func (t *trace) message(d *explain.Decision, m *logging.Message, args []any) {
	if t != nil {
		t.addMessage(d, m, args)
	}
}

func (t *trace) addMessage(d *explain.Decision, m *logging.Message, args []any) {
	const query = "the query"
	said := slices.Clone(args)
	for i, a := range said {
		if a == any(t.x.label()) {
			said[i] = query
		}
	}
	reason := strings.TrimPrefix(m.Fill(said...), query+": ")
	t.Add(d, explain.String("message", m.ID), explain.String("reason", reason))
}

// seconds records a time with the scope that it comes from, "" for that of a client.
func (t *trace) seconds(d *explain.Decision, n uint32, scope string) {
	if t != nil {
		t.addSeconds(d, n, scope)
	}
}

func (t *trace) addSeconds(d *explain.Decision, n uint32, scope string) {
	t.Add(d, explain.Int("seconds", n), explain.String("shown", secondsText(n)), explain.String("scope", scope))
}

func secondsText(n uint32) string {
	if n == lease.InfiniteLifetime {
		return "infinite"
	}
	return fmt.Sprintf("%d s", n)
}

// text records a decision about a text that the query or the configuration brings.
func (t *trace) text(d *explain.Decision, text string) {
	if t != nil {
		t.addText(d, text)
	}
}

func (t *trace) addText(d *explain.Decision, text string) { t.Add(d, explain.String("value", text)) }

// identifierNames are the identifier types of reservations as they are configured.
var identifierNames = map[config.IdentifierType]string{
	config.IdentHWAddress: "hw-address", config.IdentDUID: "duid", config.IdentCircuitID: "circuit-id",
	config.IdentClientID: "client-id", config.IdentFlexID: "flex-id",
}
