package config

import "nestor/lib/element"

// kind is what the value of a keyword has to be.
type kind uint8

const (
	kindInt   kind = iota
	kindFloat      // written with a point or an exponent (ARM 8.2.1)
	kindBool
	kindString
	kindStrings // a list of strings
	kindMap     // a map with a scope of its own
	kindMaps    // a list of such maps
	kindFree    // a map of anything: user-context, parameters of a hook
)

// keyword is what may stand for one key of a map. Tables of keywords are data:
// the checker, the decoders and the description of the configuration read them.
type keyword struct {
	name string
	kind kind
	// min and max bound an integer, both ends included.
	min, max int64
	// enum are the values that a string, or each string of a list, may have.
	enum []string
	// anyCase lets enum match whatever the case.
	anyCase bool
	// form is that of a string, or of each string of a list; nil: any.
	form *form
	// mandatory keywords have to be there.
	mandatory bool
	// oneOrMore: the list must not be empty in a file.
	oneOrMore bool
	// scope is that of a map, or of each map of a list.
	scope *scope
	// def is the value when the keyword is missing: int64, float64, bool, string
	// or []string; nil: unset.
	def any
	// also are other spellings: those of later Kea versions and old ones.
	also []string
}

// scope is one kind of map: the keywords that it may have.
type scope struct {
	// name is what messages call such a map ("subnet4 map").
	name     string
	keywords []keyword
	// open scopes take further keys with any value.
	open bool
	// mayBeEmpty: a file may have it without any keyword.
	mayBeEmpty bool
	choices    []choice

	index map[string]*keyword
	// needed are the mandatory keywords.
	needed []*keyword
}

// choice is a group of keywords of which a map has one at most.
type choice struct {
	keywords []string
	// missing is what is said of a map that has none of them; "": it may.
	missing string
	// together: it may have more than one.
	together bool
}

// build fills what is derived from the keywords of a scope; every table ends with it.
func (s *scope) build() *scope {
	s.index = make(map[string]*keyword, 2*len(s.keywords))
	for i := range s.keywords {
		k := &s.keywords[i]
		s.index[k.name] = k
		for _, spelling := range k.also {
			s.index[spelling] = k
		}
		if k.mandatory {
			s.needed = append(s.needed, k)
		}
	}
	return s
}

// merge puts lists of keywords together.
func merge(lists ...[]keyword) []keyword {
	var out []keyword
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}

// The bounds of integers that have none of their own.
const (
	maxUint16 = 1<<16 - 1
	maxUint32 = 1<<32 - 1
)

func integer(name string, def any) keyword { return bounded(name, 0, maxUint32, def) }

func bounded(name string, lowest, highest int64, def any) keyword {
	return keyword{name: name, kind: kindInt, min: lowest, max: highest, def: def}
}

func float(name string, def any) keyword { return keyword{name: name, kind: kindFloat, def: def} }

func boolean(name string, def any) keyword { return keyword{name: name, kind: kindBool, def: def} }

func text(name string, def any) keyword { return keyword{name: name, kind: kindString, def: def} }

func oneOf(name string, def any, values ...string) keyword {
	return keyword{name: name, kind: kindString, def: def, enum: values}
}

func texts(name string) keyword { return keyword{name: name, kind: kindStrings} }

func mapOf(name string, s *scope) keyword { return keyword{name: name, kind: kindMap, scope: s} }

func listOf(name string, s *scope) keyword { return keyword{name: name, kind: kindMaps, scope: s} }

func (k keyword) required() keyword { k.mandatory = true; return k }

func (k keyword) notEmpty() keyword { k.oneOrMore = true; return k }

func (k keyword) spelled(also ...string) keyword { k.also = also; return k }

// contextKeywords are the keywords of maps that carry free data (ARM 8.10).
var contextKeywords = []keyword{
	{name: "user-context", kind: kindFree},
	text("comment", nil),
}

// takes reports whether the value can be read: it fits and is in range.
func (k *keyword) takes(v *element.Value) bool {
	return k.fits(v) && (k.kind != kindInt || k.min <= v.Int && v.Int <= k.max)
}

// fits reports whether the value has the kind of the keyword.
func (k *keyword) fits(v *element.Value) bool {
	switch k.kind {
	case kindInt:
		return v.Kind == element.Int
	case kindFloat:
		return v.Kind == element.Real
	case kindBool:
		return v.Kind == element.Bool
	case kindString:
		return v.Kind == element.String
	case kindStrings, kindMaps:
		return v.Kind == element.List
	}
	return v.Kind == element.Map
}
