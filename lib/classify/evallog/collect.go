package evallog

import (
	"strings"

	"nestor/lib/classify"
)

// Collect returns what hands the steps of an evaluation on as the lines that are
// logged, without identifier and label.
func Collect(line func(string)) classify.Trace {
	return func(id string, args ...any) {
		if m := labelled[id]; m != nil {
			line(strings.TrimPrefix(m.Fill(append([]any{""}, args...)...), ": "))
			return
		}
		line(unlabelled[id].Fill(args...))
	}
}
