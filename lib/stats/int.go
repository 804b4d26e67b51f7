package stats

import (
	"math"
	"math/big"
	"sync"
	"time"
)

// Int is a statistic: a 64-bit integer with its last samples. Its methods may be
// called concurrently. It is kept small, since a server with many subnets has
// hundreds of thousands: older samples take memory only once there are any.
type Int struct {
	mu     sync.Mutex
	hidden bool // removed, or lazy and without an event yet
	scope  *scope
	leaf   string
	newest sample
	older  *history // nil until there is a second sample
}

// Sample is a value and when the statistic took it.
type Sample struct {
	Value int64
	// Exact is the value where 64 bits do not hold it and Value is the largest that
	// they do, else nil.
	Exact *big.Int
	Time  time.Time
}

type sample struct {
	value int64
	at    int64 // microseconds since 1970
}

// Name is the full name, such as "subnet[1].assigned-addresses".
func (i *Int) Name() string {
	if i.scope.name == "" {
		return i.leaf
	}
	return i.scope.name + "." + i.leaf
}

// Shown reports whether the statistic appears in answers.
func (i *Int) Shown() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return !i.hidden
}

// Value is the current value, 0 for a statistic that is not shown.
func (i *Int) Value() int64 {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.newest.value
}

// Add changes the value by delta at the time now. A statistic that was removed
// comes back with delta as its value.
func (i *Int) Add(delta int64, now time.Time) {
	at := now.UnixMicro()
	i.mu.Lock()
	i.record(sample{i.newest.value + delta, at})
	i.mu.Unlock()
}

// Set gives the statistic a value at the time now.
func (i *Int) Set(v int64, now time.Time) {
	at := now.UnixMicro()
	i.mu.Lock()
	i.record(sample{v, at})
	i.mu.Unlock()
}

// Begin gives the statistic a value at the time now as if it were new: without
// earlier samples, and without a limit of its own.
func (i *Int) Begin(v int64, now time.Time) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.hidden, i.newest, i.older = false, sample{v, now.UnixMicro()}, nil
}

// record makes s the newest sample. The caller holds mu.
func (i *Int) record(s sample) {
	if i.hidden {
		i.hidden = false
		i.newest = s
		return
	}
	if i.older == nil {
		if l := i.scope.reg.defaultLimit(); l.count != 1 {
			i.older = &history{limit: l}
		}
	}
	if i.older != nil {
		i.older.push(i.newest, s.at)
	}
	i.newest = s
}

// show makes a hidden statistic appear with the value 0.
func (i *Int) show(now time.Time) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.hidden {
		i.record(sample{0, now.UnixMicro()})
	}
}

// Samples appends the samples to dst, newest first; nothing for a statistic
// that is not shown.
func (i *Int) Samples(dst []Sample) []Sample {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.hidden {
		return dst
	}
	newest := i.newest.public()
	newest.Exact = i.exact()
	dst = append(dst, newest)
	if i.older != nil {
		for n := range i.older.n {
			dst = append(dst, i.older.at(n).public())
		}
	}
	return dst
}

func (s sample) public() Sample { return Sample{Value: s.value, Time: time.UnixMicro(s.at)} }

// exact is the current value where 64 bits do not hold it, else nil. The caller holds mu.
func (i *Int) exact() *big.Int {
	if i.newest.value != math.MaxInt64 {
		return nil
	}
	if all := i.scope.reg.exact.Load(); all != nil {
		return (*all)[i]
	}
	return nil
}

// Float is the current value, as near as can be.
func (i *Int) Float() float64 {
	i.mu.Lock()
	defer i.mu.Unlock()
	if v := i.exact(); v != nil {
		f, _ := v.Float64()
		return f
	}
	return float64(i.newest.value)
}

// reset leaves one sample with the value 0.
func (i *Int) reset(now time.Time) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.hidden {
		return
	}
	i.newest = sample{0, now.UnixMicro()}
	i.older.clear()
}

// remove hides the statistic until it is next recorded. Its own limit goes with
// it.
func (i *Int) remove() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.hidden, i.newest, i.older = true, sample{}, nil
}

// setLimit gives the statistic a limit of its own.
func (i *Int) setLimit(l limit) {
	i.scope.reg.varied.Store(true)
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.older == nil {
		i.older = &history{}
	}
	i.older.setLimit(l, i.newest.at)
}

// followDefault puts a changed default in force.
func (i *Int) followDefault(l limit) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.older != nil {
		i.older.setLimit(l, i.newest.at)
	}
}
