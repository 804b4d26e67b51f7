package ddns

import "nestor/lib/ncr"

// An action is one prerequisite or update of a message, appended to it. The
// classes and TTLs are those of RFC 2136 sections 2.4 and 2.5.
type action func(m *message)

// Prerequisites.
var (
	nameIsFree    action = func(m *message) { m.want(typeANY, classNONE, nil) }
	nameIsUsed    action = func(m *message) { m.want(typeANY, classANY, nil) }
	dhcidIsOurs   action = func(m *message) { m.want(typeDHCID, classIN, m.dhcid) }
	dhcidIsThere  action = func(m *message) { m.want(typeDHCID, classANY, nil) }
	noA           action = func(m *message) { m.want(typeA, classNONE, nil) }
	noAAAA        action = func(m *message) { m.want(typeAAAA, classNONE, nil) }
	pointerIsOurs action = func(m *message) { m.want(typePTR, classIN, m.target) }
)

// Updates.
var (
	addAddr       action = func(m *message) { m.change(m.addrType, classIN, m.ttl, m.addr) }
	addDHCID      action = func(m *message) { m.change(typeDHCID, classIN, m.ttl, m.dhcid) }
	addPointer    action = func(m *message) { m.change(typePTR, classIN, m.ttl, m.target) }
	dropAddr      action = func(m *message) { m.change(m.addrType, classNONE, 0, m.addr) }
	dropAddrs     action = func(m *message) { m.change(m.addrType, classANY, 0, nil) }
	dropDHCIDs    action = func(m *message) { m.change(typeDHCID, classANY, 0, nil) }
	dropPointers  action = func(m *message) { m.change(typePTR, classANY, 0, nil) }
	dropWholeName action = func(m *message) { m.change(typeANY, classANY, 0, nil) }
)

// A step is one update message and what its answers lead to.
type step struct {
	name    string   // for the log
	actions []action // prerequisites, then updates
	// gone: that the records are not there (NXRRSET) is as good as NOERROR.
	gone bool
	// stays: so is, after the step before has found the client's records, that others
	// are still there (YXRRSET). Kea takes this for a failure, and leaves the reverse
	// record of an address that its client has exchanged for another, or of which the
	// other family lives on.
	stays bool
	next  *step // after success; nil: the direction is done
	// taken is the step after YXDOMAIN, vanished that after NXDOMAIN; nil: it is a
	// rejection.
	taken, vanished *step
	// sticky: no other server is tried.
	sticky bool
	trouble
}

// The steps of each direction and mode (ARM 13.1.2, RFC 4703; seen on the wire of
// Kea 2.7.9).
var (
	addChecked       = &step{name: "Forward Add", actions: []action{nameIsFree, addAddr, addDHCID}, trouble: forwardAddTrouble}
	addExists        = &step{name: "Forward Add", actions: addChecked.actions, trouble: forwardAddTrouble}
	replaceOurs      = &step{name: "Forward Replace", actions: []action{nameIsUsed, dhcidIsOurs, dropAddrs, addAddr}, trouble: forwardReplaceTrouble}
	replaceExisting  = &step{name: "Forward Replace", actions: []action{dhcidIsThere, dropAddrs, dropDHCIDs, addAddr, addDHCID}, trouble: forwardReplaceTrouble}
	overwrite        = &step{name: "Forward Replace", actions: []action{dropAddrs, dropDHCIDs, addAddr, addDHCID}, trouble: forwardReplaceTrouble}
	overwriteNoDHCID = &step{name: "Forward Replace", actions: []action{dropAddrs, addAddr}, trouble: forwardReplaceTrouble}

	reverseAdd        = &step{name: "Reverse Replace", actions: []action{dropPointers, dropDHCIDs, addPointer, addDHCID}, trouble: reverseReplaceTrouble}
	reverseAddNoDHCID = &step{name: "Reverse Replace", actions: []action{dropPointers, addPointer}, trouble: reverseReplaceTrouble}

	removeRest = &step{name: "Forward RR Remove", actions: []action{dhcidIsOurs, noA, noAAAA, dropWholeName},
		gone: true, stays: true, sticky: true, trouble: forwardRemoveRRsTrouble}
	removeOurs = &step{name: "Forward A/AAAA Remove", actions: []action{dhcidIsOurs, dropAddr},
		gone: true, next: removeRest, trouble: forwardRemoveAddrsTrouble}
	removeDHCID = &step{name: "Forward RR Remove", actions: []action{noA, noAAAA, dropDHCIDs},
		gone: true, stays: true, sticky: true, trouble: forwardRemoveRRsTrouble}
	removeExisting = &step{name: "Forward A/AAAA Remove", actions: []action{dhcidIsThere, dropAddr},
		gone: true, next: removeDHCID, trouble: forwardRemoveAddrsTrouble}
	removeAny        = &step{name: "Forward RR Remove", actions: []action{dropAddrs, dropDHCIDs}, gone: true, trouble: forwardRemoveRRsTrouble}
	removeAnyNoDHCID = &step{name: "Forward RR Remove", actions: []action{dropAddrs}, gone: true, trouble: forwardRemoveRRsTrouble}

	reverseRemoveOurs       = &step{name: "Reverse Remove", actions: []action{pointerIsOurs, dropWholeName}, gone: true, trouble: reverseRemoveTrouble}
	reverseRemoveAny        = &step{name: "Reverse Remove", actions: []action{dropPointers, dropDHCIDs}, gone: true, trouble: reverseRemoveTrouble}
	reverseRemoveAnyNoDHCID = &step{name: "Reverse Remove", actions: []action{dropPointers}, gone: true, trouble: reverseRemoveTrouble}
)

func init() {
	addChecked.taken, replaceOurs.vanished = replaceOurs, addChecked
	addExists.taken, replaceExisting.vanished = replaceExisting, addExists
}

// firstSteps are those that each kind of request begins with, by mode.
var firstSteps = [...]struct{ forwardAdd, reverseAdd, forwardRemove, reverseRemove *step }{
	ncr.CheckWithDHCID:       {addChecked, reverseAdd, removeOurs, reverseRemoveOurs},
	ncr.NoCheckWithDHCID:     {overwrite, reverseAdd, removeAny, reverseRemoveAny},
	ncr.CheckExistsWithDHCID: {addExists, reverseAdd, removeExisting, reverseRemoveOurs},
	ncr.NoCheckWithoutDHCID:  {overwriteNoDHCID, reverseAddNoDHCID, removeAnyNoDHCID, reverseRemoveAnyNoDHCID},
}

// firstStep is the first step of a request in a direction.
func firstStep(r *ncr.Request, reverse bool) *step {
	s := &firstSteps[r.Mode]
	switch {
	case r.Remove && reverse:
		return s.reverseRemove
	case r.Remove:
		return s.forwardRemove
	case reverse:
		return s.reverseAdd
	}
	return s.forwardAdd
}
