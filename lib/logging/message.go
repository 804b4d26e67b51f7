package logging

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// MaxDebugLevel is the most verbose debug level (ARM 19.1.1.3).
const MaxDebugLevel = 99

// String gives the severity as it stands in log lines and configurations.
func (s Severity) String() string {
	switch s {
	case Debug:
		return "DEBUG"
	case Info:
		return "INFO"
	case Warn:
		return "WARN"
	case Error:
		return "ERROR"
	case Fatal:
		return "FATAL"
	}
	return "NONE"
}

// ParseSeverity reads a severity in any case; ok is false for other text.
func ParseSeverity(s string) (sev Severity, ok bool) {
	for sev := Debug; sev <= None; sev++ {
		if strings.EqualFold(s, sev.String()) {
			return sev, true
		}
	}
	return Info, false
}

// rank orders messages and thresholds on one line: DEBUG 99 is lowest, then up
// to DEBUG 0, INFO … FATAL, NONE. A logger lets through what ranks at its
// threshold or above.
func rank(sev Severity, level int) int32 {
	if sev == Debug {
		return -int32(level)
	}
	return int32(sev)
}

var defined struct {
	sync.Mutex
	byID map[string]*Message
}

// Define declares a message, usually in a package variable. level counts only
// for Debug messages. Defining an identifier again gives the same Message; with
// another severity, level or text it panics, since an identifier must mean one
// thing.
func Define(id string, sev Severity, level int, text string) *Message {
	m := &Message{ID: id, Severity: sev, Level: level, Text: text}
	if sev < Debug || sev >= None || level < 0 || level > MaxDebugLevel || sev != Debug && level != 0 {
		panic(fmt.Sprintf("logging: message %s has severity %d with level %d", id, sev, level))
	}
	defined.Lock()
	defer defined.Unlock()
	if old, ok := defined.byID[id]; ok {
		if *old != *m {
			panic(fmt.Sprintf("logging: message %s is defined twice: %+v and %+v", id, *old, *m))
		}
		return old
	}
	if defined.byID == nil {
		defined.byID = map[string]*Message{}
	}
	defined.byID[id] = m
	return m
}

// Messages gives every defined message, sorted by identifier.
func Messages() []*Message {
	defined.Lock()
	defer defined.Unlock()
	all := make([]*Message, 0, len(defined.byID))
	for _, m := range defined.byID {
		all = append(all, m)
	}
	slices.SortFunc(all, func(a, b *Message) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// Fill is the text of the message with its placeholders filled, for those who
// show what would be logged.
func (m *Message) Fill(args ...any) string { return string(m.appendText(nil, args)) }

// appendText appends the message form with its placeholders filled: %1 takes
// the first argument, and so on. A placeholder without argument stays; an
// argument without placeholder is appended and marked, so that nothing that the
// caller wanted to say is lost. Placeholders inside arguments are left alone.
func (m *Message) appendText(dst []byte, args []any) []byte {
	text := m.Text
	var used uint64
	for {
		i := strings.IndexByte(text, '%')
		if i < 0 {
			break
		}
		dst = append(dst, text[:i]...)
		n, width := placeholder(text[i+1:])
		if width == 0 || n < 1 || n > len(args) {
			dst = append(dst, text[i:i+1+width]...)
		} else {
			dst = appendArg(dst, args[n-1])
			used |= 1 << (n - 1)
		}
		text = text[i+1+width:]
	}
	dst = append(dst, text...)
	for i, a := range args {
		if used&(1<<i) == 0 {
			dst = fmt.Appendf(dst, " @@Missing placeholder %%%d for '%v'@@", i+1, a)
		}
	}
	return dst
}

// placeholder reads the decimal number at the start of s (two digits at most)
// and says how many bytes it takes.
func placeholder(s string) (n, width int) {
	for width < len(s) && width < 2 && s[width] >= '0' && s[width] <= '9' {
		n = n*10 + int(s[width]-'0')
		width++
	}
	return n, width
}

func appendArg(dst []byte, a any) []byte {
	switch v := a.(type) {
	case string:
		return append(dst, v...)
	case []byte:
		return append(dst, v...)
	}
	return fmt.Append(dst, a)
}
