package config

import "nestor/lib/element"

// loggers decodes the loggers of a daemon (ARM 19.1).
func (l *loader) loggers(n node) []*Logger {
	var loggers []*Logger
	for ln := range n.each("loggers") {
		g := &Logger{
			Meta:     l.meta(ln),
			Name:     ln.str("name"),
			Severity: ln.str("severity"),
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
