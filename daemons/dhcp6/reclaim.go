package dhcp6

import (
	"fmt"
	"time"

	"nestor/lib/config"
	"nestor/lib/lease"
)

// reclaimSlice bounds how long one transaction of the reclamation keeps queries
// waiting.
const reclaimSlice = time.Millisecond

// reclaim takes back leases that have run out, oldest first, at most max of them
// (0: all) and for at most the given time (0: no limit). Removed ones are
// deleted, others kept for their clients. It returns how many it took back and
// whether more are left.
func (srv *Server) reclaim(max int, limit time.Duration, remove bool) (done int, more bool, err error) {
	log := srv.log.allocEngine
	if log.Enabled(msgReclaimStart) {
		log.Log(msgReclaimStart, max, limit.Milliseconds())
	}
	begin := srv.clock()
	var addrs [][16]byte
	for {
		want := 100
		if max > 0 && max-done < want {
			want = max - done
		}
		n, left, err := srv.reclaimSome(want, remove, addrs)
		done += n
		if err != nil {
			log.Log(msgReclaimFailed, err)
			return done, true, err
		}
		more = left
		if !more || (max > 0 && done >= max) {
			break
		}
		if limit > 0 && srv.clock().Sub(begin) >= limit {
			if log.Enabled(msgReclaimTimeout) {
				log.Log(msgReclaimTimeout, limit.Milliseconds())
			}
			break
		}
	}
	if log.Enabled(msgReclaimComplete) {
		took := float64(srv.clock().Sub(begin)) / float64(time.Millisecond)
		log.Log(msgReclaimComplete, done, fmt.Sprintf("%.3f ms", took))
	}
	if !more && log.Enabled(msgNoMoreExpired) {
		log.Log(msgNoMoreExpired)
	}
	return done, more, nil
}

// reclaimSome takes back up to want leases in one transaction, ending early when
// its slice of time is used up.
func (srv *Server) reclaimSome(want int, remove bool, addrs [][16]byte) (done int, more bool, err error) {
	srv.gate.RLock()
	defer srv.gate.RUnlock()
	st := srv.state.Load()
	tx := st.leases.Begin6()
	defer tx.Rollback()
	now := srv.clock()
	addrs = tx.Expired6(now.Unix(), want+1, addrs[:0])
	more = len(addrs) > want
	var taken []lease.Lease6
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
		srv.reclaimOne(tx, &l, remove)
	}
	if err := tx.Commit(); err != nil {
		return 0, true, fmt.Errorf("writing the lease file: %w", err)
	}
	var t tally
	log := srv.log.allocEngine
	for i := range taken {
		t.reclaimed(srv.stats, st.snap, &taken[i])
		if taken[i].State == lease.StateDeclined {
			log.Log(msgRecovered, ip6(taken[i].Addr), taken[i].ValidLft)
		}
		if log.Enabled(msgReclaimed) {
			log.Log(msgReclaimed, ip6(taken[i].Addr))
		}
	}
	t.apply(now)
	return len(taken), more, nil
}

// reclaimOne deletes the lease, or keeps it as reclaimed: without name and
// context, for its client. Declined leases are never kept.
func (srv *Server) reclaimOne(tx lease.Tx6, l *lease.Lease6, remove bool) {
	if log := srv.log.allocEngine; log.Enabled(msgReclaimLease) {
		log.Log(msgReclaimLease, holderText(l), ip6(l.Addr), l.PrefixLen)
	}
	if remove || l.State == lease.StateDeclined {
		tx.Delete6(l.Addr)
		return
	}
	kept := *l
	kept.State = lease.StateReclaimed
	kept.Hostname, kept.UserContext = nil, nil
	kept.FqdnFwd, kept.FqdnRev = false, false
	tx.Put6(&kept)
}

// purge deletes reclaimed leases that were kept for longer than hold.
func (srv *Server) purge(hold time.Duration) {
	log := srv.log.allocEngine
	if log.Enabled(msgPurge) {
		log.Log(msgPurge, int64(hold.Seconds()))
	}
	total := 0
	for {
		n, err := srv.purgeSome(hold)
		total += n
		if err != nil {
			log.Log(msgPurgeFailed, err)
			return
		}
		if n == 0 {
			break
		}
	}
	if log.Enabled(msgPurged) {
		log.Log(msgPurged, total)
	}
}

func (srv *Server) purgeSome(hold time.Duration) (int, error) {
	srv.gate.RLock()
	defer srv.gate.RUnlock()
	tx := srv.state.Load().leases.Begin6()
	defer tx.Rollback()
	addrs := tx.Reclaimed6(srv.clock().Add(-hold).Unix(), 256, nil)
	for _, a := range addrs {
		tx.Delete6(a)
	}
	return len(addrs), tx.Commit()
}

// timers run what happens by the clock: reclamation, the end of affinity, lease
// file clean-up. A nil *timers runs nothing.
type timers struct {
	quit chan struct{}
	done []chan struct{}
}

// restartTimers ends the timers of the former configuration and starts those of cfg.
// As seen of Kea, unwarned-reclaim-cycles are those that end with leases left and
// without a warning: the next one brings it; 0 stands for never.
func (srv *Server) restartTimers(cfg *config.Dhcp6) {
	srv.timers.stop()
	t := &timers{quit: make(chan struct{})}
	e := cfg.Expiration
	slow := 0 // cycles in a row that left leases over, unwarned of
	t.every(seconds(e.ReclaimTimerWait), func() {
		_, more, err := srv.reclaim(int(e.MaxLeases), time.Duration(e.MaxTime)*time.Millisecond, !e.Affinity())
		if err != nil || !more {
			slow = 0
			return
		}
		if slow++; e.UnwarnedCycles > 0 && slow > int(e.UnwarnedCycles) {
			srv.log.allocEngine.Log(msgReclaimSlow, e.UnwarnedCycles)
			slow = 0
		}
	})
	t.every(seconds(e.FlushTimerWait), func() { srv.purge(seconds(e.HoldReclaimed)) })
	if interval := lfcInterval(cfg); interval > 0 {
		srv.log.dhcpsrv.Log(msgLFCSetup, interval)
		t.every(seconds(interval), srv.cleanLeaseFile)
	}
	srv.timers = t
}

func seconds(n uint32) time.Duration { return time.Duration(n) * time.Second }

// every runs fn again and again, each time that long after the last run ended;
// 0 never.
func (t *timers) every(wait time.Duration, fn func()) {
	if wait == 0 {
		return
	}
	done := make(chan struct{})
	t.done = append(t.done, done)
	go func() {
		defer close(done)
		timer := time.NewTimer(wait)
		defer timer.Stop()
		for {
			select {
			case <-t.quit:
				return
			case <-timer.C:
				fn()
				timer.Reset(wait)
			}
		}
	}()
}

func (t *timers) stop() {
	if t == nil {
		return
	}
	close(t.quit)
	for _, d := range t.done {
		<-d
	}
}
