package logging

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// Logger writes messages under one name. Its methods may be called
// concurrently.
type Logger struct {
	sys       *System
	name      string
	threshold atomic.Int32
	sinks     []sink // guarded by sys.mu
}

// sink is an output with the layout of the lines that go to it.
type sink struct {
	pattern *pattern
	out     output
}

// event is one log line before layout.
type event struct {
	time   time.Time
	sys    *System
	logger string
	sev    Severity
	body   []byte // "ID text"
	pc     uintptr
}

// Name is the full name, such as "kea-dhcp4.leases".
func (l *Logger) Name() string { return l.name }

// Enabled reports whether Log would write m. It costs an atomic load, so that
// the packet path can ask before it gathers arguments.
func (l *Logger) Enabled(m *Message) bool {
	return rank(m.Severity, m.Level) >= l.threshold.Load()
}

// Log writes m with its placeholders filled by args, formatted as fmt's %v
// does. It does nothing when m is not Enabled. It never fails: an output that
// cannot be written is reported on standard error once a minute.
func (l *Logger) Log(m *Message, args ...any) {
	if !l.Enabled(m) {
		return
	}
	l.log(m, args, 0)
}

// log writes a message whose event was held back a number of times before. Its
// caller must be called by who logs.
func (l *Logger) log(m *Message, args []any, held int) {
	var pcs [1]uintptr
	if l.sys.wantCaller.Load() {
		runtime.Callers(3, pcs[:])
	}
	b := buffers.Get().(*lineBuffers)
	b.body = append(b.body[:0], m.ID...)
	b.body = append(b.body, ' ')
	b.body = m.appendText(b.body, args)
	if held > 0 {
		b.body = fmt.Appendf(b.body, " (%d more since the last of these messages)", held)
	}
	l.write(b, m.Severity, pcs[0])
	buffers.Put(b)
}

// lineBuffers are what one line needs while it is put together.
type lineBuffers struct{ body, line []byte }

var buffers = sync.Pool{New: func() any { return new(lineBuffers) }}

// write lays out b.body for each sink and hands it over. pc is where it was
// logged, if that is known.
func (l *Logger) write(b *lineBuffers, sev Severity, pc uintptr) {
	l.sys.mu.RLock()
	defer l.sys.mu.RUnlock()
	e := event{time: l.sys.now(), sys: l.sys, logger: l.name, sev: sev, body: oneLine(b.body), pc: pc}
	for _, s := range l.sinks {
		b.line = s.pattern.append(b.line[:0], &e)
		s.out.write(e.time, sev, b.line)
	}
}

// follow takes over a rule's threshold and outputs. The caller holds sys.mu.
func (l *Logger) follow(r *rule) {
	l.sinks = r.sinks
	l.threshold.Store(r.threshold)
}
