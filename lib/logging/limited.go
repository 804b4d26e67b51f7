package logging

import (
	"sync"
	"time"
)

// Limited writes one message at most once in a period, with the count of what
// it held back. It suits events that come with every packet while something is
// wrong, such as a full disk. It may be used concurrently.
type Limited struct {
	logger *Logger
	msg    *Message
	period time.Duration

	mu   sync.Mutex
	last time.Time
	held int
}

// Limited makes a Limited for m; Kea's own period for such messages is a minute.
func (l *Logger) Limited(m *Message, period time.Duration) *Limited {
	return &Limited{logger: l, msg: m, period: period}
}

// Log writes the message at once if the period is over since it was last
// written, and counts it otherwise. After events were held back the line ends
// in their number.
func (l *Limited) Log(args ...any) {
	if !l.logger.Enabled(l.msg) {
		return
	}
	now := l.logger.sys.now()
	l.mu.Lock()
	if !l.last.IsZero() && now.Sub(l.last) < l.period {
		l.held++
		l.mu.Unlock()
		return
	}
	held := l.held
	l.last, l.held = now, 0
	l.mu.Unlock()
	l.logger.log(l.msg, args, held)
}
