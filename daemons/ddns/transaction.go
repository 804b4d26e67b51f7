package ddns

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/miekg/dns"

	"nestor/lib/logging"
	"nestor/lib/ncr"
)

// maxSends is how often a message is sent to one server (seen on Kea 2.7.9).
const maxSends = 3

// maxRounds bounds how often a name may vanish and appear again while it is being
// added.
const maxRounds = 8

// result is how a direction ended.
type result uint8

const (
	notDone    result = iota
	succeeded         // an answer said so
	refused           // an answer said otherwise
	unanswered        // no server gave an answer that is of use
	unbuilt           // the request cannot be put into a message
)

// A transactor carries out requests in DNS. It may be used concurrently.
type transactor struct {
	clock    func() time.Time
	log      *logging.Logger // d2-to-dns
	counters *counters
}

// attempt is one direction of a request under way. One message of it is under way
// at a time, and what comes of that calls its methods.
type attempt struct {
	*transactor
	req     *ncr.Request
	id      requestID
	zone    *zone
	first   *step
	records *records
	ended   func(res result, answered bool)

	servers []*dnsServer // those still to be tried, the first one now
	step    *step
	sends   int  // of the step's message to this server
	rounds  int  // how often the name has vanished
	ours    bool // the step before found the client's records
	heard   bool // some server answered
}

// requestID is how the log names a request: by its DHCID.
type requestID []byte

func (id requestID) String() string { return fmt.Sprintf("%X", []byte(id)) }

// begin begins with one direction of a request. ended is told how that went, and
// whether any server of the zone answered, by another goroutine.
func (t *transactor) begin(r *ncr.Request, z *zone, reverse bool, ended func(res result, answered bool)) {
	a := &attempt{transactor: t, req: r, id: r.DHCID, zone: z, first: firstStep(r, reverse), ended: ended}
	var err error
	if a.records, err = newRecords(r, z.wire, reverse); err != nil {
		t.log.Log(a.first.build, a.id, r, fmt.Sprintf("%v (zone %s)", err, z.name))
		go ended(unbuilt, false)
		return
	}
	if a.servers = z.inOrder(t.clock()); len(a.servers) == 0 {
		go ended(unanswered, false)
		return
	}
	a.to(a.first)
	a.send()
}

// to makes a step the next one.
func (a *attempt) to(st *step) { a.step, a.sends = st, 0 }

// send sends the message of the step to the first server that is left.
func (a *attempt) send() {
	s := a.servers[0]
	a.sends++
	if a.log.Enabled(msgSent) {
		a.log.Log(msgSent, a.id, a.step.name, s.text)
	}
	s.send(a.step, a.records, a.clock(), a.answered)
}

// answered goes on after an answer, or what came in place of one.
func (a *attempt) answered(rcode int, err error) {
	s := a.servers[0]
	a.count(s.key, err)
	a.logAnswer(s, rcode, err)
	if err != nil {
		a.unanswered(s, err)
		return
	}
	a.heard = true
	s.down.Store(0)
	next, done := a.step.after(rcode, a.ours)
	if done {
		a.ended(succeeded, true)
		return
	}
	a.ours = rcode == dns.RcodeSuccess
	if next != nil && next == a.step.vanished {
		a.rounds++
	}
	if next == nil || a.rounds > maxRounds {
		a.log.Log(a.step.rejected, a.id, s.text, a.req.Name, fmt.Sprintf("%d (%s, zone %s)", rcode, rcodeText(rcode), a.zone.name))
		a.ended(refused, true)
		return
	}
	a.to(next)
	a.send()
}

// unanswered sends again after there was no answer of use, or turns to the next
// server, which begins with the first step.
func (a *attempt) unanswered(s *dnsServer, err error) {
	a.logTrouble(a.step, s, err)
	if a.sends < maxSends {
		a.send()
		return
	}
	s.down.Store(a.clock().Add(downTime).UnixNano())
	a.servers = a.servers[1:]
	switch {
	case a.step.sticky:
		a.ended(refused, a.heard)
	case len(a.servers) == 0:
		a.ended(unanswered, a.heard)
	default:
		a.ours = false
		a.to(a.first)
		a.send()
	}
}

// after is the step that an answer leads to; done: there is nothing left to do;
// neither: the answer is a rejection. ours: the step before found what it wanted.
func (s *step) after(rcode int, ours bool) (next *step, done bool) {
	switch {
	case rcode == dns.RcodeSuccess, rcode == dns.RcodeNXRrset && s.gone, rcode == dns.RcodeYXRrset && s.stays && ours:
		return s.next, s.next == nil
	case rcode == dns.RcodeYXDomain:
		return s.taken, false
	case rcode == dns.RcodeNameError:
		return s.vanished, false
	}
	return nil, false
}

// count keeps the statistics of one message.
func (a *attempt) count(key *signer, err error) {
	now := a.clock()
	c := a.counters
	c.sent.Add(1, now)
	outcome := &c.keyCounters
	if key == nil {
		c.unsigned.Add(1, now)
	} else {
		c.signed.Add(1, now)
		key.counters.sent.Add(1, now)
	}
	outcome.of(err).Add(1, now)
	if key != nil {
		key.counters.of(err).Add(1, now)
	}
}

func (a *attempt) logAnswer(s *dnsServer, rcode int, err error) {
	if !a.log.Enabled(msgResponse) {
		return
	}
	status := "SUCCESS, rcode: " + rcodeText(rcode)
	switch e := err.(type) {
	case nil:
	case timeoutError:
		status = "TIMEOUT"
	case corruptError:
		a.log.Log(msgInvalidResponse, e)
		status = "INVALID_RESPONSE"
	default:
		status = "OTHER"
	}
	a.log.Log(msgResponse, a.id, s.text, status)
}

// logTrouble logs why there was no answer of use.
func (a *attempt) logTrouble(st *step, s *dnsServer, err error) {
	where := fmt.Sprintf(" (zone %s: %v)", a.zone.name, err)
	switch err.(type) {
	case timeoutError:
		a.log.Log(st.timeout, a.id, a.req.Name, s.text+where)
	case corruptError:
		a.log.Log(st.corrupt, a.id, s.text, a.req.Name+where)
	default:
		a.log.Log(st.io, a.id, a.req.Name, s.text+where)
	}
}

// logOutcome says how a request ended.
func (t *transactor) logOutcome(r *ncr.Request, forward, reverse result) {
	ok := forward <= succeeded && reverse <= succeeded
	m := msgAdded
	switch {
	case ok && r.Remove:
		m = msgRemoved
	case r.Remove:
		m = msgRemoveFailed
	case !ok:
		m = msgAddFailed
	}
	if !t.log.Enabled(m) {
		return
	}
	if ok {
		// There is one of these lines for each request.
		var room [640]byte
		id := hex.AppendEncode(room[:0], r.DHCID)
		t.log.Log(m, bytes.ToUpper(id), r.AppendText(room[len(id):len(id)]))
		return
	}
	t.log.Log(m, requestID(r.DHCID), outcomeText(r, forward, reverse))
}

// outcomeText is a failure as Kea describes it.
func outcomeText(r *ncr.Request, forward, reverse result) string {
	var b strings.Builder
	event := "UPDATE_FAILED_EVT"
	if forward == unanswered || reverse == unanswered {
		event = "NO_MORE_SERVERS_EVT"
	}
	fmt.Fprintf(&b, "Status: Failed, Event: %s, ", event)
	for _, d := range []struct {
		name  string
		asked bool
		res   result
	}{{"Forward", r.Forward, forward}, {"Reverse", r.Reverse, reverse}} {
		if d.asked {
			done := "failed"
			if d.res == succeeded {
				done = "completed"
			}
			fmt.Fprintf(&b, " %s change: %s, ", d.name, done)
		}
	}
	fmt.Fprintf(&b, " request: %s", r)
	return b.String()
}
