package element

import (
	"bytes"
	"math"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// String returns the value on one line, as AppendJSON writes it.
func (v *Value) String() string { return string(v.AppendJSON(nil)) }

// AppendJSON appends the value to b on one line with Kea's spacing: keys in byte
// order, "{ "k": v }", "[ a, b ]", "{  }" and "[  ]" when empty. The
// configuration hash is taken over this text, so it must not change.
func (v *Value) AppendJSON(b []byte) []byte {
	if v == nil {
		return append(b, "null"...)
	}
	switch v.Kind {
	case List:
		b = append(b, '[', ' ')
		if len(v.List) < manyItems {
			b = appendItems(b, v.List)
		} else {
			b = appendShares(b, v.List)
		}
		return append(b, ' ', ']')
	case Map:
		b = append(b, '{', ' ')
		for i, m := range v.sorted() {
			if i > 0 {
				b = append(b, ',', ' ')
			}
			b = appendString(b, m.Key)
			b = append(b, ':', ' ')
			b = m.Value.AppendJSON(b)
		}
		return append(b, ' ', '}')
	}
	return v.appendScalar(b)
}

// appendItems appends the items of a list.
func appendItems(b []byte, items []*Value) []byte {
	for i, item := range items {
		if i > 0 {
			b = append(b, ',', ' ')
		}
		b = item.AppendJSON(b)
	}
	return b
}

// manyItems is from how many items on a list is printed in shares, one a
// processor.
const manyItems = 1024

func appendShares(b []byte, items []*Value) []byte {
	shares := make([][]byte, runtime.NumCPU())
	size := (len(items) + len(shares) - 1) / len(shares)
	var work sync.WaitGroup
	for n := range shares {
		from, to := min(n*size, len(items)), min((n+1)*size, len(items))
		work.Go(func() { shares[n] = appendItems(nil, items[from:to]) })
	}
	work.Wait()
	for n, share := range shares {
		if n > 0 && len(share) > 0 {
			b = append(b, ',', ' ')
		}
		b = append(b, share...)
	}
	return b
}

// appendScalar appends a value that is neither list nor map.
func (v *Value) appendScalar(b []byte) []byte {
	switch v.Kind {
	case Bool:
		return strconv.AppendBool(b, v.Bool)
	case Int:
		return strconv.AppendInt(b, v.Int, 10)
	case Real:
		return appendReal(b, v.Real)
	case String:
		return appendString(b, v.Str)
	case BigInt:
		return append(b, v.Str...)
	}
	return append(b, "null"...)
}

// appendReal appends f with at most six significant digits. A point or an
// exponent always shows, so that the number is read back as a real one. What
// JSON cannot say (infinities, not a number) becomes 0.0.
func appendReal(b []byte, f float64) []byte {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return append(b, "0.0"...)
	}
	start := len(b)
	b = strconv.AppendFloat(b, f, 'g', 6, 64)
	if bytes.ContainsAny(b[start:], ".e") {
		return b
	}
	return append(b, ".0"...)
}

// appendString appends s in quotes. Control characters are escaped; bytes above
// 0x7f are left alone, whether they are UTF-8 or not.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\b':
			b = append(b, '\\', 'b')
		case '\f':
			b = append(b, '\\', 'f')
		case '\n':
			b = append(b, '\\', 'n')
		case '\r':
			b = append(b, '\\', 'r')
		case '\t':
			b = append(b, '\\', 't')
		default:
			if c < 0x20 {
				const hex = "0123456789abcdef"
				b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
			} else {
				b = append(b, c)
			}
		}
	}
	return append(b, '"')
}

// sorted returns the members in byte order of their keys. The value itself keeps
// the order in which they were read.
func (v *Value) sorted() []Member {
	order := func(a, b Member) int { return strings.Compare(a.Key, b.Key) }
	if slices.IsSortedFunc(v.Members, order) {
		return v.Members
	}
	m := slices.Clone(v.Members)
	slices.SortStableFunc(m, order)
	return m
}
