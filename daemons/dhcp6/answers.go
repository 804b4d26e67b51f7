package dhcp6

import (
	"errors"
	"syscall"
	"time"

	"nestor/lib/netio"
)

// answers are messages that are built and go out together.
type answers struct {
	out     []netio.Reply6
	senders []*exchange // whose answers stand in out
}

// add builds the answer of an exchange.
func (a *answers) add(x *exchange) {
	x.answered = false
	a.out = append(a.out, netio.Reply6{})
	x.send(&a.out[len(a.out)-1])
	a.senders = append(a.senders, x)
}

func (a *answers) reset() { a.out, a.senders = a.out[:0], a.senders[:0] }

// send sends the answers and counts them.
func (a *answers) send(sock netio.Socket6, now time.Time) {
	if len(a.out) == 0 {
		return
	}
	err := sock.Send(a.out)
	for i, x := range a.senders {
		e := a.out[i].Err
		if e == nil {
			e = err
		}
		if e != nil {
			x.sendFailed(e)
			continue
		}
		x.srv.stats.countSent(x.reply.Type, now)
	}
}

// keepQuery copies the query out of the socket's buffer, which the next ones
// overwrite, in case the answer cannot be sent.
func (x *exchange) keepQuery() { x.kept = append(x.kept, x.in.Payload...) }

// sendFailed logs why an answer could not be sent. One that is too long for the
// link names its largest options.
func (x *exchange) sendFailed(err error) {
	if len(x.kept) > 0 {
		_ = x.query.Parse(x.kept)
	}
	x.srv.log.packets.Log(msgPacketSendFail, x.label(), err)
	if errors.Is(err, syscall.EMSGSIZE) {
		x.reportTooLong()
	}
}
