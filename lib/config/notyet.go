package config

import "nestor/lib/element"

// limit is a parameter that is read and shown, but not acted upon.
type limit struct {
	// where are the scopes that have the keyword.
	where   []*scope
	keyword string
	// when tells the values that have an effect; nil: any.
	when   func(*element.Value) bool
	reason string
}

// isNot leaves out the default, which config-write puts into every file.
func isNot(n int64) func(*element.Value) bool {
	return func(v *element.Value) bool { return v.Kind == element.Int && v.Int != n }
}

// notYet lists what this version does not do; whoever uses it is warned at load.
// A line goes when its feature comes.
var notYet = []limit{
	{[]*scope{dhcp4Scope, dhcp6Scope}, "config-control", nil, "there is no configuration backend"},
	{[]*scope{dhcp4Scope, dhcp6Scope}, "parked-packet-limit", isNot(256), "no query waits for hooks, so there is nothing to limit"},
	{[]*scope{multiThreadingScope}, "packet-queue-size", isNot(64), "queries wait in the sockets' receive buffers only"},
}

// warnNotYet warns of each parameter in use that has no effect, once however
// often it comes.
func (l *loader) warnNotYet(n node) {
	seen := make([]int, len(notYet))
	first := make([]Warning, len(notYet))
	l.findNotYet(n, func(i int, at *path, pos element.Pos) {
		if seen[i]++; seen[i] == 1 {
			first[i] = Warning{Path: at.String(), Pos: pos, Text: notYet[i].reason}
		}
	})
	for i, count := range seen {
		if count > 0 {
			l.warnings = append(l.warnings, first[i])
		}
	}
}

// limitsOf are the rows of notYet by scope.
var limitsOf = func() map[*scope][]int {
	index := make(map[*scope][]int)
	for i := range notYet {
		for _, s := range notYet[i].where {
			index[s] = append(index[s], i)
		}
	}
	return index
}()

// findNotYet calls found for every use of a row of notYet in n and below.
func (l *loader) findNotYet(n node, found func(i int, at *path, pos element.Pos)) {
	for _, i := range limitsOf[n.scope] {
		row := &notYet[i]
		if v, _ := n.find(row.keyword); v != nil && (row.when == nil || row.when(v)) {
			found(i, n.at(row.keyword), v.Pos)
		}
	}
	for i := range n.scope.keywords {
		switch k := &n.scope.keywords[i]; {
		case !leadsToLimits[k.scope]:
		case k.kind == kindMap:
			if sub, ok := n.sub(k.name); ok {
				l.findNotYet(sub, found)
			}
		case k.kind == kindMaps:
			for sub := range n.each(k.name) {
				l.findNotYet(sub, found)
			}
		}
	}
}

// leadsToLimits are the scopes in which, or below which, a row of notYet is:
// the others, with a hundred thousand reservations perhaps, need no visit.
var leadsToLimits = func() map[*scope]bool {
	leads := make(map[*scope]bool)
	var visit func(s *scope) bool
	visit = func(s *scope) bool {
		found := len(limitsOf[s]) > 0
		for i := range s.keywords {
			if sub := s.keywords[i].scope; sub != nil && visit(sub) {
				found = true
			}
		}
		leads[s] = found
		return found
	}
	visit(dhcp4Scope)
	visit(dhcp6Scope)
	visit(agentScope)
	visit(ddnsScope)
	return leads
}()
