package lease

import (
	"math/big"
	"net/netip"
	"testing"

	"pgregory.net/rapid"
)

func TestRange6(t *testing.T) {
	for _, c := range []struct {
		first string
		len   uint8
		n     uint64
		want  string
	}{
		{"2001:db8::", 128, 0, "2001:db8::"},
		{"2001:db8::", 128, 1, "2001:db8::1"},
		{"2001:db8::ffff:ffff:ffff:ffff", 128, 1, "2001:db8:0:1::"},
		{"2001:db8::", 128, 1<<64 - 1, "2001:db8::ffff:ffff:ffff:ffff"},
		{"2001:db8::", 64, 1, "2001:db8:0:1::"},
		{"2001:db8::", 56, 255, "2001:db8:0:ff00::"},
		{"2001:db8::", 56, 256, "2001:db8:1::"},
		{"2001:db8::", 65, 1, "2001:db8:0:0:8000::"},
		{"2001:db8::", 65, 3, "2001:db8:0:1:8000::"},
		{"2000::", 4, 1, "3000::"},
		{"::", 1, 1, "8000::"},
	} {
		r := Range6{netip.MustParseAddr(c.first).As16(), c.len}
		if got := netip.AddrFrom16(r.At(c.n)); got.String() != c.want {
			t.Errorf("%s/%d: place %d is %s, want %s", c.first, c.len, c.n, got, c.want)
		}
		if n, ok := r.Place(netip.MustParseAddr(c.want).As16()); n != c.n || !ok {
			t.Errorf("%s/%d: %s is place %d, %t, want %d", c.first, c.len, c.want, n, ok, c.n)
		}
	}
}

// TestRange6Arithmetic holds both directions to big numbers.
func TestRange6Arithmetic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		length := rapid.Uint8Range(1, 128).Draw(t, "length")
		first := drawAddress(t, "first")
		step := uint(128 - length)
		base := new(big.Int).Rsh(number(first), step)
		r := Range6{address(new(big.Int).Lsh(base, step)), length}
		addr := drawAddress(t, "addr")
		want := new(big.Int).Sub(number(addr), number(r.First))
		n, ok := r.Place(addr)
		if want.Sign() < 0 || want.Rsh(want, step).BitLen() > 64 {
			if ok {
				t.Fatalf("%x in %x/%d: place %d, want none", addr, r.First, length, n)
			}
			return
		}
		if !ok || n != want.Uint64() {
			t.Fatalf("%x in %x/%d: place %d, %t, want %s", addr, r.First, length, n, ok, want)
		}
		start := new(big.Int).Lsh(new(big.Int).Rsh(number(addr), step), step)
		if got := r.At(n); got != address(start) {
			t.Fatalf("%x/%d: place %d is %x, want %x", r.First, length, n, got, address(start))
		}
	})
}

func drawAddress(t *rapid.T, name string) [16]byte {
	return [16]byte(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, name))
}

func number(a [16]byte) *big.Int { return new(big.Int).SetBytes(a[:]) }

func address(n *big.Int) (a [16]byte) {
	n.FillBytes(a[:])
	return a
}
