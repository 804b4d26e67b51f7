package config

import (
	"slices"
	"strings"
)

// What checks rely on beside the map that they look at: keywords whose value, when
// it is at fault, makes their finding doubtful.
var (
	relyOnDefinitions = []string{"option-def"}
	relyOnLifetimes   = []string{"valid-lifetime", "min-valid-lifetime", "max-valid-lifetime",
		"preferred-lifetime", "min-preferred-lifetime", "max-preferred-lifetime"}
	relyOnTees       = []string{"calculate-tee-times", "t1-percent", "t2-percent"}
	relyOnClassNames = []string{"name"}
	relyOnUniqueness = []string{"ip-reservations-unique"}
)

// dropFollowUps leaves out the faults that may be no more than the consequence of
// another one, so that one mistake is one error: what is said of a map with a value
// that could not be read, such as that it lacks it, and what was found by relying
// on a value at fault elsewhere. With that value put right they show again.
func (es Errors) dropFollowUps() Errors {
	unread := make(map[string]bool)   // such values and the maps they are in
	keywords := make(map[string]bool) // on the way to faults of their own
	for _, e := range es {
		if e.unread {
			unread[e.Path] = true
			unread[e.Path[:max(strings.LastIndexByte(e.Path, '/'), 0)]] = true
		}
		if e.relies != nil {
			continue
		}
		for part := range strings.SplitSeq(e.Path, "/") {
			keyword, _, _ := strings.Cut(part, "[")
			keywords[keyword] = true
		}
	}
	return slices.DeleteFunc(es, func(e *Error) bool {
		if e.unread || e.grammar {
			return false
		}
		return unread[e.Path] || slices.ContainsFunc(e.relies, func(k string) bool { return keywords[k] })
	})
}
