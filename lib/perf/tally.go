package perf

import "time"

// stageTally counts one kind of message and its answers.
type stageTally struct {
	sent, received uint64
	lost           uint64 // not answered within the drop time
	resent         uint64 // of sent: retransmissions
	rejected       uint64 // refused, or not all that was asked for in the answer
	nonUnique      uint64 // given before (-u)
	orphans        uint64 // answers to no exchange under way
	delay          Histogram
	stamps         [][2]int64 // -x t: sent, received, since the begin
	silent         bool       // nobody answers this message
}

// drops returns how many messages had no answer, or none before the run ended.
func (s *stageTally) drops() uint64 {
	if s.silent {
		return 0
	}
	return s.sent - s.resent - min(s.received, s.sent-s.resent)
}

// A tally is all that a run counts.
type tally struct {
	stages      [kinds]stageTally
	whole       Histogram // exchanges that reached their end, first message to last answer
	tooShort    uint64
	malformed   uint64
	localLimit  uint64
	waits       uint64 // times that there was nothing to do
	firstServer uint32
	elapsed     time.Duration // of the window over which the rate is taken
	completed   uint64        // exchanges that ended within it
	closed      bool
}

// reset begins anew. silent says that nobody answers a RELEASE.
func (t *tally) reset(silent bool) {
	*t = tally{firstServer: t.firstServer}
	t.stages[kindRelease].silent = silent
}

// close ends the window; later calls change nothing.
func (t *tally) close(elapsed int64) {
	if t.closed {
		return
	}
	t.closed = true
	t.elapsed = time.Duration(elapsed)
	t.completed = t.whole.Count()
}

// dropsExceed tells whether -D ends the run. A percentage is looked at once ten
// answers were due (ARM 25.10.8).
func (t *tally) dropsExceed(o *Options) bool {
	for i := range o.MaxDrop {
		s := &t.stages[i]
		if o.MaxDrop[i] > 0 && s.lost >= uint64(o.MaxDrop[i]) {
			return true
		}
		due := s.received + s.lost
		if o.MaxDropPart[i] > 0 && due >= 10 && float64(s.lost)*100 >= o.MaxDropPart[i]*float64(due) {
			return true
		}
	}
	return false
}

// failed tells whether one or more exchanges were unsuccessful (exit status 3).
func (t *tally) failed() bool {
	bad := t.localLimit
	for k := range kinds {
		s := &t.stages[k]
		bad += s.drops() + s.rejected + s.nonUnique
	}
	return bad > 0
}
