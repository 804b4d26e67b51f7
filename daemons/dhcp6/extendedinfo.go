package dhcp6

import (
	"nestor/lib/config"
	"nestor/lib/lease"
	"nestor/lib/lease/extendedinfo"
	"nestor/lib/pkt6"
	"nestor/lib/server"
)

// leaseContext is the user context for the lease that is being made, whose context
// was old: with what the relays of the query added, where the subnet keeps that
// (store-extended-info, ARM 9.2.27). A query without relays leaves what is there.
func (x *exchange) leaseContext(old []byte) []byte {
	if !x.subnet.StoreExtended || x.typ == pkt6.MsgSolicit && x.offer || len(x.query.Relays()) == 0 {
		return old
	}
	x.contextText = extendedinfo.AppendRelays6(x.contextText[:0], old, x.query.Relays())
	return x.contextText
}

// contextChecker checks the user contexts of leases that are loaded, nil when the
// configuration asks for no checks.
func (srv *Server) contextChecker(cfg *config.Dhcp6) func(l *lease.Lease6) {
	check := server.ContextChecker{
		Check: extendedinfo.Checks.Relays6, Log: srv.log.dhcpsrv, Failed: msgInfoFail, Upgraded: msgInfoUpgraded,
	}.With(cfg.SanityChecks)
	if check == nil {
		return nil
	}
	return func(l *lease.Lease6) { check(ip6(l.Addr), &l.UserContext) }
}
