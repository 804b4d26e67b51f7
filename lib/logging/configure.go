package logging

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"nestor/lib/config"
)

var (
	msgBadSeverity = Define("LOG_BAD_SEVERITY", Error, 0, "unrecognized log severity: %1")
	msgBadDest     = Define("LOG_BAD_DESTINATION", Error, 0, "unrecognized log destination: %1")
	msgOpenFail    = Define("LOG_OPEN_OUTPUT_FAIL", Error, 0, "unable to open %1 for output: %2")
	msgAboveMax    = Define("LOGIMPL_ABOVE_MAX_DEBUG", Error, 0, "debug level of %1 is too high and will be set to the maximum of %2")
)

// rule is what the loggers at or below one configured name do.
type rule struct {
	name      string // full
	threshold int32
	sinks     []sink
}

// notice is something to log about a configuration once it is in force.
type notice struct {
	msg  *Message
	args []any
}

// Configure puts a daemon's loggers entries in force (ARM 19.1.1). Without
// entries the settings of Early stay. verbose, the -d switch, lets everything
// through whatever the entries say. Log files are opened anew even when the
// entries did not change.
//
// An output that cannot be opened is reported as LOG_OPEN_OUTPUT_FAIL. The first
// time the daemon has nothing to go back to, and service matters more than its
// log: standard error takes the output's place. Later everything stays as it
// was, and the error names the output.
func (s *System) Configure(loggers []*config.Logger, verbose bool) error {
	s.mu.Lock()
	before := s.verbose
	s.verbose = verbose
	notices, err := s.applyLocked(loggers, s.configured)
	if err != nil && s.configured {
		s.verbose = before
	} else {
		s.configured, err = true, nil
	}
	s.mu.Unlock()
	root := s.Logger("")
	for _, n := range notices {
		root.Log(n.msg, n.args...)
	}
	return err
}

// applyLocked builds the rules and outputs of a configuration and lets every
// logger follow them. The error names outputs that could not be opened; if
// strict, nothing is changed then.
func (s *System) applyLocked(loggers []*config.Logger, strict bool) ([]notice, error) {
	b := builder{sys: s, next: map[outputKey]output{}}
	rules := b.build(loggers)
	err := errors.Join(b.errs...)
	if err != nil && strict {
		closeOthers(b.next, s.outputs)
		return b.notices, err
	}
	closeOthers(s.outputs, b.next)
	s.rules, s.outputs = rules, b.next
	s.wantCaller.Store(b.needsCaller)
	for name, l := range s.loggers {
		l.follow(s.ruleFor(name))
	}
	return b.notices, err
}

// closeOthers closes the outputs that are not among those to keep.
func closeOthers(outputs, keep map[outputKey]output) {
	for key, out := range outputs {
		if keep[key] != out {
			out.close()
		}
	}
}

// ruleFor finds the rule with the longest name that covers a logger. The root's
// rule covers all.
func (s *System) ruleFor(name string) *rule {
	best := &s.rules[0]
	for i := range s.rules {
		r := &s.rules[i]
		if covers(r.name, name) && len(r.name) > len(best.name) {
			best = r
		}
	}
	return best
}

func covers(rule, logger string) bool {
	return logger == rule || strings.HasPrefix(logger, rule) && logger[len(rule)] == '.'
}

// builder turns configured loggers into rules.
type builder struct {
	sys         *System
	next        map[outputKey]output
	needsCaller bool
	notices     []notice
	errs        []error
}

// build gives the rules of a configuration, the root's first. A later entry of
// a name replaces an earlier one.
func (b *builder) build(loggers []*config.Logger) []rule {
	entries := map[string]*config.Logger{}
	var order []string
	for _, l := range loggers {
		name := b.sys.fullName(l.Name)
		if entries[name] == nil {
			order = append(order, name)
		}
		entries[name] = l
	}
	rules := []rule{b.root(entries[b.sys.root], len(loggers) == 0)}
	// Parents first, so that each entry can inherit from the one above it.
	sortByLength(order)
	for _, name := range order {
		if name == b.sys.root {
			continue
		}
		parent := &rules[0]
		for i := range rules {
			if covers(rules[i].name, name) && len(rules[i].name) > len(parent.name) {
				parent = &rules[i]
			}
		}
		rules = append(rules, b.child(name, entries[name], *parent))
	}
	return rules
}

// root gives the rule of the root logger; what its entry leaves open is INFO to
// standard output, or the destination of Early where nothing is configured.
func (b *builder) root(entry *config.Logger, unconfigured bool) rule {
	inherited := rule{name: b.sys.root, threshold: rank(Info, 0)}
	if b.sys.verbose {
		inherited.threshold = rank(Debug, MaxDebugLevel)
	}
	dest := destination{kind: toStdout}
	if unconfigured {
		dest = b.sys.early
	}
	if entry == nil || len(entry.Outputs) == 0 {
		inherited.sinks = []sink{b.open(dest, "")}
	}
	if entry == nil {
		return inherited
	}
	return b.child(b.sys.root, entry, inherited)
}

// child gives the rule of an entry under the rule that it inherits from.
func (b *builder) child(name string, entry *config.Logger, parent rule) rule {
	r := rule{name: name, threshold: b.threshold(entry, parent), sinks: parent.sinks}
	if len(entry.Outputs) > 0 {
		r.sinks = nil
		for _, o := range entry.Outputs {
			r.sinks = append(r.sinks, b.open(b.destination(o), o.Pattern))
		}
	}
	return r
}

// threshold applies the inheritance of severity and debuglevel: the level is
// inherited only together with the severity.
func (b *builder) threshold(entry *config.Logger, parent rule) int32 {
	if b.sys.verbose {
		return rank(Debug, MaxDebugLevel)
	}
	if entry.Severity == "" {
		// A debuglevel of its own matters only under an inherited DEBUG.
		if parent.threshold <= 0 && entry.DebugLevel.Set {
			return rank(Debug, b.level(entry.DebugLevel.V))
		}
		return parent.threshold
	}
	sev, ok := ParseSeverity(entry.Severity)
	if !ok {
		b.notices = append(b.notices, notice{msgBadSeverity, []any{entry.Severity}})
	}
	if sev == Debug {
		return rank(Debug, b.level(entry.DebugLevel.Or(0)))
	}
	return rank(sev, 0)
}

func (b *builder) level(n int) int {
	if n > MaxDebugLevel {
		b.notices = append(b.notices, notice{msgAboveMax, []any{n, MaxDebugLevel}})
		return MaxDebugLevel
	}
	return max(n, 0)
}

// open gives the sink for a destination, sharing outputs between loggers.
func (b *builder) open(d destination, text string) sink {
	if text == "" {
		text = d.defaultPattern()
	}
	p := compilePattern(text)
	b.needsCaller = b.needsCaller || p.needsCaller
	if out := b.next[outputKey(d)]; out != nil {
		return sink{p, out}
	}
	out, err := b.sys.openOutput(d, b.sys.outputs[outputKey(d)])
	if err != nil {
		b.notices = append(b.notices, notice{msgOpenFail, []any{d, err}})
		b.errs = append(b.errs, fmt.Errorf("log output %s: %w", d, err))
	}
	if out == nil {
		// Not under the output's own key, so that it is tried again next time.
		return b.open(destination{kind: toStderr}, text)
	}
	b.next[outputKey(d)] = out
	return sink{p, out}
}

// destination reads an output-options entry.
func (b *builder) destination(o config.LogOutput) destination {
	d, ok := parseDestination(o.Output)
	if !ok {
		b.notices = append(b.notices, notice{msgBadDest, []any{o.Output}})
	}
	if d.kind == toFile {
		d.flush = o.Flush
		d.maxVer = max(o.MaxVer, 1)
		// The bound is in the manual's unit: INT_MAX megabytes.
		if o.MaxSize >= minRotationSize {
			d.maxSize = min(o.MaxSize, math.MaxInt32*(1<<20))
		}
	}
	return d
}
