package dhcp4

import (
	"bytes"

	"nestor/lib/config"
	"nestor/lib/lease"
	"nestor/lib/lease/extendedinfo"
	"nestor/lib/pkt4"
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

var extendedInfoChecks = map[string]extendedinfo.Checks{
	"none": extendedinfo.ChecksNone, "fix": extendedinfo.ChecksFix,
	"strict": extendedinfo.ChecksStrict, "pedantic": extendedinfo.ChecksPedantic,
}

// contextChecker checks the user contexts of leases that are loaded, nil when the
// configuration asks for no checks.
func (srv *Server) contextChecker(cfg *config.Dhcp4) func(l *lease.Lease4) {
	checks := extendedInfoChecks[cfg.SanityChecks.ExtendedInfoChecks]
	if checks == extendedinfo.ChecksNone {
		return nil
	}
	log := srv.log.dhcpsrv
	return func(l *lease.Lease4) {
		next, err := checks.Relay4(l.UserContext)
		switch {
		case err != nil:
			log.Log(msgInfoFail, ip4(l.Addr), err)
		case log.Enabled(msgInfoUpgraded) && !bytes.Equal(next, l.UserContext):
			log.Log(msgInfoUpgraded, ip4(l.Addr))
		}
		l.UserContext = next
	}
}
