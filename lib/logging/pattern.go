package logging

import (
	"os"
	"path"
	"runtime"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/sys/unix"
)

// pattern is a compiled layout (ARM 19.1.2).
type pattern struct {
	parts       []part
	needsCaller bool
}

// part is literal text or one conversion with its modifiers.
type part struct {
	literal  string
	convert  func(dst []byte, e *event) []byte // nil for literal text
	min, max int                               // in characters; max 0: no limit
	left     bool
}

// append lays out one line.
func (p *pattern) append(dst []byte, e *event) []byte {
	for i := range p.parts {
		part := &p.parts[i]
		if part.convert == nil {
			dst = append(dst, part.literal...)
			continue
		}
		start := len(dst)
		dst = part.convert(dst, e)
		if part.min > 0 || part.max > 0 {
			dst = part.fit(dst, start)
		}
	}
	return dst
}

// fit pads what stands from start on to min, or cuts it from the front to max.
func (p *part) fit(dst []byte, start int) []byte {
	n := utf8.RuneCount(dst[start:])
	if p.max > 0 && n > p.max {
		cut := start
		for ; n > p.max; n-- {
			_, size := utf8.DecodeRune(dst[cut:])
			cut += size
		}
		dst = append(dst[:start], dst[cut:]...)
	}
	pad := p.min - n
	if pad <= 0 {
		return dst
	}
	for range pad {
		dst = append(dst, ' ')
	}
	if !p.left {
		copy(dst[start+pad:], dst[start:len(dst)-pad])
		for i := range pad {
			dst[start+i] = ' '
		}
	}
	return dst
}

// compilePattern reads a layout. What is no known conversion is literal text.
func compilePattern(text string) *pattern {
	p := &pattern{}
	literal := func(s string) {
		if n := len(p.parts); n > 0 && p.parts[n-1].convert == nil {
			p.parts[n-1].literal += s
		} else if s != "" {
			p.parts = append(p.parts, part{literal: s})
		}
	}
	for text != "" {
		i := strings.IndexByte(text, '%')
		if i < 0 {
			literal(text)
			break
		}
		literal(text[:i])
		part, width, ok := p.conversion(text[i:])
		if !ok {
			literal(text[i : i+width])
		} else if part.convert == nil {
			literal(part.literal)
		} else {
			p.parts = append(p.parts, part)
		}
		text = text[i+width:]
	}
	return p
}

// conversion reads %[-][min][.max]letter[{argument}] at the start of s and says
// how many bytes it takes.
func (p *pattern) conversion(s string) (c part, width int, ok bool) {
	i := 1
	if i < len(s) && s[i] == '-' {
		c.left = true
		i++
	}
	c.min, i = number(s, i)
	if i < len(s) && s[i] == '.' {
		c.max, i = number(s, i+1)
	}
	if i >= len(s) {
		return c, len(s), false
	}
	letter := s[i]
	i++
	arg := ""
	if strings.IndexByte("cdDEbFX", letter) >= 0 && i < len(s) && s[i] == '{' {
		if end := strings.IndexByte(s[i:], '}'); end > 0 {
			arg = s[i+1 : i+end]
			i += end + 1
		}
	}
	switch letter {
	case '%', 'n':
		c.literal = map[byte]string{'%': "%", 'n': "\n"}[letter]
		return c, i, true
	case 'b', 'F', 'l', 'L', 'M':
		p.needsCaller = true
	}
	c.convert = converter(letter, arg)
	return c, i, c.convert != nil
}

// number reads decimal digits at s[i:]; a layout wider than a line makes no
// sense, so it stops at 4 digits' worth.
func number(s string, i int) (n, next int) {
	for ; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
		n = min(n*10+int(s[i]-'0'), 9999)
	}
	return n, i
}

// converter gives the function of a conversion letter, nil if there is none.
func converter(letter byte, arg string) func([]byte, *event) []byte {
	switch letter {
	case 'm':
		return func(b []byte, e *event) []byte { return append(b, e.body...) }
	case 'p':
		return func(b []byte, e *event) []byte { return append(b, e.sev.String()...) }
	case 'c':
		return loggerName(arg)
	case 'd', 'D':
		return timeConverter(arg, letter == 'D')
	case 'E':
		return constant(os.Getenv(arg))
	case 'h':
		return constant(hostName(false))
	case 'H':
		return constant(hostName(true))
	case 'i':
		return constant(strconv.Itoa(os.Getpid()))
	case 't', 'T':
		return func(b []byte, _ *event) []byte { return strconv.AppendInt(b, int64(unix.Gettid()), 10) }
	case 'r':
		return func(b []byte, e *event) []byte {
			return strconv.AppendInt(b, e.time.Sub(e.sys.start).Milliseconds(), 10)
		}
	case 'b', 'F', 'l', 'L', 'M':
		return callerPart(letter)
	case 'x', 'X': // diagnostic contexts of the C++ library: always empty
		return constant("")
	}
	return nil
}

func constant(text string) func([]byte, *event) []byte {
	return func(b []byte, _ *event) []byte { return append(b, text...) }
}

// loggerName gives the last parts of the logger's name, all without argument.
func loggerName(arg string) func([]byte, *event) []byte {
	parts, _ := strconv.Atoi(arg)
	return func(b []byte, e *event) []byte {
		name := e.logger
		if parts > 0 {
			from := len(name)
			for n := 0; n < parts && from >= 0; n++ {
				from = strings.LastIndexByte(name[:from], '.')
			}
			name = name[from+1:]
		}
		return append(b, name...)
	}
}

// callerPart gives where in the source a line was logged.
func callerPart(letter byte) func([]byte, *event) []byte {
	return func(b []byte, e *event) []byte {
		frame, _ := runtime.CallersFrames([]uintptr{e.pc}).Next()
		switch letter {
		case 'L':
			return strconv.AppendInt(b, int64(frame.Line), 10)
		case 'M':
			return append(b, path.Base(frame.Function)...)
		}
		b = append(b, path.Base(frame.File)...)
		if letter == 'l' {
			b = append(b, ':')
			b = strconv.AppendInt(b, int64(frame.Line), 10)
		}
		return b
	}
}
