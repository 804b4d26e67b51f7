package config

import (
	"iter"

	"nestor/lib/element"
)

// node is a map of the configuration under its path. Its methods read members
// by keyword; where the map has none, or one that the checker has
// refused, they return the default of the table.
type node struct {
	v     *element.Value
	scope *scope
	path  *path
}

// at returns the path of a member.
func (n node) at(key string) *path { return &path{up: n.path, key: key, index: -1} }

// item returns the path of an element of a list.
func (n node) item(key string, i int) *path { return &path{up: n.path, key: key, index: i} }

// find returns the value for a keyword and its row of the table.
func (n node) find(key string) (*element.Value, *keyword) {
	k := n.scope.index[key]
	v := k.get(n.v)
	if v != nil && !k.takes(v) {
		v = nil
	}
	return v, k
}

// has reports whether the map has the keyword, with a value of the right type.
func (n node) has(key string) bool {
	v, _ := n.find(key)
	return v != nil
}

// get returns the member if it has the given type.
func (n node) get(key string, kind element.Kind) *element.Value {
	v := n.v.Get(key)
	if v == nil || v.Kind != kind {
		return nil
	}
	return v
}

// pos is the place of a member, or that of the map when it has none.
func (n node) pos(key string) element.Pos {
	if v, _ := n.find(key); v != nil {
		return v.Pos
	}
	return n.v.Pos
}

func (n node) int(key string) int64 {
	v, k := n.find(key)
	if v == nil {
		i, _ := k.def.(int64)
		return i
	}
	return v.Int
}

func (n node) uint32(key string) uint32 { return uint32(n.int(key)) }

func (n node) bool(key string) bool {
	v, k := n.find(key)
	if v == nil {
		b, _ := k.def.(bool)
		return b
	}
	return v.Bool
}

// str returns a string; one of an enumeration in the spelling of the table.
func (n node) str(key string) string {
	v, k := n.find(key)
	if v == nil {
		s, _ := k.def.(string)
		return s
	}
	if k.enum != nil {
		return k.canonical(v.Str)
	}
	return v.Str
}

// strs returns a list of strings.
func (n node) strs(key string) []string {
	v, k := n.find(key)
	if v == nil {
		s, _ := k.def.([]string)
		return s
	}
	var out []string
	for _, item := range v.List {
		if item.Kind == element.String {
			out = append(out, item.Str)
		}
	}
	return out
}

// sub returns the map under a keyword.
func (n node) sub(key string) (node, bool) {
	v, k := n.find(key)
	if v == nil {
		return node{}, false
	}
	return node{v: v, scope: k.scope, path: n.at(key)}, true
}

// each yields the maps of the list under a keyword.
func (n node) each(key string) iter.Seq[node] {
	return func(yield func(node) bool) {
		v, k := n.find(key)
		if v == nil {
			return
		}
		for i, item := range v.List {
			if item.Kind == element.Map && !yield(node{v: item, scope: k.scope, path: n.item(key, i)}) {
				return
			}
		}
	}
}

// count is the number of elements of the list under a keyword.
func (n node) count(key string) int {
	v, _ := n.find(key)
	if v == nil {
		return 0
	}
	return len(v.List)
}

// subOrDefaults returns the map under a keyword, an empty one if there is none.
func (n node) subOrDefaults(key string) node {
	if sub, ok := n.sub(key); ok {
		return sub
	}
	return node{v: element.NewMap(), scope: n.scope.index[key].scope, path: n.at(key)}
}
