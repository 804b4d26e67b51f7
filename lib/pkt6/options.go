package pkt6

import (
	"encoding/binary"
	"iter"
)

// optionHeader is the length of an option's code and length.
const optionHeader = 4

// Options are options one after another, as messages, relays' headers, identity
// associations, addresses and prefixes hold them. One that claims more bytes than
// are left ends them.
type Options []byte

// next returns the first option and what comes after it. It is not ok at the end
// and where an option is not whole.
func (o Options) next() (code uint16, content []byte, rest Options, ok bool) {
	if len(o) < optionHeader {
		return 0, nil, nil, false
	}
	end := optionHeader + int(binary.BigEndian.Uint16(o[2:]))
	if end > len(o) {
		return 0, nil, nil, false
	}
	return binary.BigEndian.Uint16(o), o[optionHeader:end:end], o[end:], true
}

// Whole returns the options up to the end of the last whole one.
func (o Options) Whole() Options {
	rest := o
	for {
		_, _, next, ok := rest.next()
		if !ok {
			return o[:len(o)-len(rest)]
		}
		rest = next
	}
}

// Find returns the content of the first instance of an option, and whether there
// is one.
func (o Options) Find(code uint16) ([]byte, bool) {
	for {
		c, content, rest, ok := o.next()
		if !ok {
			return nil, false
		}
		if c == code {
			return content, true
		}
		o = rest
	}
}

// All returns codes and contents in their order.
func (o Options) All() iter.Seq2[uint16, []byte] {
	return func(yield func(uint16, []byte) bool) {
		for {
			code, content, rest, ok := o.next()
			if !ok || !yield(code, content) {
				return
			}
			o = rest
		}
	}
}

// Instances returns the contents of every instance of an option.
func (o Options) Instances(code uint16) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for c, content := range o.All() {
			if c == code && !yield(content) {
				return
			}
		}
	}
}

// AppendOption appends an option with its header. The content has at most 65535
// bytes.
func AppendOption(b []byte, code uint16, content []byte) []byte {
	b = binary.BigEndian.AppendUint16(b, code)
	b = binary.BigEndian.AppendUint16(b, uint16(len(content)))
	return append(b, content...)
}
