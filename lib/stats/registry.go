package stats

import (
	"iter"
	"math/big"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// DefaultSampleCount is how many samples a statistic keeps unless told
// otherwise (ARM 17.4).
const DefaultSampleCount = 20

// limit bounds the samples of a statistic: by number when count is above 0,
// else by age in microseconds.
type limit struct {
	count uint32
	age   int64
}

// Registry holds the statistics of one daemon. All methods may be called
// concurrently.
type Registry struct {
	clock func() time.Time

	mu     sync.RWMutex
	scopes map[string]*scope
	leaves map[string]string // one copy of each last name part
	limit  limit             // of every statistic without one of its own
	varied atomic.Bool       // some may have one of their own

	exact atomic.Pointer[map[*Int]*big.Int] // see SetExact
}

// SetExact says for which numbers the largest 64-bit one stands as the value of
// statistics, by their names, and forgets those it was told before.
func (r *Registry) SetExact(values map[string]*big.Int) {
	exact := make(map[*Int]*big.Int, len(values))
	for name, v := range values {
		exact[r.Int(name)] = v
	}
	r.exact.Store(&exact)
}

// scope holds the statistics whose names share all but the last part: "" the
// global ones, "subnet[1]" those of a subnet, "subnet[1].pool[0]" of a pool.
type scope struct {
	reg      *Registry
	name     string
	ints     []*Int
	parent   *scope   // the subnet of a pool's scope
	children []*scope // the pools of a subnet's scope
}

// New makes an empty registry. clock dates samples that no event dates: the
// first ones and those of resets.
func New(clock func() time.Time) *Registry {
	return &Registry{
		clock:  clock,
		scopes: map[string]*scope{},
		leaves: map[string]string{},
		limit:  limit{count: DefaultSampleCount},
	}
}

// Int gives the statistic of that name. One that is new, or was Lazy and had
// no event yet, is shown from now on with the value 0. The pointer stays valid
// until the statistic is dropped; what is added to it after that is lost.
func (r *Registry) Int(name string) *Int {
	i := r.intern(name)
	i.show(r.clock())
	return i
}

// Lazy gives the statistic of that name as Int does, but a new one is not shown
// before its first event. The per-subnet allocation failures are of this kind.
func (r *Registry) Lazy(name string) *Int { return r.intern(name) }

func (r *Registry) intern(name string) *Int {
	scopeName, leaf := split(name)
	r.mu.RLock()
	i := r.scopes[scopeName].find(leaf)
	r.mu.RUnlock()
	if i != nil {
		return i
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.scope(scopeName)
	if i := s.find(leaf); i != nil {
		return i
	}
	if interned, ok := r.leaves[leaf]; ok {
		leaf = interned
	} else {
		leaf = strings.Clone(leaf)
		r.leaves[leaf] = leaf
	}
	i = &Int{scope: s, leaf: leaf, hidden: true}
	s.ints = append(s.ints, i)
	return i
}

// split parts a name before its last dot.
func split(name string) (scope, leaf string) {
	if dot := strings.LastIndexByte(name, '.'); dot >= 0 {
		return name[:dot], name[dot+1:]
	}
	return "", name
}

// scope finds or makes a scope and those above it.
func (r *Registry) scope(name string) *scope {
	if s := r.scopes[name]; s != nil {
		return s
	}
	name = strings.Clone(name)
	s := &scope{reg: r, name: name}
	r.scopes[name] = s
	if end := strings.Index(name, "]."); end >= 0 {
		s.parent = r.scope(name[:end+1])
		s.parent.children = append(s.parent.children, s)
	}
	return s
}

func (s *scope) find(leaf string) *Int {
	if s == nil {
		return nil
	}
	for _, i := range s.ints {
		if i.leaf == leaf {
			return i
		}
	}
	return nil
}

// lookup finds a statistic that is shown, or gives nil.
func (r *Registry) lookup(name string) *Int {
	scopeName, leaf := split(name)
	r.mu.RLock()
	i := r.scopes[scopeName].find(leaf)
	r.mu.RUnlock()
	if i == nil || !i.Shown() {
		return nil
	}
	return i
}

// All goes over the statistics that are shown, in no certain order. It works on
// a snapshot of the set; the registry may be used meanwhile.
func (r *Registry) All() iter.Seq[*Int] {
	return func(yield func(*Int) bool) {
		for _, i := range r.snapshot() {
			if i.Shown() && !yield(i) {
				return
			}
		}
	}
}

func (r *Registry) snapshot() []*Int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	n := 0
	for _, s := range r.scopes {
		n += len(s.ints)
	}
	all := make([]*Int, 0, n)
	for _, s := range r.scopes {
		all = append(all, s.ints...)
	}
	return all
}

// Drop forgets the statistics below a scope: Drop("subnet[5].") those of the
// subnet and of its pools, when it is gone from the configuration. A prefix
// that is no scope, such as "subnet[", drops every scope that starts with it.
func (r *Registry) Drop(prefix string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	name := strings.TrimSuffix(prefix, ".")
	if s := r.scopes[name]; s != nil && name != "" {
		r.drop(s)
		return
	}
	if strings.HasSuffix(prefix, ".") || prefix == "" {
		return
	}
	for name, s := range r.scopes {
		if strings.HasPrefix(name, prefix) {
			r.drop(s)
		}
	}
}

// drop takes a scope and those below it out of the registry.
func (r *Registry) drop(s *scope) {
	for _, c := range s.children {
		delete(r.scopes, c.name)
	}
	delete(r.scopes, s.name)
	if s.parent != nil {
		s.parent.children = slices.DeleteFunc(s.parent.children, func(c *scope) bool { return c == s })
	}
}

// SetDefaults sets the limit of samples of all statistics, those made later
// included: count samples, or, when count is 0, those not older than age
// (statistic-default-sample-count and -age, ARM 8.8).
func (r *Registry) SetDefaults(count uint32, age time.Duration) {
	r.setLimits(limit{count: count, age: age.Microseconds()})
}

func (r *Registry) setLimits(l limit) {
	r.mu.Lock()
	same := r.limit == l
	r.limit = l
	r.mu.Unlock()
	if !r.varied.Swap(false) && same {
		return // there may be hundreds of thousands
	}
	for _, i := range r.snapshot() {
		i.followDefault(l)
	}
}

func (r *Registry) defaultLimit() limit {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.limit
}
