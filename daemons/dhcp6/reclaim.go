package dhcp6

import (
	"errors"
	"fmt"
	"time"

	"nestor/lib/lease"
	"nestor/lib/leasestats"
	"nestor/lib/nameupdate"
)

// reclaimSlice bounds how long one transaction of the reclamation keeps queries
// waiting.
const reclaimSlice = time.Millisecond

// reclaimAll takes back every lease that has run out.
func (srv *Server) reclaimAll(remove bool) error {
	_, _, err := srv.reclamation.Run(0, 0, remove)
	return err
}

// reclaimSome takes back up to want leases in one transaction, ending early when
// its slice of time is used up.
func (srv *Server) reclaimSome(want int, remove bool) (done int, more bool, err error) {
	srv.gate.RLock()
	defer srv.gate.RUnlock()
	st := srv.state.Load()
	tx := st.leases.Begin6()
	defer tx.Rollback()
	now := srv.clock()
	addrs := tx.Expired6(now.Unix(), want+1, nil)
	more = len(addrs) > want
	var taken []lease.Lease6
	var updates nameupdate.List
	for i, a := range addrs[:min(len(addrs), want)] {
		if i%16 == 15 && srv.clock().Sub(now) > reclaimSlice {
			more = true
			break
		}
		var l lease.Lease6
		if !tx.Get6(a, &l) {
			continue
		}
		taken = append(taken, lease.Lease6{
			Addr: l.Addr, Type: l.Type, PrefixLen: l.PrefixLen, SubnetID: l.SubnetID, PoolID: l.PoolID,
			State: l.State, ValidLft: l.ValidLft,
		})
		updates.Remove6(&l, st.snap.updatesOf(&l))
		srv.reclaimOne(tx, &l, remove)
	}
	switch err := tx.Commit(); {
	case errors.Is(err, lease.ErrConflict):
		return 0, true, nil // another server takes them back: look again
	case err != nil:
		return 0, true, fmt.Errorf("storing leases: %w", err)
	}
	var t leasestats.Tally
	log := srv.log.allocEngine
	for i := range taken {
		t.Reclaimed(srv.stats.leases, st.snap.placeOf(&taken[i]), taken[i].State)
		if taken[i].State == lease.StateDeclined {
			log.Log(msgRecovered, ip6(taken[i].Addr), taken[i].ValidLft)
		}
		if log.Enabled(msgReclaimed) {
			log.Log(msgReclaimed, ip6(taken[i].Addr))
		}
	}
	t.Apply(now)
	srv.ddns.Send(&updates)
	return len(taken), more, nil
}

// reclaimOne deletes the lease, or keeps it as reclaimed: without name and
// context, for its client. Declined and registered ones are never kept.
func (srv *Server) reclaimOne(tx lease.Tx6, l *lease.Lease6, remove bool) {
	if log := srv.log.allocEngine; log.Enabled(msgReclaimLease) {
		log.Log(msgReclaimLease, holderText(l), ip6(l.Addr), l.PrefixLen)
	}
	if remove || l.State == lease.StateDeclined || l.State == lease.StateRegistered {
		tx.Delete6(l.Addr)
		return
	}
	kept := *l
	kept.State = lease.StateReclaimed
	kept.Hostname, kept.UserContext = nil, nil
	kept.FqdnFwd, kept.FqdnRev = false, false
	tx.Put6(&kept)
}

// purgeSome deletes some of the reclaimed leases that were kept for longer than hold.
func (srv *Server) purgeSome(hold time.Duration) (int, error) {
	srv.gate.RLock()
	defer srv.gate.RUnlock()
	tx := srv.state.Load().leases.Begin6()
	defer tx.Rollback()
	addrs := tx.Reclaimed6(srv.clock().Add(-hold).Unix(), 256, nil)
	for _, a := range addrs {
		tx.Delete6(a)
	}
	err := tx.Commit()
	if errors.Is(err, lease.ErrConflict) {
		err = nil // another server has deleted some
	}
	return len(addrs), err
}
