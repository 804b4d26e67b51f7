package ddns

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"nestor/lib/logging"
)

// The bounds of what is held and done at a time.
const (
	// maxQueue is how many requests are held, some kilobytes each at most; with more
	// the daemon stops reading its socket until resumeAt are left.
	maxQueue = 16384
	resumeAt = maxQueue * 4 / 5
	// maxRunning is how many transactions are under way in all zones together.
	maxRunning = 1024
	// maxSlow is how many requests are held for a zone none of whose servers
	// answers; those of all such zones take half of the queue at most.
	maxSlow = 1024
)

// A scheduler brings requests to their zones. Those of one client, name or address
// are carried out in the order of their arrival; of others, as many at a time as
// their zones take. A zone whose servers do not answer holds up nothing but what
// goes there. Its methods may be called concurrently.
type scheduler struct {
	do      *transactor
	log     *logging.Logger // dhcp-to-d2
	backlog *logging.Limited
	// done is told of each job that is over, outside of all locks.
	done func(*job)

	mu      sync.Mutex
	fewer   *sync.Cond // there are fewer jobs, or shutting down has begun
	forward *catalog
	reverse *catalog
	last    map[conflict]*job // the newest job for each
	jobs    map[*job]struct{} // all that are not done
	begun   int               // jobs of which something was sent and not all is said
	running int               // jobs that are being carried out
	turn    []*zone           // those that may run more, in turn
	start   []*job            // to be carried out once mu is free
	// stopping: no more jobs begin. closing: nobody waits for room any more.
	stopping, closing bool
}

func newScheduler(do *transactor, log *logging.Logger, done func(*job)) *scheduler {
	s := &scheduler{
		do: do, log: log, done: done, backlog: log.Limited(msgBacklog, time.Minute),
		forward: &catalog{}, reverse: &catalog{},
		last: make(map[conflict]*job), jobs: make(map[*job]struct{}),
	}
	s.fewer = sync.NewCond(&s.mu)
	return s
}

// add takes a request. It reports false when nothing is to be done about it; why
// is logged.
func (s *scheduler) add(j *job) bool {
	s.mu.Lock()
	defer s.unlock()
	if !s.route(j) || !s.admit(j) {
		return false
	}
	s.jobs[j] = struct{}{}
	j.home.pending++
	for _, c := range j.conflicts() {
		if before := s.last[c]; before != nil {
			before.blocks = append(before.blocks, j)
			j.waits++
		}
		s.last[c] = j
	}
	if j.waits == 0 {
		s.enqueue(j)
	} else if s.log.Enabled(msgNoEligible) {
		s.log.Log(msgNoEligible, len(s.jobs), s.running)
	}
	return true
}

// admit refuses one more job for a zone that does not answer while enough wait for
// it.
func (s *scheduler) admit(j *job) bool {
	z := j.home
	share := maxQueue / 2 / max(1, s.forward.size()+s.reverse.size())
	if !z.slow || z.pending < min(maxSlow, max(maxPerZone, share)) {
		return true
	}
	s.backlog.Log(requestID(j.req.DHCID), z.name, z.pending, j.req)
	return false
}

// enqueue queues a job at the zone where it has to go next.
func (s *scheduler) enqueue(j *job) {
	z := j.zone()
	j.state = queued
	z.ready = append(z.ready, j)
	if !z.mayRun() && s.log.Enabled(msgAtMax) {
		s.log.Log(msgAtMax, len(z.ready), z.running)
	}
	s.list(z)
	s.pump()
}

// list gives a zone that may run more its turn.
func (s *scheduler) list(z *zone) {
	if !z.listed && z.mayRun() {
		z.listed = true
		s.turn = append(s.turn, z)
	}
}

// pump starts what may be started, one job of each zone in turn.
func (s *scheduler) pump() {
	for s.running < maxRunning && len(s.turn) > 0 {
		z := s.turn[0]
		s.turn = s.turn[1:]
		z.listed = false
		if j := s.next(z); j != nil {
			s.start = append(s.start, j)
			s.list(z)
		}
	}
}

// next takes the first job of a zone that may run.
func (s *scheduler) next(z *zone) *job {
	if !z.mayRun() {
		return nil
	}
	at := 0
	if s.stopping {
		at = slices.IndexFunc(z.ready, func(j *job) bool { return j.begun })
		if at < 0 {
			return nil
		}
	}
	j := z.ready[at]
	if at == 0 {
		z.ready[0] = nil
		z.ready = z.ready[1:]
	} else {
		z.ready = slices.Delete(z.ready, at, at+1)
	}
	j.state = working
	z.running++
	s.running++
	if !j.begun {
		j.begun = true
		s.begun++
		if s.do.log.Enabled(msgStarting) {
			s.do.log.Log(msgStarting, requestID(j.req.DHCID))
		}
	}
	return j
}

// unlock frees mu and carries out what may be carried out now.
func (s *scheduler) unlock() {
	start := s.start
	s.start = nil
	s.mu.Unlock()
	for _, j := range start {
		z, reverse := j.zone(), j.onReverse
		s.do.begin(j.req, z, reverse, func(res result, answered bool) { s.ended(z, j, res, answered) })
	}
}

// ended goes on after a direction of a job.
func (s *scheduler) ended(z *zone, j *job, res result, answered bool) {
	if s.after(z, j, res, answered) {
		s.do.logOutcome(j.req, j.results[0], j.results[1])
		s.done(j)
		s.over()
	}
}

// over notes that nothing is left to do or say about a job that had begun.
func (s *scheduler) over() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.begun--
	if s.closing {
		s.fewer.Broadcast()
	}
}

// after notes how a direction ended and sends the job on. over: that was all of it.
func (s *scheduler) after(z *zone, j *job, res result, answered bool) (over bool) {
	s.mu.Lock()
	defer s.unlock()
	z.running--
	s.running--
	z.slow = !answered && res == unanswered
	if j.onReverse {
		j.results[1] = res
	} else {
		j.results[0] = res
	}
	if over = j.onReverse || res != succeeded || j.reverse == nil; over {
		s.finish(j)
	} else {
		j.onReverse = true
		s.enqueue(j)
	}
	s.list(z)
	s.pump()
	return over
}

// finish lets those that waited for the job go on.
func (s *scheduler) finish(j *job) {
	for _, c := range j.conflicts() {
		if s.last[c] == j {
			delete(s.last, c)
		}
	}
	delete(s.jobs, j)
	j.home.pending--
	for _, b := range j.blocks {
		if b.waits--; b.waits == 0 && b.state != discarded {
			s.enqueue(b)
		}
	}
	j.blocks = nil
	s.fewer.Broadcast()
}

// len is how many jobs are not done.
func (s *scheduler) len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.jobs)
}

// waitRoom waits until there are at most n jobs. It reports false when the
// scheduler is being shut down.
func (s *scheduler) waitRoom(n int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.jobs) > n && !s.closing {
		s.fewer.Wait()
	}
	return !s.closing
}

// close ends waitRoom.
func (s *scheduler) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closing = true
	s.fewer.Broadcast()
}

// stop lets no more jobs begin, and waits for those that have. With drain it waits
// for all instead.
func (s *scheduler) stop(drain bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopping = !drain
	for s.begun > 0 || drain && len(s.jobs) > 0 {
		s.fewer.Wait()
	}
}

// configure puts other zones in force. Jobs that have not begun go there; those
// that have end where they began. It returns the jobs for which there is no zone
// any more, which are done with.
func (s *scheduler) configure(forward, reverse *catalog) (dropped []*job) {
	s.mu.Lock()
	defer s.unlock()
	s.forward, s.reverse = forward, reverse
	var waiting []*job
	for j := range s.jobs {
		if !j.begun {
			waiting = append(waiting, j)
			j.home.ready = slices.DeleteFunc(j.home.ready, func(o *job) bool { return !o.begun })
			j.home.pending--
		}
	}
	slices.SortFunc(waiting, func(a, b *job) int { return cmp.Compare(a.number, b.number) })
	for _, j := range waiting {
		old := j.home
		if !s.route(j) {
			j.home, j.state = old, discarded
			dropped = append(dropped, j)
		}
		j.home.pending++
	}
	for _, j := range waiting {
		if j.state == queued {
			s.enqueue(j)
		}
	}
	for _, j := range dropped {
		s.finish(j)
	}
	return dropped
}
