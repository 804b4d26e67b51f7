package option

import (
	"bytes"
	"strings"
	"testing"
)

func TestEncodeSuboptions4(t *testing.T) {
	b := EncodeSuboptions4([]Sub{{2, []byte("ab")}, {1, nil}, {7, bytes.Repeat([]byte{5}, 300)}})
	want := "02026162" + "0100" + "07FF" + strings.Repeat("05", 255) + "072D" + strings.Repeat("05", 45)
	if FormatHex(b) != want {
		t.Errorf("D4.21.2: %X", b)
	}
}

func TestEncodeSuboptions6(t *testing.T) {
	b := EncodeSuboptions6([]Sub{{258, []byte("ab")}, {1, nil}})
	if FormatHex(b) != "010200026162"+"00010000" {
		t.Errorf("%X", b)
	}
}

func TestAppendVendor4(t *testing.T) {
	const number = "0000118B"
	for _, c := range []struct {
		name string
		opts []Sub
		want string
	}{
		{"none", nil, number + "00"},
		{"sub-options behind the number", []Sub{{2, []byte{1, 2}}, {5, nil}}, number + "06" + "02020102" + "0500"},
		{"a block is full", []Sub{{1, make([]byte, 253)}, {2, []byte{7}}}, number + "FF" + "01FD" + strings.Repeat("00", 253) + number + "03" + "020107"},
		{"a sub-option longer than a block", []Sub{{1, make([]byte, 254)}}, number + "FF" + "01FD" + strings.Repeat("00", 253) + number + "03" + "010100"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if b := AppendVendor4(nil, 4491, c.opts); FormatHex(b) != c.want {
				t.Errorf("%X, want %s", b, c.want)
			}
		})
	}
}
