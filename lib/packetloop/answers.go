package packetloop

import "nestor/lib/netio"

// answers are messages that are built and go out together.
type answers[A any, X sender[A]] struct {
	out     []netio.Reply[A]
	senders []X // whose answers stand in out
}

type sender[A any] interface {
	Send(r *netio.Reply[A])
	Sent(err error)
}

// add builds the answer of an exchange.
func (a *answers[A, X]) add(x X) {
	a.out = append(a.out, netio.Reply[A]{})
	x.Send(&a.out[len(a.out)-1])
	a.senders = append(a.senders, x)
}

func (a *answers[A, X]) reset() { a.out, a.senders = a.out[:0], a.senders[:0] }

// send sends the answers and tells what became of each.
func (a *answers[A, X]) send(sock netio.Socket[A]) {
	if len(a.out) == 0 {
		return
	}
	err := sock.Send(a.out)
	for i, x := range a.senders {
		e := a.out[i].Err
		if e == nil {
			e = err
		}
		x.Sent(e)
	}
}
