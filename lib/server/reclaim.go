package server

import (
	"fmt"
	"time"

	"nestor/lib/config"
	"nestor/lib/logging"
)

// reclaimMessages are the messages of reclamation by family (ARM 26.1).
type reclaimMessages struct {
	start, complete, timeout, slow, failed, noMore, purge, purged, purgeFailed *logging.Message
}

func defineReclaim(v, ip string) *reclaimMessages {
	define := func(event string, sev logging.Severity, level int, text string) *logging.Message {
		return logging.Define("ALLOC_ENGINE_"+v+"_"+event, sev, level, text)
	}
	const debug = logging.Debug
	return &reclaimMessages{
		start:       define("LEASES_RECLAMATION_START", debug, 40, "starting reclamation of expired leases (limit = %1 leases or %2 milliseconds)"),
		complete:    define("LEASES_RECLAMATION_COMPLETE", debug, 40, "reclaimed %1 leases in %2"),
		timeout:     define("LEASES_RECLAMATION_TIMEOUT", debug, 40, "timeout of %1 ms reached while reclaiming "+ip+" leases"),
		slow:        define("LEASES_RECLAMATION_SLOW", logging.Warn, 0, "expired leases still exist after %1 reclamations"),
		failed:      define("LEASES_RECLAMATION_FAILED", logging.Error, 0, "reclamation of expired leases failed: %1"),
		noMore:      define("NO_MORE_EXPIRED_LEASES", debug, 40, "all expired leases have been reclaimed"),
		purge:       define("RECLAIMED_LEASES_DELETE", debug, 40, "begin deletion of reclaimed leases expired more than %1 seconds ago"),
		purged:      define("RECLAIMED_LEASES_DELETE_COMPLETE", debug, 40, "successfully deleted %1 expired-reclaimed leases"),
		purgeFailed: define("RECLAIMED_LEASES_DELETE_FAILED", logging.Error, 0, "deletion of expired-reclaimed leases failed: %1"),
	}
}

var reclaim4, reclaim6 = defineReclaim("V4", "IPv4"), defineReclaim("V6", "IPv6")

// Reclamation takes back leases that have run out (ARM 11), some at a time, so that
// queries do not wait long.
type Reclamation struct {
	Log   *logging.Logger // alloc-engine
	Clock func() time.Time
	// Reclaim takes back at most want leases in one transaction, oldest first, and
	// deletes them or keeps them for their clients. It may end earlier, and tells how
	// many it took back and whether more are left.
	Reclaim func(want int, remove bool) (done int, more bool, err error)
	// Purge deletes some of the reclaimed leases that were kept for longer than hold,
	// and tells how many.
	Purge func(hold time.Duration) (int, error)

	*reclaimMessages
}

// NewReclamation4 and NewReclamation6 make the reclamation of a family.
func NewReclamation4(r Reclamation) *Reclamation { r.reclaimMessages = reclaim4; return &r }
func NewReclamation6(r Reclamation) *Reclamation { r.reclaimMessages = reclaim6; return &r }

// reclaimAtOnce is how many leases one transaction takes back at most.
const reclaimAtOnce = 100

// Run takes back at most max leases (0: all) and for at most the given time (0: no
// limit). It returns how many it took back and whether more are left.
func (r *Reclamation) Run(max int, limit time.Duration, remove bool) (done int, more bool, err error) {
	log := r.Log
	if log.Enabled(r.start) {
		log.Log(r.start, max, limit.Milliseconds())
	}
	begin := r.Clock()
	for {
		want := reclaimAtOnce
		if max > 0 && max-done < want {
			want = max - done
		}
		n, left, err := r.Reclaim(want, remove)
		done += n
		if err != nil {
			log.Log(r.failed, err)
			return done, true, err
		}
		more = left
		if !more || (max > 0 && done >= max) {
			break
		}
		if limit > 0 && r.Clock().Sub(begin) >= limit {
			if log.Enabled(r.timeout) {
				log.Log(r.timeout, limit.Milliseconds())
			}
			break
		}
	}
	if log.Enabled(r.complete) {
		took := float64(r.Clock().Sub(begin)) / float64(time.Millisecond)
		log.Log(r.complete, done, fmt.Sprintf("%.3f ms", took))
	}
	if !more && log.Enabled(r.noMore) {
		log.Log(r.noMore)
	}
	return done, more, nil
}

// PurgeAll deletes the reclaimed leases that were kept for longer than hold.
func (r *Reclamation) PurgeAll(hold time.Duration) {
	if r.Log.Enabled(r.purge) {
		r.Log.Log(r.purge, int64(hold.Seconds()))
	}
	total := 0
	for {
		n, err := r.Purge(hold)
		total += n
		if err != nil {
			r.Log.Log(r.purgeFailed, err)
			return
		}
		if n == 0 {
			break
		}
	}
	if r.Log.Enabled(r.purged) {
		r.Log.Log(r.purged, total)
	}
}

// schedule runs the reclamation by the clock. As seen of Kea,
// unwarned-reclaim-cycles are those that end with leases left and without a
// warning: the next one brings it; 0 stands for never.
func (r *Reclamation) schedule(t *Timers, e config.ExpiredLeases) {
	slow := 0 // cycles in a row that left leases over, unwarned of
	t.Every(seconds(e.ReclaimTimerWait), func() {
		_, more, err := r.Run(int(e.MaxLeases), time.Duration(e.MaxTime)*time.Millisecond, !e.Affinity())
		if err != nil || !more {
			slow = 0
			return
		}
		if slow++; e.UnwarnedCycles > 0 && slow > int(e.UnwarnedCycles) {
			r.Log.Log(r.slow, e.UnwarnedCycles)
			slow = 0
		}
	})
	t.Every(seconds(e.FlushTimerWait), func() { r.PurgeAll(seconds(e.HoldReclaimed)) })
}

func seconds(n uint32) time.Duration { return time.Duration(n) * time.Second }

// Restart ends the timers of the former configuration and starts those of cfg.
func (t *Timers) Restart(cfg *config.Server, r *Reclamation, files *LeaseFiles, clean func()) {
	t.Stop()
	r.schedule(t, cfg.Expiration)
	if interval := lfcInterval(cfg); interval > 0 {
		files.Log.Log(msgLFCSetup, interval)
		t.Every(seconds(interval), clean)
	}
}
