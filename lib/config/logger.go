package config

import (
	"fmt"
	"slices"
	"strings"

	"nestor/lib/element"
)

// loggers decodes the loggers of a daemon (ARM 19.1).
func (l *loader) loggers(n node) []*Logger {
	var loggers []*Logger
	for ln := range n.each("loggers") {
		g := &Logger{
			Meta:     l.meta(ln),
			Name:     ln.str("name"),
			Severity: l.severity(ln),
		}
		if ln.has("name") && g.Name == "" {
			l.fail(ln.at("name"), ln.pos("name"), "the name of a logger must not be empty")
		}
		if ln.has("debuglevel") {
			g.DebugLevel = Opt[int]{Set: true, V: int(ln.int("debuglevel"))}
		}
		for on := range ln.each("output-options") {
			g.Outputs = append(g.Outputs, logOutput(on))
		}
		loggers = append(loggers, g)
	}
	return loggers
}

var severities = []string{"FATAL", "ERROR", "WARN", "INFO", "DEBUG", "NONE"}

// severity decodes severity. One that is not known is INFO, and remarked upon,
// as in Kea.
func (l *loader) severity(n node) string {
	s := strings.ToUpper(n.str("severity"))
	if s == "" || slices.Contains(severities, s) {
		return s
	}
	l.warnings = append(l.warnings, Warning{
		ID:   "LOG_BAD_SEVERITY",
		Args: []string{n.str("severity")},
		Path: n.at("severity").String(),
		Pos:  n.pos("severity"),
		Text: fmt.Sprintf("%q is no severity, INFO is taken: give one of %s", n.str("severity"), strings.Join(severities, ", ")),
	})
	return "INFO"
}

func logOutput(n node) LogOutput {
	return LogOutput{
		Output:  n.str("output"),
		Flush:   n.bool("flush"),
		MaxSize: n.int("maxsize"),
		MaxVer:  int(n.int("maxver")),
		Pattern: n.str("pattern"),
	}
}

// isFile reports whether the output is a file, which alone is rotated.
func (o LogOutput) isFile() bool {
	return o.Output != "stdout" && o.Output != "stderr" && o.Output != "syslog" &&
		!(len(o.Output) > 7 && o.Output[:7] == "syslog:")
}

// element renders a logger for config-get.
func (g *Logger) element() *element.Value {
	v := element.NewMap()
	if g.Severity != "" || g.DebugLevel.Set {
		v.Add("debuglevel", element.NewInt(int64(g.DebugLevel.V)))
	}
	v.Add("name", element.NewString(g.Name))
	if len(g.Outputs) > 0 {
		v.Add("output-options", listOfElements(g.Outputs, LogOutput.element))
	}
	if g.Severity != "" {
		v.Add("severity", element.NewString(g.Severity))
	}
	g.Meta.show(v)
	return v
}

func (o LogOutput) element() *element.Value {
	v := element.NewMap()
	v.Add("flush", shownBool(o.Flush))
	if o.isFile() {
		v.Add("maxsize", element.NewInt(o.MaxSize))
		v.Add("maxver", element.NewInt(int64(o.MaxVer)))
	}
	v.Add("output", element.NewString(o.Output))
	v.Add("pattern", shownText(o.Pattern))
	return v
}
