package logging

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
)

// LoggerKey is the slog attribute that names the logger a record belongs to, by
// its suffix: slog.With(logging.LoggerKey, "http").
const LoggerKey = "logger"

// IDKey is the slog attribute that carries a message identifier. Records
// without one get SLOG.
const IDKey = "id"

// slogDebugLevel is the debug level of slog's debug records (ARM 19.2: tracing).
const slogDebugLevel = 40

// Handler gives a slog.Handler that writes to this system's outputs, so that
// libraries which log through slog end in the same place. Attributes are
// appended as key=value.
func (s *System) Handler() slog.Handler { return &slogHandler{logger: s.Logger(""), id: "SLOG"} }

type slogHandler struct {
	logger *Logger
	id     string
	attrs  string // already formatted, each with a blank in front
	group  string // prefix of keys, with its dot
}

func (h *slogHandler) Enabled(_ context.Context, level slog.Level) bool {
	return rank(fromSlog(level), slogDebugLevel) >= h.logger.threshold.Load()
}

func fromSlog(level slog.Level) Severity {
	switch {
	case level >= slog.LevelError:
		return Error
	case level >= slog.LevelWarn:
		return Warn
	case level >= slog.LevelInfo:
		return Info
	}
	return Debug
}

func (h *slogHandler) Handle(_ context.Context, r slog.Record) error {
	var attrs []slog.Attr
	r.Attrs(func(a slog.Attr) bool { attrs = append(attrs, a); return true })
	to := h.with(attrs)
	sev := fromSlog(r.Level)
	if rank(sev, slogDebugLevel) < to.logger.threshold.Load() {
		return nil
	}
	b := buffers.Get().(*lineBuffers)
	b.body = fmt.Appendf(b.body[:0], "%s %s%s", to.id, r.Message, to.attrs)
	to.logger.write(b, sev, r.PC)
	buffers.Put(b)
	return nil
}

func (h *slogHandler) WithAttrs(attrs []slog.Attr) slog.Handler { return h.with(attrs) }

func (h *slogHandler) WithGroup(name string) slog.Handler {
	next := *h
	if name != "" {
		next.group += name + "."
	}
	return &next
}

// with adds attributes; those that name the logger or the message are taken
// out.
func (h *slogHandler) with(attrs []slog.Attr) *slogHandler {
	next := *h
	attrs = slices.DeleteFunc(slices.Clone(attrs), func(a slog.Attr) bool {
		switch {
		case h.group != "" || a.Value.Kind() != slog.KindString:
			return false
		case a.Key == LoggerKey:
			next.logger = h.logger.sys.Logger(a.Value.String())
			return true
		case a.Key == IDKey:
			next.id = a.Value.String()
			return true
		}
		return false
	})
	var text strings.Builder
	text.WriteString(h.attrs)
	for _, a := range attrs {
		writeAttr(&text, h.group, a)
	}
	next.attrs = text.String()
	return &next
}

func writeAttr(to *strings.Builder, group string, a slog.Attr) {
	v := a.Value.Resolve()
	if v.Kind() == slog.KindGroup {
		if a.Key != "" {
			group += a.Key + "."
		}
		for _, member := range v.Group() {
			writeAttr(to, group, member)
		}
		return
	}
	if a.Equal(slog.Attr{}) {
		return
	}
	text := v.String()
	if Secret(a.Key) {
		text = hidden
	}
	if strings.ContainsAny(text, " \t\n\"=") || text == "" {
		text = fmt.Sprintf("%q", text)
	}
	fmt.Fprintf(to, " %s%s=%s", group, a.Key, text)
}
