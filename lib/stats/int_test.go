package stats

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"
	"unsafe"

	"pgregory.net/rapid"
)

var start = time.Date(2026, 11, 21, 17, 27, 11, 680021000, time.Local)

// newTest makes a registry whose clock the test turns.
func newTest() (*Registry, *time.Time) {
	now := start
	return New(func() time.Time { return now }), &now
}

func values(i *Int) []int64 {
	var all []int64
	for _, s := range i.Samples(nil) {
		all = append(all, s.Value)
	}
	return all
}

func TestSamples(t *testing.T) {
	r, _ := newTest()
	i := r.Int("pkt4-received")
	t.Run("PL.6.3 D4.47.2 a statistic starts with 0", func(t *testing.T) {
		if got := i.Samples(nil); len(got) != 1 || got[0].Value != 0 || !got[0].Time.Equal(start) {
			t.Errorf("samples are %v", got)
		}
	})
	t.Run("PL.6.2 newest first", func(t *testing.T) {
		i.Add(5, start.Add(time.Second))
		i.Add(-2, start.Add(2*time.Second))
		i.Set(10, start.Add(3*time.Second))
		if got := values(i); !slices.Equal(got, []int64{10, 3, 5, 0}) {
			t.Errorf("samples are %v", got)
		}
		if got := i.Samples(nil)[1].Time; !got.Equal(start.Add(2 * time.Second)) {
			t.Errorf("time is %v", got)
		}
		if i.Value() != 10 {
			t.Errorf("value is %d", i.Value())
		}
	})
	t.Run("PL.6.5 20 samples by default", func(t *testing.T) {
		for range 30 {
			i.Add(1, start)
		}
		if got := values(i); len(got) != 20 || got[0] != 40 || got[19] != 21 {
			t.Errorf("samples are %v", got)
		}
	})
	t.Run("64 bits", func(t *testing.T) {
		const most = 1<<63 - 1
		big := r.Int("big")
		big.Set(most, start)
		if big.Add(-1, start); big.Value() != most-1 {
			t.Errorf("value is %d", big.Value())
		}
	})
}

func TestDefaults(t *testing.T) {
	second := func(n int) time.Time { return start.Add(time.Duration(n) * time.Second) }
	fill := func(r *Registry) *Int {
		i := r.Int("x")
		for n := 1; n < 10; n++ {
			i.Set(int64(n), second(n))
		}
		return i
	}
	for _, tc := range []struct {
		name  string
		count uint32
		age   time.Duration
		want  []int64
	}{
		{"PL.6.6 D4.47.3 a count", 3, 0, []int64{9, 8, 7}},
		{"PL.6.7 one sample", 1, 0, []int64{9}},
		{"PL.6.6 D4.47.4 count 0 means age", 0, 4 * time.Second, []int64{9, 8, 7, 6, 5}},
		{"age 0 keeps what is of one moment", 0, 0, []int64{9}},
	} {
		t.Run(tc.name+", set before", func(t *testing.T) {
			r, _ := newTest()
			r.SetDefaults(tc.count, tc.age)
			if got := values(fill(r)); !slices.Equal(got, tc.want) {
				t.Errorf("samples are %v, want %v", got, tc.want)
			}
		})
		t.Run(tc.name+", set after", func(t *testing.T) {
			r, _ := newTest()
			i := fill(r)
			r.SetDefaults(tc.count, tc.age)
			if got := values(i); !slices.Equal(got, tc.want) {
				t.Errorf("samples are %v, want %v", got, tc.want)
			}
		})
	}
}

func TestLazy(t *testing.T) {
	r, now := newTest()
	const name = "subnet[1].v4-allocation-fail"
	i := r.Lazy(name)
	if i.Shown() || r.lookup(name) != nil || len(i.Samples(nil)) != 0 || i.Value() != 0 {
		t.Error("shown before its first event") // PL.6.3 D4.47.2
	}
	if r.Lazy(name) != i {
		t.Error("another pointer for the same name")
	}
	i.Add(1, start)
	if got := values(i); !slices.Equal(got, []int64{1}) || r.lookup(name) != i {
		t.Errorf("after the first event: %v", got) // PL.6.3 D4.47.2
	}
	j := r.Lazy("subnet[2].v4-allocation-fail")
	*now = start.Add(time.Second)
	if r.Int("subnet[2].v4-allocation-fail") != j || !slices.Equal(values(j), []int64{0}) {
		t.Errorf("Int does not show a lazy one: %v", values(j))
	}
}

func TestDrop(t *testing.T) {
	names := []string{"a", "subnet[1].a", "subnet[1].pool[0].a", "subnet[1].pd-pool[0].a", "subnet[10].a", "subnet[2].a", "key[k.example.].a"}
	for _, tc := range []struct {
		prefix string
		left   []string
	}{
		{"subnet[1].", []string{"a", "subnet[10].a", "subnet[2].a", "key[k.example.].a"}},
		{"subnet[1]", []string{"a", "subnet[10].a", "subnet[2].a", "key[k.example.].a"}},
		{"subnet[1].pool[0].", []string{"a", "subnet[1].a", "subnet[1].pd-pool[0].a", "subnet[10].a", "subnet[2].a", "key[k.example.].a"}},
		{"subnet[", []string{"a", "key[k.example.].a"}},
		{"key[k.example.].", []string{"a", "subnet[1].a", "subnet[1].pool[0].a", "subnet[1].pd-pool[0].a", "subnet[10].a", "subnet[2].a"}},
		{"subnet[3].", names},
		{"", names},
	} {
		t.Run(tc.prefix, func(t *testing.T) {
			r, _ := newTest()
			pointers := map[string]*Int{}
			for _, n := range names {
				pointers[n] = r.Int(n)
			}
			r.Drop(tc.prefix)
			var left []string
			for i := range r.All() {
				left = append(left, i.Name())
			}
			slices.Sort(left)
			want := slices.Clone(tc.left)
			slices.Sort(want)
			if !slices.Equal(left, want) {
				t.Errorf("left are %v, want %v", left, want)
			}
			for name, i := range pointers {
				// Who still counts in what was dropped does no harm.
				i.Add(1, start)
				if again := r.Int(name); slices.Contains(want, name) != (again == i) {
					t.Errorf("%s: same pointer again is %v", name, again == i)
				}
			}
		})
	}
}

// TestAgainstModel drives one statistic and a naive slice of samples with the
// same random steps.
func TestAgainstModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, now := newTest()
		i := r.Int("x")
		m := model{limit: limit{count: DefaultSampleCount}, samples: []sample{{0, start.UnixMicro()}}}
		for range rapid.IntRange(0, 60).Draw(t, "steps") {
			*now = now.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "seconds")) * time.Second)
			switch rapid.IntRange(0, 9).Draw(t, "step") {
			case 0:
				i.reset(*now)
				m.samples = []sample{{0, now.UnixMicro()}}
			case 1:
				l := limit{count: rapid.Uint32Range(1, 8).Draw(t, "count")}
				i.setLimit(l)
				m.setLimit(l)
			case 2:
				l := limit{age: int64(rapid.IntRange(0, 10).Draw(t, "age")) * 1e6}
				i.setLimit(l)
				m.setLimit(l)
			case 3:
				l := limit{count: rapid.Uint32Range(1, 4).Draw(t, "default")}
				r.SetDefaults(l.count, 0)
				m.setLimit(l)
			default:
				delta := rapid.Int64Range(-5, 5).Draw(t, "delta")
				i.Add(delta, *now)
				m.add(sample{m.samples[0].value + delta, now.UnixMicro()})
			}
			var got []sample
			for _, s := range i.Samples(nil) {
				got = append(got, sample{s.Value, s.Time.UnixMicro()})
			}
			if !slices.Equal(got, m.samples) {
				t.Fatalf("samples are %v, want %v", got, m.samples)
			}
		}
	})
}

type model struct {
	limit   limit
	samples []sample
}

func (m *model) add(s sample) {
	m.samples = slices.Insert(m.samples, 0, s)
	m.trim()
}

func (m *model) setLimit(l limit) {
	m.limit = l
	m.trim()
}

func (m *model) trim() {
	if m.limit.count > 0 {
		m.samples = m.samples[:min(len(m.samples), int(m.limit.count))]
		return
	}
	for newest := m.samples[0].at; newest-m.samples[len(m.samples)-1].at > m.limit.age; {
		m.samples = m.samples[:len(m.samples)-1]
	}
}

// TestConcurrency must be run with -race to show all it can.
func TestConcurrency(t *testing.T) {
	r, _ := newTest()
	const adders, each = 4, 1000
	var wg sync.WaitGroup
	for a := range adders {
		wg.Go(func() {
			i := r.Int("shared")
			own := r.Lazy(fmt.Sprintf("subnet[%d].own", a))
			for range each {
				i.Add(1, start)
				own.Add(1, start)
			}
		})
	}
	for n := range 50 {
		r.SetDefaults(uint32(n%5), time.Second)
		for i := range r.All() {
			i.Samples(nil)
		}
	}
	wg.Wait()
	if got := r.Int("shared").Value(); got != adders*each {
		t.Errorf("value is %d, want %d", got, adders*each)
	}
}

func TestAddDoesNotAllocate(t *testing.T) {
	r, _ := newTest()
	i := r.Int("x")
	for range 2 * DefaultSampleCount {
		i.Add(1, start)
	}
	if n := testing.AllocsPerRun(100, func() { i.Add(1, start) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestMemory counts what the statistics of 10,000 subnets take.
func TestMemory(t *testing.T) {
	const subnets, each = 10_000, 24
	leaves := make([]string, each)
	for n := range leaves {
		leaves[n] = fmt.Sprintf("some-statistic-%d", n)
	}
	r, _ := newTest()
	before := heap()
	for id := range subnets {
		for _, leaf := range leaves {
			r.Int(fmt.Sprintf("subnet[%d].%s", id, leaf))
		}
	}
	per := float64(heap()-before) / (subnets * each)
	t.Logf("%.1f bytes a statistic", per)
	if per > 100 {
		t.Errorf("%.1f bytes a statistic, want less than 100", per)
	}
	if size := unsafe.Sizeof(Int{}); size > 64 {
		t.Errorf("an Int has %d bytes, want 64 at most", size)
	}
	runtime.KeepAlive(r)
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func BenchmarkAdd(b *testing.B) {
	i := New(time.Now).Int("pkt4-received")
	b.ReportAllocs()
	for b.Loop() {
		i.Add(1, start)
	}
}

func BenchmarkAddShared(b *testing.B) {
	i := New(time.Now).Int("pkt4-received")
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			i.Add(1, start)
		}
	})
}

func BenchmarkDropEach(b *testing.B) {
	for b.Loop() {
		r := New(time.Now)
		for id := range 1000 {
			r.Int(fmt.Sprintf("subnet[%d].pool[0].a", id))
		}
		for id := range 1000 {
			r.Drop(fmt.Sprintf("subnet[%d].", id))
		}
	}
}
