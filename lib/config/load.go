package config

import (
	"fmt"
	"slices"

	"nestor/lib/element"
	"nestor/lib/option"
)

// loadServer reads the map of a DHCP server; see LoadDhcp4.
func loadServer[C any](v *element.Value, opts Options, family *family, decode func(*loader, node) *C) (*C, []Warning, error) {
	if opts.Realm == "" {
		opts.Realm = family.realm
	}
	l := newLoader(opts, family)
	var c *C
	if n, ok := l.top(v, family.top, family.global); ok {
		c = decode(l, n)
		l.warnNotYet(n)
	}
	if err := l.result(); err != nil {
		return nil, l.warnings, err
	}
	return c, l.warnings, nil
}

// loadFile reads a configuration file; see LoadDhcp4File. syntax is the identifier
// of what the parser remarks.
func loadFile[C any](name string, opts Options, syntax string, load func(*element.Value, Options) (*C, []Warning, error)) (*C, []Warning, error) {
	v, remarks, err := ParseFile(name)
	for i := range remarks {
		remarks[i].ID = syntax
	}
	if err != nil {
		return nil, remarks, err
	}
	c, warnings, err := load(v, opts)
	return c, append(remarks, warnings...), err
}

// ParseFile reads the text of a configuration file of any daemon, without a look
// at its keywords. Superfluous commas are warned of.
func ParseFile(name string) (*element.Value, []Warning, error) {
	v, diagnostics, err := element.ParseFile(name, fileOptions)
	return v, remarks(diagnostics), err
}

// ParseText is ParseFile for a text in memory; name stands for the file.
func ParseText(name string, text []byte) (*element.Value, []Warning, error) {
	v, diagnostics, err := element.ParseText(name, text, fileOptions)
	return v, remarks(diagnostics), err
}

var fileOptions element.FileOptions

// remarks turns the warnings of the parser into ours. Their text is what
// DHCP4_CONFIG_SYNTAX_WARNING and its like take as argument.
func remarks(diagnostics []element.Diagnostic) []Warning {
	var out []Warning
	for _, d := range diagnostics {
		if d.Warning {
			out = append(out, Warning{ID: "DHCP4_CONFIG_SYNTAX_WARNING", Args: []string{d.String()}, Pos: d.Pos, Text: d.Text})
		}
	}
	return out
}

// top finds the map of the daemon in that of the file and checks it.
func (l *loader) top(v *element.Value, name string, s *scope) (node, bool) {
	var n node
	if v == nil || v.Kind != element.Map {
		l.grammar(&path{key: name, index: -1}, element.Pos{}, fmt.Sprintf("Missing mandatory '%s' parameter.", name), "")
		return n, false
	}
	n = node{v: v.Get(name), scope: s, path: &path{key: name, index: -1}}
	if n.v == nil {
		l.noTop(v, name)
		return n, false
	}
	for i := range v.Members {
		if m := &v.Members[i]; m.Key != name {
			l.foreign(m, name)
		}
	}
	switch {
	case n.v.Kind != element.Map:
		l.wrongKind(&keyword{kind: kindMap}, n.v, n.path)
	default:
		l.checkMap(n.v, s, n.path)
		return n, true
	}
	return n, false
}

// noTop reports a file or command without the map of the daemon.
func (l *loader) noTop(v *element.Value, name string) {
	kea := ""
	switch {
	case !fromFile(v.Pos):
		kea = fmt.Sprintf("Missing mandatory '%s' parameter.", name)
	case len(v.Members) == 0:
		kea = v.Pos.Span() + ": syntax error, unexpected }, expecting " + name
	default:
		kea = v.Members[0].KeyPos.Span() + ": syntax error, unexpected constant string, expecting " + name
	}
	l.grammar(&path{key: name, index: -1}, v.Pos, kea, "the file of this daemon holds one map, "+name)
}

// foreign reports a member beside that of the daemon.
func (l *loader) foreign(m *element.Member, name string) {
	kea := fmt.Sprintf("Unsupported '%s' parameter.", m.Key)
	if fromFile(m.KeyPos) {
		kea = m.KeyPos.Span() + ": syntax error, unexpected constant string, expecting \",\" or }"
	}
	l.grammar(&path{key: m.Key, index: -1}, m.KeyPos, kea, "the file of this daemon holds "+name+" and nothing else")
}

// server decodes what comes before the subnets: they refer to it.
func (l *loader) server(n node) Server {
	l.uniqueAddresses = n.bool("ip-reservations-unique")
	s := Server{Meta: l.meta(n), NetworkParams: l.networkParams(n, l.family.defaults)}
	l.checkLifetimes(n, &s.NetworkParams)
	s.optionDefs, s.Definitions = l.optionDefs(n, l.defs, (*option.Definitions).With)
	l.defs = s.Definitions
	for _, d := range s.optionDefs {
		s.OptionDefs = append(s.OptionDefs, d.Definition)
	}
	s.Options = l.options(n, l.defs)
	s.Classes = l.classes(n)
	return s
}

// service decodes how the server is connected to the world.
func (l *loader) service(n node, c *Server) {
	c.Interfaces = l.interfacesConfig(n.subOrDefaults("interfaces-config"))
	if _, given := n.sub("interfaces-config"); !given {
		c.Interfaces.ReDetect = false // nothing to detect; Kea shows it so
	}
	if dn, ok := n.sub("lease-database"); ok {
		c.LeaseDatabase = l.database(dn)
	}
	c.HostsDatabases = l.hostsDatabases(n)
	if cn, ok := n.sub("config-control"); ok {
		c.ConfigControl = l.configBackend(cn)
	}
	c.ControlSockets = l.controlSockets(n)
	c.Hooks = l.hookLibraries(n)
	c.Loggers = l.loggers(n)
	c.DhcpDDNS = l.ddnsConnection(n.subOrDefaults("dhcp-ddns"))
	c.MultiThreading = l.multiThreading(n)
	c.QueueControl = l.queueControl(n)
}

// numbers decodes the single parameters of global scope.
func (l *loader) numbers(n node, c *Server) {
	c.Expiration = expiredLeases(n)
	c.SanityChecks = sanityChecks(n)
	c.Compat = compatibility(n)
	c.DeclineProbationPeriod = n.uint32("decline-probation-period")
	c.EarlyGlobalReservationsLookup = n.bool("early-global-reservations-lookup")
	c.ReservationsLookupFirst = n.bool("reservations-lookup-first")
	c.IPReservationsUnique = l.uniqueAddresses
	c.HostReservationIdentifiers = l.reservationIdentifiers(n)
	c.StatisticDefaultSampleCount = n.uint32("statistic-default-sample-count")
	if age := n.uint32("statistic-default-sample-age"); age > 0 {
		c.StatisticDefaultSampleAge = Opt[uint32]{Set: true, V: age}
	}
	c.ParkedPacketLimit = n.uint32("parked-packet-limit")
	c.Dhcp4o6Port = n.uint32("dhcp4o6-port")
	c.ServerTag = n.str("server-tag")
}

// reservationIdentifiers decodes the kinds of identifier that are looked for, in
// that order.
func (l *loader) reservationIdentifiers(n node) []string {
	names := n.strs("host-reservation-identifiers")
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			l.fail(n.item("host-reservation-identifiers", i), n.pos("host-reservation-identifiers"), "%s is in the list already", name)
		}
	}
	return slices.Clone(names)
}
