package hostname_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"nestor/lib/hostname"
)

func TestReadWire(t *testing.T) {
	label := func(n int) []byte { return append([]byte{byte(n)}, bytes.Repeat([]byte("a"), n)...) }
	root := []byte{0}
	longest := bytes.Join([][]byte{label(63), label(63), label(63), label(61)}, nil)
	for name, c := range map[string]struct {
		wire     []byte
		want     string
		complete bool
		err      error
	}{
		"complete":                   {[]byte("\x04host\x07example\x00"), "host.example", true, nil},
		"partial":                    {[]byte("\x04host"), "host", false, nil},
		"nothing":                    {nil, "", false, nil},
		"the root":                   {root, "", true, nil},
		"label cut short":            {[]byte("\x05host"), "", false, hostname.ErrBad},
		"compression":                {[]byte("\xc0\x0c"), "", false, hostname.ErrBad},
		"255 bytes with the root":    {append(bytes.Clone(longest), 0), strings.Repeat(strings.Repeat("a", 63)+".", 3) + strings.Repeat("a", 61), true, nil},
		"254 bytes without the root": {longest, strings.Repeat(strings.Repeat("a", 63)+".", 3) + strings.Repeat("a", 61), false, nil},
		"one byte more":              {append(append(bytes.Clone(longest), label(1)...), 0), "", false, hostname.ErrLong},
		"a packet full of labels":    {bytes.Repeat(label(1), 4000), "", false, hostname.ErrLong},
	} {
		t.Run(name, func(t *testing.T) {
			got, complete, err := hostname.ReadWire(c.wire)
			if got != c.want || !errors.Is(err, c.err) || err == nil && complete != c.complete {
				t.Errorf("%q, %t, %v", got, complete, err)
			}
		})
	}
}
