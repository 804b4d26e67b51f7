package explain

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"strings"

	"nestor/lib/element"
)

// Explanation is what a server would do with a message.
type Explanation struct {
	*Trace
	Origin string // of the message, as its reader tells
	Query  []byte
	Reply  *Reply         // nil: none
	Leases *element.Value // that would be written or deleted, a list
	// Given tells of a lease in the reply, in a few words; may be empty.
	Given string
}

// Reply is a reply that would be sent.
type Reply struct {
	Type        string // of the message
	Destination netip.Addr
	Port        uint16
	HWAddr      string // link-layer address that it goes to, "" where the server does not say
	Payload     []byte
}

// Summary is the explanation in a line.
func (e *Explanation) Summary() string {
	r := e.Reply
	if r == nil {
		return "the server would not answer"
	}
	s := fmt.Sprintf("the server would answer with %s %s to %s", article(r.Type), r.Type, r.Destination)
	if e.Given != "" {
		s += ", " + e.Given
	}
	return s
}

func article(word string) string {
	if strings.ContainsAny(word[:1], "AEIO") {
		return "an"
	}
	return "a"
}

// Element gives the explanation as programs read it: the steps, what the reply is
// and what would be written, and the text for people.
func (e *Explanation) Element() *element.Value {
	outcome := "no-reply"
	if e.Reply != nil {
		outcome = "reply"
	}
	v := element.NewMap().
		Add("packet", element.NewMap().
			Add("origin", element.NewString(e.Origin)).
			Add("hex", element.NewString(hex.EncodeToString(e.Query)))).
		Add("steps", e.Trace.Element()).
		Add("outcome", element.NewString(outcome))
	if e.Reply != nil {
		v.Add("reply", e.Reply.element())
	}
	return v.Add("leases", e.Leases).Add("text", element.NewString(e.Text()))
}

func (r *Reply) element() *element.Value {
	v := element.NewMap().
		Add("message-type", element.NewString(r.Type)).
		Add("destination", element.NewString(r.Destination.String())).
		Add("destination-port", element.NewInt(int64(r.Port)))
	if r.HWAddr != "" {
		v.Add("destination-hw", element.NewString(r.HWAddr))
	}
	return v.Add("hex", element.NewString(hex.EncodeToString(r.Payload)))
}

// Text writes the explanation for people.
func (e *Explanation) Text() string {
	var b strings.Builder
	b.WriteString(e.Trace.Text())
	if e.Reply != nil {
		b.WriteString("The reply in hexadecimal digits:\n")
		writeHex(&b, e.Reply.Payload)
	}
	return b.String()
}

// writeHex writes 32 bytes a line.
func writeHex(b *strings.Builder, bytes []byte) {
	const width = 32
	for len(bytes) > 0 {
		n := min(width, len(bytes))
		b.WriteString("  " + hex.EncodeToString(bytes[:n]) + "\n")
		bytes = bytes[n:]
	}
}
