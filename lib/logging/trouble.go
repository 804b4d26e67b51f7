package logging

import (
	"fmt"
	"io"
	"time"
)

// troublePeriod is how often an output that cannot be written is reported.
const troublePeriod = time.Minute

// troubles reports lines that could not be written, once a minute with their
// count, where an operator may still see it.
type troubles struct {
	to    io.Writer
	what  string
	last  time.Time
	count int
}

func (t *troubles) report(now time.Time, err error) {
	t.count++
	if !t.last.IsZero() && now.Sub(t.last) < troublePeriod {
		return
	}
	fmt.Fprintf(t.to, "cannot log to %s: %v (%d times since the last report)\n", t.what, err, t.count)
	t.last, t.count = now, 0
}
