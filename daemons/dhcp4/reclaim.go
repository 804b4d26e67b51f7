package dhcp4

import (
	"time"

	"nestor/lib/lease"
	"nestor/lib/leasestats"
	"nestor/lib/nameupdate"
	"nestor/lib/server"
)

// reclaimAll takes back every lease that has run out.
func (srv *Server) reclaimAll(remove bool) error {
	_, _, err := srv.reclamation.Run(0, 0, remove)
	return err
}

// reclaimSome takes back up to want leases in one transaction.
func (srv *Server) reclaimSome(want int, remove bool) (done int, more bool, err error) {
	st := srv.state.Hold()
	defer srv.state.Release()
	r := &reclaimer{srv: srv, st: st, remove: remove}
	return server.ReclaimSome(lease.Ending4{Tx4: st.Begin()}, srv.clock, want, r)
}

// purgeSome deletes some of the reclaimed leases that were kept for longer than hold.
func (srv *Server) purgeSome(hold time.Duration) (int, error) {
	st := srv.state.Hold()
	defer srv.state.Release()
	return server.PurgeSome(lease.Ending4{Tx4: st.Begin()}, srv.clock().Add(-hold).Unix())
}

// reclaimer takes leases back in one transaction.
type reclaimer struct {
	srv     *Server
	st      *state
	remove  bool // all of them are deleted
	taken   []lease.Lease4
	updates nameupdate.List
}

// Take implements server.Reclaimer. Declined leases are never kept.
func (r *reclaimer) Take(l *lease.Lease4) *lease.Lease4 {
	r.taken = append(r.taken, lease.Lease4{
		Addr: l.Addr, SubnetID: l.SubnetID, PoolID: l.PoolID, State: l.State, ValidLft: l.ValidLft,
	})
	r.updates.Remove4(l, r.st.snap.updatesOf(l))
	if log := r.srv.log.allocEngine; log.Enabled(msgReclaimLease) {
		log.Log(msgReclaimLease, holderText(l), ip4(l.Addr))
	}
	if r.remove || l.State == lease.StateDeclined {
		return nil
	}
	kept := l.Reclaimed()
	return &kept
}

// Stored counts and tells what was taken.
func (r *reclaimer) Stored(now time.Time) {
	var t leasestats.Tally
	log := r.srv.log.allocEngine
	for i := range r.taken {
		l := &r.taken[i]
		t.Reclaimed(r.srv.stats.leases, r.st.snap.placeOf(l), l.State)
		if l.State == lease.StateDeclined {
			log.Log(msgRecovered, ip4(l.Addr), l.ValidLft)
		}
		if log.Enabled(msgReclaimed) {
			log.Log(msgReclaimed, ip4(l.Addr))
		}
	}
	t.Apply(now)
	r.srv.ddns.Send(&r.updates)
}
