package ddns

import (
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"

	"nestor/lib/logging"
	"nestor/lib/ncr"
)

// A receiver takes requests from the socket to the scheduler. While the queue is
// full it does not read: what comes waits in the socket, as far as the kernel has
// room. (Kea closes its socket then, which makes its DHCP servers give up.)
type receiver struct {
	log       *logging.Logger // dhcpddns
	toD2      *logging.Logger // dhcp-to-d2
	wireLog   *logging.Logger // libdhcp-ddns
	invalid   *logging.Limited
	counters  *counters
	clock     func() time.Time
	scheduler *scheduler
	take      func(*ncr.Request)

	mu       sync.Mutex
	listener *ncr.Listener // nil: not listening
	addr     netip.AddrPort
	running  sync.WaitGroup
}

// listen opens a socket at addr; use puts it in force.
func (r *receiver) listen(addr netip.AddrPort) (l *ncr.Listener, needed bool, err error) {
	r.mu.Lock()
	same := r.listener != nil && r.addr == addr
	r.mu.Unlock()
	if same {
		return nil, false, nil
	}
	l, err = ncr.Listen(addr)
	return l, true, err
}

// use receives from l in place of the socket before.
func (r *receiver) use(l *ncr.Listener, addr netip.AddrPort) {
	r.stop("reconfiguration")
	r.mu.Lock()
	r.listener, r.addr = l, addr
	r.mu.Unlock()
	r.running.Go(func() { r.run(l) })
	r.log.Log(msgListening)
}

// stop closes the socket and waits until what came from it is queued.
func (r *receiver) stop(reason string) {
	r.mu.Lock()
	l := r.listener
	r.listener = nil
	r.mu.Unlock()
	if l == nil {
		return
	}
	r.log.Log(msgStopping, reason)
	l.Close()
	r.running.Wait()
	r.log.Log(msgStopped)
}

// recoverTime is the pause before a socket that failed is opened again.
const recoverTime = time.Second

// run receives until the socket is closed by stop.
func (r *receiver) run(l *ncr.Listener) {
	for {
		req, err := l.Receive()
		var invalid *ncr.InvalidError
		switch {
		case err == nil:
			r.received(req)
		case errors.As(err, &invalid):
			r.counters.invalid.Add(1, r.clock())
			r.invalid.Log(invalid)
		case errors.Is(err, net.ErrClosed):
			return
		default:
			if l = r.recover(l, err); l == nil {
				return
			}
		}
	}
}

func (r *receiver) received(req *ncr.Request) {
	r.counters.received.Add(1, r.clock())
	if r.toD2.Enabled(msgReceived) {
		r.toD2.Log(msgReceived, requestID(req.DHCID))
	}
	r.take(req)
	if r.scheduler.len() < maxQueue {
		return
	}
	r.counters.queueFull.Add(1, r.clock())
	r.log.Log(msgQueueFull, maxQueue)
	if r.scheduler.waitRoom(resumeAt) {
		r.log.Log(msgResuming, r.scheduler.len(), maxQueue)
	}
}

// recover opens the socket anew after an error. It returns nil when the receiver
// was stopped in the meantime.
func (r *receiver) recover(l *ncr.Listener, cause error) *ncr.Listener {
	r.counters.receiveError.Add(1, r.clock())
	r.wireLog.Log(msgSocketErr, cause)
	r.toD2.Log(msgRecvError)
	l.Close()
	for {
		r.log.Log(msgRecovering)
		time.Sleep(recoverTime)
		r.mu.Lock()
		if r.listener != l {
			r.mu.Unlock()
			return nil
		}
		again, err := ncr.Listen(r.addr)
		if err == nil {
			r.listener = again
			r.mu.Unlock()
			return again
		}
		r.mu.Unlock()
		r.log.Log(msgStartError, err)
	}
}
