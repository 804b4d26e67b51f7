package server

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"nestor/lib/option"
)

// SizedOption is an option of an answer with its size in bytes.
type SizedOption struct {
	Code uint32
	Size int
}

// LargestOptions names the largest of the options, which are of a space.
func LargestOptions(defs *option.Definitions, space string, options []SizedOption) string {
	const named = 5
	slices.SortStableFunc(options, func(a, b SizedOption) int { return cmp.Compare(b.Size, a.Size) })
	var names []string
	for _, o := range options[:min(len(options), named)] {
		name := fmt.Sprint(o.Code)
		if d := defs.ByCode(space, o.Code); d != nil {
			name = fmt.Sprintf("%s (%d)", d.Name, o.Code)
		}
		names = append(names, fmt.Sprintf("%s: %d bytes", name, o.Size))
	}
	return strings.Join(names, ", ")
}
