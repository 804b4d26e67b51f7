package leasefile

import (
	"fmt"
	"net/netip"
	"strconv"

	"nestor/lib/lease"
)

// EmptyDUID stands for that of a declined DHCPv6 lease.
const EmptyDUID = "\x00\x00\x00"

// AppendRow6 appends the row of l with its line end to dst. The row of a lease
// that was deleted is the same with lifetimes of 0 (AppendDeleted6).
func AppendRow6(dst []byte, l *lease.Lease6) []byte {
	return appendRow6(dst, l, l.ValidLft, l.PreferredLft)
}

// AppendDeleted6 appends the row which says that the address or prefix of l has no
// lease any more.
func AppendDeleted6(dst []byte, l *lease.Lease6) []byte { return appendRow6(dst, l, 0, 0) }

func appendRow6(dst []byte, l *lease.Lease6, valid, preferred uint32) []byte {
	dst = append(netip.AddrFrom16(l.Addr).AppendTo(dst), ',')
	dst = append(appendHex(dst, l.DUID), ',')
	dst = append(strconv.AppendUint(dst, uint64(valid), 10), ',')
	dst = append(strconv.AppendInt(dst, l.CLTT+int64(valid), 10), ',')
	dst = append(strconv.AppendUint(dst, uint64(l.SubnetID), 10), ',')
	dst = append(strconv.AppendUint(dst, uint64(preferred), 10), ',')
	dst = append(strconv.AppendUint(dst, uint64(l.Type), 10), ',')
	dst = append(strconv.AppendUint(dst, uint64(l.IAID), 10), ',')
	dst = append(strconv.AppendUint(dst, uint64(l.PrefixLen), 10), ',')
	dst = append(appendBool(dst, l.FqdnFwd), ',')
	dst = append(appendBool(dst, l.FqdnRev), ',')
	dst = append(appendEscaped(dst, l.Hostname), ',')
	dst = append(appendHex(dst, l.HWAddr), ',')
	dst = append(strconv.AppendUint(dst, uint64(l.State), 10), ',')
	dst = append(appendEscaped(dst, l.UserContext), ',')
	if len(l.HWAddr) > 0 {
		dst = strconv.AppendUint(dst, uint64(l.HWType), 10)
		dst = strconv.AppendUint(append(dst, ','), uint64(l.HWSource), 10)
	} else {
		dst = append(dst, ',')
	}
	dst = strconv.AppendUint(append(dst, ','), uint64(l.PoolID), 10)
	return append(dst, '\n')
}

// Columns of a DHCPv6 row, in the order of the header.
const (
	c6Address = iota
	c6DUID
	c6Valid
	c6Expire
	c6SubnetID
	c6Preferred
	c6Type
	c6IAID
	c6PrefixLen
	c6FqdnFwd
	c6FqdnRev
	c6Hostname
	c6HWAddr
	c6State
	c6UserContext
	c6HWType
	c6HWSource
	c6PoolID
)

// Row6 reads one row of a DHCPv6 file as Row4 does of a DHCPv4 one. A bad
// link-layer address, of which only its absence follows, is no error: the lease
// is read without it, and warning says so.
func (p *Parser) Row6(s Schema, row []byte, l *lease.Lease6) (warning, err error) {
	if err := p.split(layouts[V6], s, row); err != nil {
		return nil, err
	}
	*l = lease.Lease6{}
	addr, err := netip.ParseAddr(string(p.fields[c6Address]))
	if err != nil || !addr.Is6() || addr.Zone() != "" {
		return nil, p.bad(V6, c6Address, "is not an IPv6 address")
	}
	l.Addr = addr.As16()
	if err := p.client6(l); err != nil {
		return nil, err
	}
	if err := p.numbers6(l); err != nil {
		return nil, err
	}
	ok := false
	if l.FqdnFwd, ok = parseBool(p.fields[c6FqdnFwd]); !ok {
		return nil, p.bad(V6, c6FqdnFwd, "is neither 0 nor 1")
	}
	if l.FqdnRev, ok = parseBool(p.fields[c6FqdnRev]); !ok {
		return nil, p.bad(V6, c6FqdnRev, "is neither 0 nor 1")
	}
	l.Hostname = p.unescape(p.fields[c6Hostname])
	if l.UserContext = p.unescape(p.fields[c6UserContext]); !isContext(l.UserContext) {
		return nil, p.bad(V6, c6UserContext, "is not a JSON map")
	}
	if string(l.DUID) == EmptyDUID && l.State != lease.StateDeclined {
		return nil, fmt.Errorf("the lease of %s has the empty DUID and is not declined", p.fields[c6Address])
	}
	return p.hardware6(l), nil
}

func (p *Parser) client6(l *lease.Lease6) error {
	from := len(p.buf)
	var err error
	if p.buf, err = appendIdentifier(p.buf, p.fields[c6DUID]); err != nil {
		return fmt.Errorf("duid %w", err)
	}
	if string(p.since(from)) == "\x00" { // the empty DUID as Kea 2.2 writes, and refuses, it
		p.buf = append(p.buf[:from], EmptyDUID...)
	}
	if l.DUID = p.since(from); len(l.DUID) < MinDUID || len(l.DUID) > MaxDUID {
		return p.bad(V6, c6DUID, "is not 3 to 130 bytes long")
	}
	return nil
}

// numbers6 reads the columns that hold numbers, but for those of the link-layer
// address.
func (p *Parser) numbers6(l *lease.Lease6) error {
	var kind, length uint32
	for _, c := range []struct {
		column int
		to     *uint32
	}{
		{c6Valid, &l.ValidLft}, {c6SubnetID, &l.SubnetID}, {c6Preferred, &l.PreferredLft},
		{c6Type, &kind}, {c6IAID, &l.IAID}, {c6PrefixLen, &length}, {c6PoolID, &l.PoolID},
	} {
		ok := false
		if *c.to, ok = parseUint32(p.fields[c.column]); !ok {
			return p.bad(V6, c.column, notANumber)
		}
	}
	if kind > uint32(lease.TypePD) {
		return p.bad(V6, c6Type, "is not 0 (NA), 1 (TA) or 2 (PD)")
	}
	l.Type, l.PrefixLen = lease.Type6(kind), 128
	if l.Type == lease.TypePD {
		if length > 128 {
			return p.bad(V6, c6PrefixLen, "is not a length from 0 to 128")
		}
		l.PrefixLen = uint8(length)
	}
	expire, ok := parseInt64(p.fields[c6Expire])
	if !ok {
		return p.bad(V6, c6Expire, notATime)
	}
	l.CLTT = expire - int64(l.ValidLft)
	if l.State, ok = parseState(p.fields[c6State]); !ok {
		return p.bad(V6, c6State, notANumber)
	}
	return nil
}

// defaultHWType is that of Ethernet.
const defaultHWType = 1

// hardware6 reads the link-layer address and leaves it out when it is bad.
func (p *Parser) hardware6(l *lease.Lease6) error {
	text := p.fields[c6HWAddr]
	if len(text) == 0 {
		if t := p.fields[c6HWType]; len(t) > 0 {
			if _, ok := parseUint32(t); !ok { // "NULL" of a dump from MySQL
				return p.bad(V6, c6HWType, notANumber)
			}
		}
		return nil
	}
	from := len(p.buf)
	var err error
	if p.buf, err = appendGroups(p.buf, text, ':'); err != nil {
		return fmt.Errorf("hwaddr %w", err)
	}
	hw := p.since(from)
	if len(hw) > MaxHWAddr {
		return p.bad(V6, c6HWAddr, "is longer than 20 bytes")
	}
	kind, source := uint32(defaultHWType), uint32(0)
	ok := true
	if t := p.fields[c6HWType]; len(t) > 0 {
		if kind, ok = parseUint32(t); !ok || kind > 65535 {
			return p.bad(V6, c6HWType, "is not a hardware type")
		}
	}
	if t := p.fields[c6HWSource]; len(t) > 0 {
		if source, ok = parseUint32(t); !ok {
			return p.bad(V6, c6HWSource, notANumber)
		}
	}
	l.HWAddr, l.HWType, l.HWSource = hw, uint16(kind), source
	return nil
}
