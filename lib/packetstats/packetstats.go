// Package packetstats owns the statistics of messages that a server receives and sends
// (ARM 8.8 and 9.13), as pointers, so that counting finds none by name.
package packetstats

import (
	"time"

	"nestor/lib/stats"
)

// Counters are the statistics of messages.
type Counters struct {
	Received, Sent, ParseFailed, ReceiveDrop *stats.Int

	received, sent [256]*stats.Int // by type; of sent ones nil where they are not counted
}

// Type is a type of messages that has statistics of its own.
type Type struct {
	Number byte
	Name   string // in the names of statistics
	// Received and Sent say which of the two there are.
	Received, Sent bool
	// Late ones come into being with the first message.
	Late bool
}

// New makes the statistics of a protocol, pkt4 or pkt6.
func New(r *stats.Registry, protocol string, types []Type) *Counters {
	name := func(what string) string { return protocol + "-" + what }
	c := &Counters{
		Received: r.Int(name("received")), Sent: r.Int(name("sent")),
		ParseFailed: r.Int(name("parse-failed")), ReceiveDrop: r.Int(name("receive-drop")),
	}
	unknown := r.Int(name("unknown-received"))
	for i := range c.received {
		c.received[i] = unknown
	}
	for _, t := range types {
		get := r.Int
		if t.Late {
			get = r.Lazy
		}
		if t.Received {
			c.received[t.Number] = get(name(t.Name + "-received"))
		}
		if t.Sent {
			c.sent[t.Number] = get(name(t.Name + "-sent"))
		}
	}
	return c
}

// CountReceived counts a message that could be read by its type.
func (c *Counters) CountReceived(typ byte, now time.Time) { c.received[typ].Add(1, now) }

// CountSent counts an answer that was sent.
func (c *Counters) CountSent(typ byte, now time.Time) {
	c.Sent.Add(1, now)
	if s := c.sent[typ]; s != nil {
		s.Add(1, now)
	}
}
