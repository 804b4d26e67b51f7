package logging

import (
	"strconv"
	"strings"
	"time"
)

// timeConverter compiles the argument of %d{} and %D{}: the conversions of
// strftime plus %q and %Q for milliseconds (ARM 19.1.2, table 2).
func timeConverter(format string, local bool) func([]byte, *event) []byte {
	if format == "" {
		format = "%Y-%m-%d %H:%M:%S"
	}
	parts := compileTime(format)
	return func(b []byte, e *event) []byte {
		t := e.time.UTC()
		if local {
			t = e.time.Local()
		}
		for _, p := range parts {
			b = p(b, t)
		}
		return b
	}
}

type timePart func(b []byte, t time.Time) []byte

func compileTime(format string) []timePart {
	var parts []timePart
	for format != "" {
		i := strings.IndexByte(format, '%')
		if i < 0 || i+1 == len(format) {
			return append(parts, literalTime(format))
		}
		if i > 0 {
			parts = append(parts, literalTime(format[:i]))
		}
		format = format[i+1:]
		// "%-Y", as the manual prints it, asks for no padding.
		unpadded := format[0] == '-' && len(format) > 1
		if unpadded {
			format = format[1:]
		}
		parts = append(parts, timeConversion(format[0], unpadded))
		format = format[1:]
	}
	return parts
}

func literalTime(text string) timePart {
	return func(b []byte, _ time.Time) []byte { return append(b, text...) }
}

// layouts are the conversions that time.Format knows, in the C locale.
var layouts = map[byte]string{
	'a': "Mon", 'A': "Monday", 'b': "Jan", 'h': "Jan", 'B': "January",
	'c': "Mon Jan _2 15:04:05 2006", 'D': "01/02/06", 'e': "_2", 'F': "2006-01-02",
	'p': "PM", 'r': "03:04:05 PM", 'R': "15:04", 'T': "15:04:05", 'x': "01/02/06",
	'X': "15:04:05", 'z': "-0700", 'Z': "MST",
}

// numbers are the conversions that print a number of a fixed width.
var numbers = map[byte]struct {
	width int
	value func(t time.Time) int
}{
	'd': {2, time.Time.Day},
	'H': {2, time.Time.Hour},
	'I': {2, func(t time.Time) int { return (t.Hour()+11)%12 + 1 }},
	'j': {3, time.Time.YearDay},
	'm': {2, func(t time.Time) int { return int(t.Month()) }},
	'M': {2, time.Time.Minute},
	'q': {3, func(t time.Time) int { return t.Nanosecond() / 1e6 }},
	'S': {2, time.Time.Second},
	'u': {1, func(t time.Time) int { return (int(t.Weekday())+6)%7 + 1 }},
	'U': {2, func(t time.Time) int { return (t.YearDay() + 6 - int(t.Weekday())) / 7 }},
	'w': {1, func(t time.Time) int { return int(t.Weekday()) }},
	'W': {2, func(t time.Time) int { return (t.YearDay() + 6 - (int(t.Weekday())+6)%7) / 7 }},
	'y': {2, func(t time.Time) int { return t.Year() % 100 }},
	'Y': {4, time.Time.Year},
	'C': {2, func(t time.Time) int { return t.Year() / 100 }},
	'G': {4, func(t time.Time) int { y, _ := t.ISOWeek(); return y }},
	'V': {2, func(t time.Time) int { _, w := t.ISOWeek(); return w }},
}

func timeConversion(c byte, unpadded bool) timePart {
	if layout, ok := layouts[c]; ok {
		return func(b []byte, t time.Time) []byte { return t.AppendFormat(b, layout) }
	}
	if n, ok := numbers[c]; ok {
		width := n.width
		if unpadded {
			width = 1
		}
		return func(b []byte, t time.Time) []byte { return appendPadded(b, n.value(t), width) }
	}
	switch c {
	case 'Q': // milliseconds with their fraction
		return func(b []byte, t time.Time) []byte {
			us := t.Nanosecond() / 1e3
			b = append(appendPadded(b, us/1000, 3), '.')
			return appendPadded(b, us%1000, 3)
		}
	case 's':
		return func(b []byte, t time.Time) []byte { return strconv.AppendInt(b, t.Unix(), 10) }
	case '%':
		return literalTime("%")
	case 'n':
		return literalTime("\n")
	case 't':
		return literalTime("\t")
	}
	return literalTime("%" + string(c))
}

func appendPadded(b []byte, n, width int) []byte {
	for limit := 10; width > 1; width-- {
		if n < limit {
			b = append(b, zeros[:width-1]...)
			break
		}
		limit *= 10
	}
	return strconv.AppendInt(b, int64(n), 10)
}

const zeros = "0000"
