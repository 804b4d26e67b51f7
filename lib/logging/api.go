// Package logging owns Kea's logging on top of log/slog: a tree of loggers with
// severities and debug levels, outputs with patterns and rotation, and log
// messages that carry the identifiers of ARM chapter 26.
package logging

// Severity of a message, and the least severity that a logger lets through.
type Severity int8

const (
	Debug Severity = iota
	Info
	Warn
	Error
	Fatal
	None // a logger of this severity is silent
)

// Message is one kind of log line. Text is the message form with %1, %2 … in
// the order of ARM 26's placeholders. Level is the debug level (0–99) of a Debug
// message.
type Message struct {
	ID       string
	Severity Severity
	Level    int
	Text     string
}
