package leasefile

import (
	"encoding/json"
	"fmt"
	"strconv"

	"nestor/lib/lease"
)

// AppendRow4 appends the row of l with its line end to dst. The row of a lease
// that was deleted is the same with a valid lifetime of 0 (AppendDeleted4).
func AppendRow4(dst []byte, l *lease.Lease4) []byte { return appendRow4(dst, l, l.ValidLft) }

// AppendDeleted4 appends the row which says that the address of l has no lease
// any more.
func AppendDeleted4(dst []byte, l *lease.Lease4) []byte { return appendRow4(dst, l, 0) }

func appendRow4(dst []byte, l *lease.Lease4, valid uint32) []byte {
	dst = append(appendAddr4(dst, l.Addr), ',')
	dst = append(appendHex(dst, l.HWAddr), ',')
	dst = append(appendHex(dst, l.ClientID), ',')
	dst = append(strconv.AppendUint(dst, uint64(valid), 10), ',')
	dst = append(strconv.AppendInt(dst, l.CLTT+int64(valid), 10), ',')
	dst = append(strconv.AppendUint(dst, uint64(l.SubnetID), 10), ',')
	dst = append(appendBool(dst, l.FqdnFwd), ',')
	dst = append(appendBool(dst, l.FqdnRev), ',')
	dst = append(appendEscaped(dst, l.Hostname), ',')
	dst = append(strconv.AppendUint(dst, uint64(l.State), 10), ',')
	dst = append(appendEscaped(dst, l.UserContext), ',')
	dst = strconv.AppendUint(dst, uint64(l.PoolID), 10)
	return append(dst, '\n')
}

// Columns of a DHCPv4 row, in the order of the header.
const (
	c4Address = iota
	c4HWAddr
	c4ClientID
	c4Valid
	c4Expire
	c4SubnetID
	c4FqdnFwd
	c4FqdnRev
	c4Hostname
	c4State
	c4UserContext
	c4PoolID
	c4Columns
)

// Limits of what identifies a client, beyond which a row is refused.
const (
	MaxHWAddr   = 20
	MinClientID = 2
	MaxClientID = 255
	MinDUID     = 3
	MaxDUID     = 130
)

// Parser reads rows into leases. The byte slices of a lease point into the
// Parser's memory and are valid until its next use. The zero Parser is ready.
type Parser struct {
	fields [][]byte
	buf    []byte
}

// Row4 reads one row, without its line end, of a file with schema s. Columns that
// an older file lacks get their defaults; columns that we do not know are
// ignored.
func (p *Parser) Row4(s Schema, row []byte, l *lease.Lease4) error {
	if err := p.split(layouts[V4], s, row); err != nil {
		return err
	}
	*l = lease.Lease4{}
	ok := false
	if l.Addr, ok = parseAddr4(p.fields[c4Address]); !ok {
		return p.bad(V4, c4Address, "is not an IPv4 address")
	}
	if err := p.client4(l); err != nil {
		return err
	}
	if err := p.numbers4(l); err != nil {
		return err
	}
	if l.FqdnFwd, ok = parseBool(p.fields[c4FqdnFwd]); !ok {
		return p.bad(V4, c4FqdnFwd, "is neither 0 nor 1")
	}
	if l.FqdnRev, ok = parseBool(p.fields[c4FqdnRev]); !ok {
		return p.bad(V4, c4FqdnRev, "is neither 0 nor 1")
	}
	l.Hostname = p.unescape(p.fields[c4Hostname])
	lower(l.Hostname)
	if l.UserContext = p.unescape(p.fields[c4UserContext]); !isContext(l.UserContext) {
		return p.bad(V4, c4UserContext, "is not a JSON map")
	}
	if len(l.HWAddr) == 0 && len(l.ClientID) == 0 && l.State != lease.StateDeclined {
		return fmt.Errorf("the lease of %s has neither hwaddr nor client_id and is not declined", p.fields[c4Address])
	}
	return nil
}

// client4 reads the columns that identify the client.
func (p *Parser) client4(l *lease.Lease4) error {
	if text := p.fields[c4HWAddr]; len(text) > 0 {
		from := len(p.buf)
		var err error
		if p.buf, err = appendGroups(p.buf, text, ':'); err != nil {
			return fmt.Errorf("hwaddr %w", err)
		}
		if l.HWAddr = p.since(from); len(l.HWAddr) > MaxHWAddr {
			return p.bad(V4, c4HWAddr, "is longer than 20 bytes")
		}
	}
	if text := p.fields[c4ClientID]; len(text) > 0 {
		from := len(p.buf)
		var err error
		if p.buf, err = appendIdentifier(p.buf, text); err != nil {
			return fmt.Errorf("client_id %w", err)
		}
		if l.ClientID = p.since(from); len(l.ClientID) < MinClientID || len(l.ClientID) > MaxClientID {
			return p.bad(V4, c4ClientID, "is not 2 to 255 bytes long")
		}
	}
	return nil
}

// numbers4 reads the columns that hold numbers.
func (p *Parser) numbers4(l *lease.Lease4) error {
	ok := false
	if l.ValidLft, ok = parseUint32(p.fields[c4Valid]); !ok {
		return p.bad(V4, c4Valid, notANumber)
	}
	expire, ok := parseInt64(p.fields[c4Expire])
	if !ok {
		return p.bad(V4, c4Expire, notATime)
	}
	l.CLTT = expire - int64(l.ValidLft)
	if l.SubnetID, ok = parseUint32(p.fields[c4SubnetID]); !ok {
		return p.bad(V4, c4SubnetID, notANumber)
	}
	if l.State, ok = parseState(p.fields[c4State]); !ok {
		return p.bad(V4, c4State, notANumber)
	}
	if l.PoolID, ok = parseUint32(p.fields[c4PoolID]); !ok {
		return p.bad(V4, c4PoolID, notANumber)
	}
	return nil
}

const (
	notANumber = "is not a number from 0 to 4294967295"
	notATime   = "is not a time in seconds"
)

// parseState reads a state. Numbers beyond those in use are kept as far as the
// type holds them.
func parseState(text []byte) (lease.State, bool) {
	n, ok := parseUint32(text)
	return lease.State(min(n, 255)), ok
}

// split takes the row apart and fills in the columns that it lacks.
func (p *Parser) split(l *layout, s Schema, row []byte) error {
	p.fields, p.buf = p.fields[:0], p.buf[:0]
	from := 0
	for i, c := range row {
		if c == ',' {
			p.fields = append(p.fields, row[from:i])
			from = i + 1
		}
	}
	p.fields = append(p.fields, row[from:])
	if need := s.fewestFields(l); len(p.fields) < need {
		return fmt.Errorf("the row has %d columns, the file's schema has %d", len(p.fields), need)
	}
	for i := len(p.fields); i < len(l.columns); i++ {
		p.fields = append(p.fields, columnDefault(l.columns[i]))
	}
	return nil
}

var zero = []byte("0")

// columnDefault is what a row of an older schema has for a column.
func columnDefault(name string) []byte {
	if name == "state" || name == "pool_id" {
		return zero
	}
	return nil
}

// since is what was appended to the Parser's memory from an offset on.
func (p *Parser) since(from int) []byte { return p.buf[from:len(p.buf):len(p.buf)] }

func (p *Parser) unescape(text []byte) []byte {
	if len(text) == 0 {
		return nil
	}
	from := len(p.buf)
	p.buf = appendUnescaped(p.buf, text)
	return p.since(from)
}

// isContext reports whether text may stand in user_context: nothing, or a map.
func isContext(text []byte) bool {
	return len(text) == 0 || text[0] == '{' && json.Valid(text)
}

// bad says what is wrong with a column.
func (p *Parser) bad(f Family, column int, what string) error {
	return fmt.Errorf("%s %q %s", layouts[f].columns[column], p.fields[column], what)
}
