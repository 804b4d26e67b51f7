package why

import (
	"testing"

	"nestor/lib/config"
	"nestor/lib/option"
)

// place is an exchange that serves from a subnet of a shared network.
type place struct {
	subnet  *config.Subnet
	network *config.SharedNetwork
}

func (place) Label() string { return "the client" }
func (place) Config() *config.Server {
	return &config.Server{Definitions: option.Standard6()}
}
func (p place) Place() (*config.Subnet, *config.SharedNetwork) { return p.subnet, p.network }

// TestSent names the scope of each set of options, also where scopes share one.
func TestSent(t *testing.T) {
	own := []*config.OptionData{{Space: option.Space6, Code: 23, HasData: true}}
	guarded := []*config.OptionData{{Space: option.Space6, Code: 23, HasData: true, ClientClasses: []string{"other"}}}
	const inPool, merged, global, unknown = 1, 2, 3, 4
	for _, c := range []struct {
		name  string
		place place
		pool  []*config.OptionData
		set   int
		want  string
	}{
		{"subnet", place{&config.Subnet{Text: "s", Options: own}, &config.SharedNetwork{Name: "n", Options: own}}, nil, merged, "subnet s"},
		{"network", place{&config.Subnet{Text: "s", Options: guarded}, &config.SharedNetwork{Name: "n", Options: own}}, nil, merged, "shared network n"},
		{"pool", place{&config.Subnet{Text: "s", Options: own}, nil}, own, inPool, "pool p"},
		{"pool with the options of its subnet", place{&config.Subnet{Text: "s", Options: own}, nil}, guarded, inPool, "subnet s"},
		{"global", place{&config.Subnet{Text: "s"}, nil}, nil, global, "global scope"},
		{"without subnet", place{}, nil, global, "global scope"},
		{"reservation in a database", place{&config.Subnet{Text: "s", Options: own}, nil}, nil, unknown, "the reservation"},
	} {
		trace := New(c.place)
		scopes := &Scopes[int]{
			Space: option.Space6, Subnet: []int{merged}, Global: []int{global}, Pools: []PoolSets[int]{{"pool p", c.pool, []int{inPool}}},
			IsMember: func(classes []string) bool { return len(classes) == 0 },
		}
		Sent(trace, scopes, 23, c.set)
		trace.AddSent(option.Space6, 23, make([]byte, 16), "nowhere")
		if got, want := trace.Notes()[0].Sentence(), "dns-servers (23): ::, from "+c.want; got != want {
			t.Errorf("%s: %q, want %q", c.name, got, want)
		}
	}
}

// TestNil shows that a trace of nobody takes everything.
func TestNil(t *testing.T) {
	var trace *Trace
	trace.Note(NoName)
	trace.Value(NameStored, "x")
	trace.Code(FromFQDN, 39)
	trace.Message(Dropped, nil, nil)
	trace.Lifetime(ValidLifetime, config.Triplet{}, NoClass, "valid-lifetime")
	trace.Timer(T1, 1, "renew-timer", "t1-percent", true)
	trace.From("siaddr", "x")
	trace.OptionFrom(1, "x")
}
