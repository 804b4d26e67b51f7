package server

import (
	"bytes"
	"net/netip"

	"nestor/lib/config"
	"nestor/lib/lease/extendedinfo"
	"nestor/lib/logging"
)

var extendedInfoChecks = map[string]extendedinfo.Checks{
	"none": extendedinfo.ChecksNone, "fix": extendedinfo.ChecksFix,
	"strict": extendedinfo.ChecksStrict, "pedantic": extendedinfo.ChecksPedantic,
}

// A ContextChecker checks the user contexts of leases that are loaded (ARM 8.2.27,
// 9.2.27).
type ContextChecker struct {
	// Check is how a family checks a context.
	Check func(extendedinfo.Checks, []byte) ([]byte, error)
	Log   *logging.Logger
	// Failed takes a lease's address and what was wrong, Upgraded the address.
	Failed, Upgraded *logging.Message
}

// With returns the check that a configuration asks for, which changes the context in
// place; nil when it asks for none.
func (c ContextChecker) With(sanity config.SanityChecks) func(addr netip.Addr, context *[]byte) {
	checks := extendedInfoChecks[sanity.ExtendedInfoChecks]
	if checks == extendedinfo.ChecksNone {
		return nil
	}
	return func(addr netip.Addr, context *[]byte) {
		next, err := c.Check(checks, *context)
		switch {
		case err != nil:
			c.Log.Log(c.Failed, addr, err)
		case c.Log.Enabled(c.Upgraded) && !bytes.Equal(next, *context):
			c.Log.Log(c.Upgraded, addr)
		}
		*context = next
	}
}
