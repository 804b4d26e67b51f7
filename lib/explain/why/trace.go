package why

import (
	"encoding/hex"
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

// Trace records what an exchange decides. Of queries from the network it is nil, and
// each of its methods whose name does not begin with Add costs a comparison: those are
// inlined and evaluate nothing.
type Trace struct {
	clientclass.Trace
	exchange Exchange
	// origins are the scopes of fields of the reply by name, and of options by codeKey.
	origins   map[string]string
	requested []uint16 // options that the query lists
	never     []uint16 // options that are wanted and must not be sent
}

// Exchange is what a trace asks of the query in work.
type Exchange interface {
	// Label names the query in the log.
	Label() string
	// Config is the configuration in force.
	Config() *config.Server
	// Place is the subnet that serves the client now, and its shared network; nil
	// for none.
	Place() (*config.Subnet, *config.SharedNetwork)
}

// New begins the account of an exchange.
func New(x Exchange) *Trace { return &Trace{exchange: x, origins: map[string]string{}} }

// Note records a decision without circumstances.
func (t *Trace) Note(d *explain.Decision) {
	if t != nil {
		t.Add(d)
	}
}

// Value records a decision about a text that the query or the configuration brings.
func (t *Trace) Value(d *explain.Decision, text string) {
	if t != nil {
		t.addValue(d, text)
	}
}

func (t *Trace) addValue(d *explain.Decision, text string) { t.Add(d, explain.String("value", text)) }

// Code records a decision about an option of the query.
func (t *Trace) Code(d *explain.Decision, code uint16) {
	if t != nil {
		t.addCode(d, code)
	}
}

func (t *Trace) addCode(d *explain.Decision, code uint16) { t.Add(d, explain.Int("code", code)) }

// Message records that a query is dropped or refused, in the words of the log.
func (t *Trace) Message(d *explain.Decision, m *logging.Message, args []any) {
	if t != nil {
		t.addMessage(d, m, args)
	}
}

func (t *Trace) addMessage(d *explain.Decision, m *logging.Message, args []any) {
	const query = "the query"
	said := slices.Clone(args)
	for i, a := range said {
		if a == any(t.exchange.Label()) {
			said[i] = query
		}
	}
	reason := strings.TrimPrefix(m.Fill(said...), query+": ")
	t.Add(d, explain.String("message", m.ID), explain.String("reason", reason))
}

// AddSubnet records a decision about a subnet in the shared network of that name.
func (t *Trace) AddSubnet(d *explain.Decision, s *config.Subnet, network string) {
	t.Add(d, SubnetFields(s, network)...)
}

// SubnetFields are the fields of decisions about a subnet.
func SubnetFields(s *config.Subnet, network string) []explain.Field {
	fields := []explain.Field{explain.Int("subnet-id", s.ID), explain.String("subnet", s.Text)}
	if network != "" {
		fields = append(fields, explain.String("shared-network", network))
	}
	if len(s.ClientClasses) > 0 {
		fields = append(fields, explain.Strings("client-classes", s.ClientClasses))
	}
	return fields
}

// listedSubnets is how many subnets a decision names.
const listedSubnets = 16

// AddAlsoFit records which subnets were not looked at, because one before them admits
// the client.
func (t *Trace) AddAlsoFit(subnets []*config.Subnet) {
	if len(subnets) == 0 {
		return
	}
	var names []string
	for _, s := range subnets[:min(len(subnets), listedSubnets)] {
		names = append(names, fmt.Sprintf("%s (id %d)", s.Text, s.ID))
	}
	if more := len(subnets) - listedSubnets; more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	t.Add(AlsoFit, explain.Strings("subnets", names))
}

// IdentifierNames are the identifier types of reservations as they are configured.
var IdentifierNames = map[config.IdentifierType]string{
	config.IdentHWAddress: "hw-address", config.IdentDUID: "duid", config.IdentCircuitID: "circuit-id",
	config.IdentClientID: "client-id", config.IdentFlexID: "flex-id",
}

// AddHost records that a reservation was looked for in a subnet, nil for the global
// ones. reserved says what the one found gives, nil: none was found.
func (t *Trace) AddHost(s *config.Subnet, id host.Identifier, reserved []string) {
	fields := []explain.Field{
		explain.Int("subnet-id", uint32(0)), explain.String("among", "the global reservations"),
		explain.String("identifier-type", IdentifierNames[id.Type]), explain.String("identifier", HexText(id.Value)),
	}
	if s != nil {
		fields[0] = explain.Int("subnet-id", s.ID)
		fields[1] = explain.String("among", fmt.Sprintf("the reservations of subnet %s (id %d)", s.Text, s.ID))
	}
	if reserved == nil {
		t.Add(NoHost, fields...)
		return
	}
	t.Add(HostFound, append(fields, explain.Strings("reserved", reserved))...)
}

// ReservedThings says what a reservation of the given addresses and prefixes gives.
func ReservedThings(leases []string, h *config.Host) []string {
	things := leases
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

// OtherHosts records that a reservation was not looked for, because those of the
// subnet go by other identifiers.
func (t *Trace) OtherHosts(subnetID uint32, id host.Identifier) {
	if t != nil {
		t.addOtherHosts(subnetID, id)
	}
}

func (t *Trace) addOtherHosts(subnetID uint32, id host.Identifier) {
	t.Add(NoSuchHosts, explain.Int("subnet-id", subnetID),
		explain.String("identifier-type", IdentifierNames[id.Type]), explain.String("identifier", HexText(id.Value)))
}

// Expires writes when a lease ends.
func Expires(valid uint32, end int64) string {
	if valid == lease.InfiniteLifetime {
		return "never"
	}
	return time.Unix(end, 0).UTC().Format(time.RFC3339)
}

// LeaseStates names the states of leases.
var LeaseStates = map[lease.State]string{
	lease.StateDefault: "assigned", lease.StateDeclined: "declined", lease.StateReclaimed: "reclaimed",
	lease.StateReleased: "released", lease.StateRegistered: "registered",
}

// HexText writes bytes as pairs of hexadecimal digits joined by colons.
func HexText(b []byte) string {
	pairs := make([]string, len(b))
	for i := range b {
		pairs[i] = hex.EncodeToString(b[i : i+1])
	}
	return strings.Join(pairs, ":")
}

// OrNone is HexText of bytes that may be missing.
func OrNone(b []byte) string {
	if len(b) == 0 {
		return "none"
	}
	return HexText(b)
}
