package lifetime_test

import (
	"testing"

	"nestor/lib/config"
	"nestor/lib/lifetime"
)

func TestBound(t *testing.T) {
	triplet := config.Triplet{Min: 10, Default: 20, Max: 30}
	for asked, want := range map[uint32]uint32{0: 20, 5: 10, 15: 15, 35: 30} {
		if got := lifetime.Bound(triplet, asked); got != want {
			t.Errorf("asked for %d: %d, want %d", asked, got, want)
		}
	}
}

func TestTees(t *testing.T) {
	p := &config.NetworkParams{CalculateTee: true, T1Percent: 0.5, T2Percent: 0.8}
	if t1, ok := lifetime.T1(p, 4501); t1 != 2251 || !ok {
		t.Errorf("T1 is %d, %t", t1, ok)
	}
	p.RebindTimer = config.Opt[uint32]{Set: true, V: 7}
	if t2, ok := lifetime.T2(p, 4500); t2 != 7 || !ok {
		t.Errorf("T2 is %d, %t", t2, ok)
	}
	if _, ok := lifetime.T1(&config.NetworkParams{}, 4500); ok {
		t.Error("a T1 came from nowhere")
	}
}

func TestFresh(t *testing.T) {
	age := func(v uint32) config.Opt[uint32] { return config.Opt[uint32]{Set: true, V: v} }
	share := func(v float64) config.Opt[float64] { return config.Opt[float64]{Set: true, V: v} }
	for _, c := range []struct {
		what string
		p    config.NetworkParams
		age  int64
		want bool
	}{
		{"no cache", config.NetworkParams{}, 1, false},
		{"young enough", config.NetworkParams{CacheMaxAge: age(50)}, 50, true},
		{"too old", config.NetworkParams{CacheMaxAge: age(50)}, 51, false},
		{"maximum 0", config.NetworkParams{CacheMaxAge: age(0)}, 0, false},
		{"below the threshold", config.NetworkParams{CacheThreshold: share(0.25)}, 25, true},
		{"above the threshold", config.NetworkParams{CacheThreshold: share(0.25)}, 26, false},
		{"threshold 0", config.NetworkParams{CacheThreshold: share(0)}, 0, false},
		{"threshold above 1", config.NetworkParams{CacheThreshold: share(1.1)}, 1, false},
		{"both", config.NetworkParams{CacheMaxAge: age(10), CacheThreshold: share(0.25)}, 20, false},
		{"run out", config.NetworkParams{CacheMaxAge: age(500)}, 100, false},
		{"the clock went back", config.NetworkParams{CacheMaxAge: age(500)}, -1, false},
	} {
		if got := lifetime.Fresh(&c.p, c.age, 100); got != c.want {
			t.Errorf("%s: %t", c.what, got)
		}
	}
}
