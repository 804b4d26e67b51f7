package pkt6

import (
	"encoding/binary"
	"slices"
)

// Reply collects what an answer carries and appends it in one go. Option contents
// are kept by reference and must stay unchanged until AppendTo. The zero value is
// ready after Reset.
type Reply struct {
	Type byte

	options []replyOption // in ascending order of the code
}

type replyOption struct {
	code    uint16
	content []byte
}

// Reset empties r for a new answer.
func (r *Reply) Reset() {
	r.Type = 0
	r.options = r.options[:0]
}

// Set gives the option that content, in place of all that it had.
func (r *Reply) Set(code uint16, content []byte) {
	r.Unset(code)
	r.Add(code, content)
}

// Add adds an instance of the option behind those that there are.
func (r *Reply) Add(code uint16, content []byte) {
	at := len(r.options)
	for at > 0 && r.options[at-1].code > code {
		at--
	}
	r.options = slices.Insert(r.options, at, replyOption{code, content})
}

// Unset takes every instance of the option out.
func (r *Reply) Unset(code uint16) {
	kept := r.options[:0]
	for _, o := range r.options {
		if o.code != code {
			kept = append(kept, o)
		}
	}
	r.options = kept
}

// Has reports whether the option is there.
func (r *Reply) Has(code uint16) bool {
	for i := range r.options {
		if r.options[i].code == code {
			return true
		}
	}
	return false
}

// Option returns the content of the option's first instance, nil when there is
// none.
func (r *Reply) Option(code uint16) []byte {
	for i := range r.options {
		if r.options[i].code == code {
			return r.options[i].content
		}
	}
	return nil
}

// Codes calls fn for each instance of each option, in ascending order of the code.
func (r *Reply) Codes(fn func(code uint16, content []byte)) {
	for i := range r.options {
		fn(r.options[i].code, r.options[i].content)
	}
}

// AppendTo appends the answer to query q: for each relay that q came over a
// header with the options that it gets back, then type, transaction id of q, and
// the options in ascending order of their codes. The whole must not exceed 65535
// bytes.
func (r *Reply) AppendTo(b []byte, q *Message) []byte {
	var begins [MaxRelays]int // of the relay messages
	for i := range q.relays {
		b = q.relays[i].appendReply(b)
		begins[i] = len(b)
	}
	xid := q.XID()
	b = append(b, r.Type, byte(xid>>16), byte(xid>>8), byte(xid))
	for i := range r.options {
		b = AppendOption(b, r.options[i].code, r.options[i].content)
	}
	for _, begin := range begins[:len(q.relays)] {
		binary.BigEndian.PutUint16(b[begin-2:], uint16(len(b)-begin))
	}
	return b
}
