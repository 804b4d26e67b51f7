package memfile

import (
	"testing"

	"nestor/lib/lease"
	"nestor/lib/lease/storetest"
)

// The cases that all stores pass.
func TestStore4Cases(t *testing.T) {
	storetest.Run4(t, func(t testing.TB) lease.Manager4 {
		s, _, err := Open4(Options4{})
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
}

func TestStore6Cases(t *testing.T) {
	storetest.Run6(t, func(t testing.TB) lease.Manager6 {
		s, _, err := Open6(Options6{})
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
}
