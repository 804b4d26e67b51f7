package differential_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"iter"
	"net/netip"
	"slices"
	"strings"

	"nestor/lib/pkt6"
)

// A reply6 is what a DHCPv6 server answered to one packet; its zero value stands for
// silence.
type reply6 struct {
	port    int // that it came to
	payload []byte
}

// transaction returns the place of the client's message in an answer, which is inside
// of what is for relays; -1 if there is none.
func transaction(payload []byte) int {
	at := 0
	for len(payload)-at >= 34 && payload[at] == pkt6.MsgRelayReply {
		inner, ok := pkt6.Options(payload[at+34:]).Find(pkt6.OptRelayMessage)
		if !ok {
			return -1
		}
		at += bytes.Index(payload[at+34:], inner) + 34
	}
	if len(payload)-at < 4 {
		return -1
	}
	return at
}

// message is the part for the client.
func (r reply6) message() []byte {
	if r.payload == nil {
		return nil
	}
	return r.payload[transaction(r.payload):]
}

// ias are the identity associations.
func (r reply6) ias() (all []byte) {
	if m := r.message(); m != nil {
		for code, content := range pkt6.Options(m[4:]).All() {
			if code == pkt6.OptIANA || code == pkt6.OptIAPD {
				all = pkt6.AppendOption(all, code, content)
			}
		}
	}
	return all
}

// leases are all addresses and prefixes that are given.
func (r reply6) leases() (all []netip.Prefix) {
	for code, content := range pkt6.Options(r.ias()).All() {
		ia, _ := pkt6.ReadIA(code, content)
		for l := range ia.Leases() {
			if l.Valid > 0 {
				all = append(all, netip.PrefixFrom(netip.AddrFrom16(l.Addr), int(l.Len)))
			}
		}
	}
	return all
}

func (r reply6) equal(other reply6) bool {
	return r.port == other.port && slices.Equal(r.payload, other.payload)
}

// agedAs is the reply with the remaining times of another, when these are alike but
// for a second or two that have gone by between the two.
func (r reply6) agedAs(other reply6) reply6 {
	if r.payload == nil || len(r.payload) != len(other.payload) {
		return r
	}
	r.payload = slices.Clone(r.payload)
	theirs := slices.Collect(other.times())
	i := 0
	for mine := range r.times() {
		if i == len(theirs) {
			break
		}
		its := theirs[i]
		i++
		if apart := int64(binary.BigEndian.Uint32(mine)) - int64(binary.BigEndian.Uint32(its)); -2 <= apart && apart <= 2 {
			copy(mine, its)
		}
	}
	return r
}

// times are T1, T2 and the lifetimes of all identity associations.
func (r reply6) times() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for code, content := range pkt6.Options(r.message()[4:]).All() {
			if code != pkt6.OptIANA && code != pkt6.OptIAPD || len(content) < 12 {
				continue
			}
			if !yield(content[4:8]) || !yield(content[8:12]) {
				return
			}
			for inner, lease := range pkt6.Options(content[12:]).All() {
				at := map[uint16]int{pkt6.OptIAAddr: 16, pkt6.OptIAPrefix: 0}
				if from, ok := at[inner]; ok && len(lease) >= from+8 && (!yield(lease[from:from+4]) || !yield(lease[from+4:from+8])) {
					return
				}
			}
		}
	}
}

// parts takes the reply apart: what is for relays, and the options for the client in
// the order of the wire.
func (r reply6) parts() []string {
	if r.payload == nil {
		return []string{"silence"}
	}
	parts := []string{fmt.Sprintf("port=%d", r.port)}
	b := r.payload
	for b[0] == pkt6.MsgRelayReply {
		parts = append(parts, fmt.Sprintf("relay(hops=%d link=%s peer=%s)", b[1], netip.AddrFrom16([16]byte(b[2:18])), netip.AddrFrom16([16]byte(b[18:34]))))
		var inner []byte
		for code, content := range pkt6.Options(b[34:]).All() {
			if code == pkt6.OptRelayMessage {
				inner = content
				parts = append(parts, "inside:")
				continue
			}
			parts = append(parts, fmt.Sprintf("%d=%x", code, content))
		}
		b = inner
	}
	parts = append(parts, fmt.Sprintf("type=%d", b[0]))
	return append(parts, shownOptions(b[4:])...)
}

// shownOptions shows options in the order of the wire.
func shownOptions(o pkt6.Options) (parts []string) {
	for code, content := range o.All() {
		switch {
		case (code == pkt6.OptIANA || code == pkt6.OptIAPD) && len(content) >= 12:
			ia, _ := pkt6.ReadIA(code, content)
			inside := slices.Concat([]string{fmt.Sprintf("%d/%d", ia.T1, ia.T2)}, shownOptions(content[12:]))
			parts = append(parts, fmt.Sprintf("%s%d(%s)", map[uint16]string{3: "na", 25: "pd"}[code], ia.IAID, strings.Join(inside, " ")))
		case code == pkt6.OptIAAddr && len(content) >= 24:
			parts = append(parts, fmt.Sprintf("%s=%d/%d%s", netip.AddrFrom16([16]byte(content)), binary.BigEndian.Uint32(content[16:]),
				binary.BigEndian.Uint32(content[20:]), strings.Join(shownOptions(content[24:]), "+")))
		case code == pkt6.OptIAPrefix && len(content) >= 25:
			parts = append(parts, fmt.Sprintf("%s/%d=%d/%d%s", netip.AddrFrom16([16]byte(content[9:])), content[8], binary.BigEndian.Uint32(content),
				binary.BigEndian.Uint32(content[4:]), strings.Join(shownOptions(content[25:]), "+")))
		case code == pkt6.OptStatusCode && len(content) >= 2:
			parts = append(parts, fmt.Sprintf("status=%d%q", content[1], content[2:]))
		default:
			parts = append(parts, fmt.Sprintf("%d=%x", code, content))
		}
	}
	return parts
}

func (r reply6) String() string { return strings.Join(r.parts(), " ") }
