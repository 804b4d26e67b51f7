package evallog

import (
	"strings"

	"nestor/lib/classify"
)

// Text is the line that is logged for a step, without identifier and label.
func Text(id string, args ...any) string {
	if m := labelled[id]; m != nil {
		return strings.TrimPrefix(m.Fill(append([]any{""}, args...)...), ": ")
	}
	return unlabelled[id].Fill(args...)
}

// Collect returns what hands the steps of an evaluation on as the lines that are
// logged, without identifier and label.
func Collect(line func(string)) classify.Trace {
	return func(id string, args ...any) { line(Text(id, args...)) }
}
