package element

import (
	"maps"
	"math/big"
	"slices"
)

// NewNull returns a null.
func NewNull() *Value { return &Value{Kind: Null} }

// NewBool returns a boolean.
func NewBool(b bool) *Value { return &Value{Kind: Bool, Bool: b} }

// NewInt returns an integer.
func NewInt(i int64) *Value { return &Value{Kind: Int, Int: i} }

// NewReal returns a floating point number.
func NewReal(f float64) *Value { return &Value{Kind: Real, Real: f} }

// NewString returns a string. It may hold any bytes; those above 0x7f are
// printed as they are.
func NewString(s string) *Value { return &Value{Kind: String, Str: s} }

// NewBigInt returns an integer of any size: an Int when 64 bits hold it, a
// BigInt otherwise.
func NewBigInt(n *big.Int) *Value {
	if n.IsInt64() {
		return NewInt(n.Int64())
	}
	return &Value{Kind: BigInt, Str: n.String()}
}

// NewList returns a list of the given values.
func NewList(items ...*Value) *Value { return &Value{Kind: List, List: items} }

// NewMap returns an empty map.
func NewMap() *Value { return &Value{Kind: Map} }

// Get returns the value of key in a map, or nil when v is nil, is no map, or has
// no such key. It looks through the members one by one: a program that asks a
// large map for many keys should build an index.
func (v *Value) Get(key string) *Value {
	if m := v.Member(key); m != nil {
		return m.Value
	}
	return nil
}

// Member returns the member of a map that has the key, or nil.
func (v *Value) Member(key string) *Member {
	if v == nil || v.Kind != Map {
		return nil
	}
	for i := range v.Members {
		if v.Members[i].Key == key {
			return &v.Members[i]
		}
	}
	return nil
}

// Set gives the key of a map a value, in place of the one it had. It returns v,
// so that calls can be chained.
func (v *Value) Set(key string, value *Value) *Value {
	if m := v.Member(key); m != nil {
		m.Value = value
		return v
	}
	return v.Add(key, value)
}

// Add appends a member to a map without looking whether the key is there
// already, which is the caller's to know; it is what builds large maps in linear
// time. It returns v.
func (v *Value) Add(key string, value *Value) *Value {
	v.Members = append(v.Members, Member{Key: key, Value: value})
	return v
}

// Delete removes the key from a map and reports whether it was there.
func (v *Value) Delete(key string) bool {
	if v == nil {
		return false
	}
	n := len(v.Members)
	v.Members = slices.DeleteFunc(v.Members, func(m Member) bool { return m.Key == key })
	return len(v.Members) < n
}

// Append adds items to a list and returns it.
func (v *Value) Append(items ...*Value) *Value {
	v.List = append(v.List, items...)
	return v
}

// Clone returns a deep copy, positions included.
func (v *Value) Clone() *Value {
	if v == nil {
		return nil
	}
	c := *v
	c.List = slices.Clone(v.List)
	for i := range c.List {
		c.List[i] = c.List[i].Clone()
	}
	c.Members = slices.Clone(v.Members)
	for i := range c.Members {
		c.Members[i].Value = c.Members[i].Value.Clone()
	}
	return &c
}

// Equal reports whether two values are the same apart from their positions and
// the order of map members. Integers and reals are never equal to each other.
func (v *Value) Equal(w *Value) bool {
	if v == nil || w == nil {
		return v == w
	}
	if v.Kind != w.Kind {
		return false
	}
	switch v.Kind {
	case Bool:
		return v.Bool == w.Bool
	case Int:
		return v.Int == w.Int
	case Real:
		return v.Real == w.Real
	case String, BigInt:
		return v.Str == w.Str
	case List:
		return slices.EqualFunc(v.List, w.List, (*Value).Equal)
	case Map:
		return len(v.Members) == len(w.Members) &&
			maps.EqualFunc(v.index(), w.index(), (*Value).Equal)
	}
	return true
}

// index returns the members of a map by key.
func (v *Value) index() map[string]*Value {
	m := make(map[string]*Value, len(v.Members))
	for _, e := range v.Members {
		m[e.Key] = e.Value
	}
	return m
}
