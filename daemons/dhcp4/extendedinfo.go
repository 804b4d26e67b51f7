package dhcp4

import (
	"nestor/lib/config"
	"nestor/lib/lease"
	"nestor/lib/lease/extendedinfo"
	"nestor/lib/pkt4"
	"nestor/lib/server"
)

// leaseContext is the user context for the lease that is being made, whose context
// was old: with the option 82 of the request, where the subnet keeps that
// (store-extended-info, ARM 8.2.27). Requests without option 82, which renewals
// past the relay are, leave what is there.
func (x *exchange) leaseContext(old []byte) []byte {
	if !x.subnet.StoreExtended || x.typ != pkt4.Request || x.stashed || !x.query.Has(pkt4.OptRelayAgentInfo) {
		return old
	}
	content := pkt4.WholeSuboptions(x.query.Option(pkt4.OptRelayAgentInfo))
	x.contextText = extendedinfo.AppendRelay4(x.contextText[:0], old, content)
	return x.contextText
}

// contextChecker checks the user contexts of leases that are loaded, nil when the
// configuration asks for no checks.
func (srv *Server) contextChecker(cfg *config.Dhcp4) func(l *lease.Lease4) {
	check := server.ContextChecker{
		Check: extendedinfo.Checks.Relay4, Log: srv.log.dhcpsrv, Failed: msgInfoFail, Upgraded: msgInfoUpgraded,
	}.With(cfg.SanityChecks)
	if check == nil {
		return nil
	}
	return func(l *lease.Lease4) { check(ip4(l.Addr), &l.UserContext) }
}
