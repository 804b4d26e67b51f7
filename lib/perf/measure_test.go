package perf

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A histogram's quantiles are those of the sorted values, from below never and
// from above by less than one part in 128.
func TestHistogramProperties(t *testing.T) {
	duration := rapid.Custom(func(t *rapid.T) int64 {
		return rapid.Int64Range(0, 1<<rapid.IntRange(1, 62).Draw(t, "scale")).Draw(t, "ns")
	})
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(duration, 1, 200).Draw(t, "values")
		var h Histogram
		var sum float64
		for _, v := range values {
			h.Record(time.Duration(v))
			sum += float64(v)
		}
		slices.Sort(values)
		n := len(values)
		if h.Count() != uint64(n) || int64(h.Min()) != values[0] || int64(h.Max()) != values[n-1] {
			t.Fatalf("count %d, min %d, max %d of %v", h.Count(), h.Min(), h.Max(), values)
		}
		if mean := sum / float64(n); math.Abs(float64(h.Mean())-mean) > 1+mean/1e9 {
			t.Fatalf("mean %d, want %g", h.Mean(), mean)
		}
		q := rapid.Float64Range(0, 1).Draw(t, "q")
		exact := values[max(int(math.Ceil(q*float64(n))), 1)-1]
		got := int64(h.Quantile(q))
		if got < exact || float64(got) > float64(exact)*(1+1.0/subBuckets)+1 {
			t.Fatalf("quantile %g is %d, want %d", q, got, exact)
		}
	})
}

func TestHistogramSpread(t *testing.T) {
	var h Histogram
	if h.Quantile(0.5) != 0 || h.Mean() != 0 || h.StdDev() != 0 {
		t.Error("an empty histogram has no values")
	}
	for _, v := range []time.Duration{2, 4, 4, 4, 5, 5, 7, 9} {
		h.Record(v * time.Second)
	}
	if got := h.StdDev(); got != 2*time.Second {
		t.Errorf("standard deviation %v, want 2s", got)
	}
	h.Record(-1)
	if h.Min() != 0 {
		t.Errorf("a negative duration counts as %v, want 0", h.Min())
	}
	h.Reset()
	if h.Count() != 0 || h.Max() != 0 {
		t.Error("Reset left something")
	}
}

// The exchange table against a model of maps and slices.
func TestExchangeTableProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(1, 9).Draw(t, "size")
		idBits := rapid.SampledFrom([]int{24, 32}).Draw(t, "bits of an id")
		table := newExchangeTable[binding4](size, rapid.Uint32().Draw(t, "seed"), idBits)
		queues := map[kind][]uint32{} // transaction ids by stage, oldest first
		stageOf := map[uint32]kind{}
		var ids, past []uint32
		remove := func(id uint32) {
			k := stageOf[id]
			queues[k] = slices.DeleteFunc(queues[k], func(x uint32) bool { return x == id })
			delete(stageOf, id)
			ids = slices.DeleteFunc(ids, func(x uint32) bool { return x == id })
		}
		put := func(id uint32, k kind) {
			queues[k] = append(queues[k], id)
			stageOf[id] = k
			ids = append(ids, id)
		}
		stage := rapid.SampledFrom([]kind{kindDiscover, kindRequest, kindRenew})
		t.Repeat(map[string]func(*rapid.T){
			"take": func(t *rapid.T) {
				i, ok := table.take()
				if ok != (len(ids) < len(table.records)) {
					t.Fatalf("take is %v with %d of %d in use", ok, len(ids), len(table.records))
				}
				if ok {
					k := stage.Draw(t, "stage")
					table.enter(i, k)
					put(table.records[i].xid, k)
				}
			},
			"move": func(t *rapid.T) {
				if len(ids) == 0 {
					t.Skip("none under way")
				}
				id, k := rapid.SampledFrom(ids).Draw(t, "xid"), stage.Draw(t, "stage")
				remove(id)
				put(id, k)
				table.enter(table.find(id), k)
			},
			"release": func(t *rapid.T) {
				if len(ids) == 0 {
					t.Skip("none under way")
				}
				id := rapid.SampledFrom(ids).Draw(t, "xid")
				table.release(table.find(id))
				remove(id)
				past = append(past, id)
			},
			"": func(t *rapid.T) {
				for k := range idle {
					var got []uint32
					for i := table.head[k]; i != none; i = table.records[i].next {
						got = append(got, table.records[i].xid)
					}
					if !slices.Equal(got, queues[k]) {
						t.Fatalf("queue of stage %d is %v, want %v", k, got, queues[k])
					}
				}
				for _, id := range past {
					if stageOf[id] == 0 && table.find(id) != none && !slices.Contains(ids, id) {
						t.Fatalf("finished exchange %#x is found", id)
					}
				}
				if table.underWay() != len(ids) {
					t.Fatalf("%d under way, want %d", table.underWay(), len(ids))
				}
			},
		})
	})
}

// A packet must not cost an allocation, however long the run.
func TestNoAllocationPerPacket(t *testing.T) {
	o := Defaults()
	o.InFlight, o.Clients = 64, 0
	loop := &echoWire{}
	e := newEngine(&o, newFamily4(&o, 0), wire[binding4](loop), nil)
	e.begin(0)
	turn := func() {
		now := e.now()
		n, _ := loop.receive(e.in[:])
		for _, m := range e.in[:n] {
			e.handle(m, now)
		}
		e.start(now)
		e.flush()
		e.expire(now)
	}
	turn()
	if allocations := testing.AllocsPerRun(200, turn); allocations != 0 {
		t.Errorf("%.1f allocations for a batch", allocations)
	}
	if e.tally.whole.Count() < 64*50 || e.failure != nil {
		t.Errorf("only %d exchanges done", e.tally.whole.Count())
	}
}

// An echoWire answers the last batch without allocating.
type echoWire struct {
	fakeWire
	replies [batchSize][]byte
	count   int
}

func (w *echoWire) send(frames [][]byte) (int, error) {
	for i, f := range frames {
		if w.replies[i] == nil {
			w.replies[i] = make([]byte, 0, 400)
		}
		r := append(w.replies[i][:0], f[:240]...)
		r[0], r[16] = 2, 10
		kind := byte(typeOffer)
		if f[242] == typeRequest {
			kind = typeACK
		}
		w.replies[i] = append(r, 53, 1, kind, 54, 4, 192, 0, 2, 1, 255)
	}
	w.count = len(frames)
	return len(frames), nil
}

func (w *echoWire) receive(messages [][]byte) (int, error) {
	n := copy(messages, w.replies[:w.count])
	w.count = 0
	return n, nil
}
