package element

import "bytes"

// source is one text being scanned, with the place of the next byte: a file, an
// included one, or a command.
type source struct {
	name      *string
	text      []byte
	at        int   // next byte
	line      int32 // of files from 1, of commands from 0
	lineStart int   // offset that column 0 has: of the line's first byte less one
}

// fileSource is the text of a file; its first byte is at line 1, column 1.
func fileSource(name string, text []byte) *source {
	return &source{name: &name, text: text, line: 1, lineStart: -1}
}

// wireName is the file name in the positions of commands.
var wireName = "<wire>"

// wireSource is the text of a command; its first byte is, as in Kea, at line 0,
// column 0, though other lines begin at column 1.
func wireSource(text []byte) source { return source{name: &wireName, text: text} }

// pos is the place of the bytes from offset start up to the next byte.
func (s *source) pos(start int) Pos {
	return Pos{Source: s.name, Line: s.line, Col: s.col(start), EndCol: s.col(max(start, s.at-1))}
}

// point is the place of the byte at offset alone.
func (s *source) point(offset int) Pos {
	c := s.col(offset)
	return Pos{Source: s.name, Line: s.line, Col: c, EndCol: c}
}

func (s *source) col(offset int) int32 { return int32(offset - s.lineStart) }

// newline notes that the byte at offset ended a line.
func (s *source) newline(offset int) {
	s.line++
	s.lineStart = offset
}

// countLines notes the line ends between offset start and the next byte.
func (s *source) countLines(start int) {
	for i := start; i < s.at; i++ {
		if s.text[i] == '\n' {
			s.newline(i)
		}
	}
}

// skip passes over blanks, line ends and comments. A comment that is not closed
// lasts to the end of the text; open is then the line where it begins, otherwise
// -1.
func (s *source) skip() (open int32) {
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case ' ', '\t', '\r':
			s.at++
		case '\n':
			s.newline(s.at)
			s.at++
		case '#':
			s.skipLine()
		case '/':
			rest, line := s.text[s.at:], s.line
			switch {
			case bytes.HasPrefix(rest, []byte("//")):
				s.skipLine()
			case !bytes.HasPrefix(rest, []byte("/*")):
				return -1
			case !s.skipBlockComment():
				return line
			}
		default:
			return -1
		}
	}
	return -1
}

// skipLine moves to the end of the line.
func (s *source) skipLine() {
	if n := bytes.IndexByte(s.text[s.at:], '\n'); n >= 0 {
		s.at += n
	} else {
		s.at = len(s.text)
	}
}

// skipBlockComment moves behind the comment that begins here and reports whether
// it was closed.
func (s *source) skipBlockComment() bool {
	for s.at += 2; s.at < len(s.text); s.at++ {
		switch s.text[s.at] {
		case '\n':
			s.newline(s.at)
		case '*':
			if bytes.HasPrefix(s.text[s.at:], []byte("*/")) {
				s.at += 2
				return true
			}
		}
	}
	return false
}
