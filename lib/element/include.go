package element

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// maxIncludeDepth is how many files may be open below the first one.
const maxIncludeDepth = 10

// include reads an <?include "path"?> directive and goes on in that file. bad is
// true with a token to return when it cannot.
func (p *fileParser) include() (t token, bad bool) {
	s := p.src
	if !bytes.HasPrefix(s.text[s.at:], []byte("<?")) {
		return p.badCharacter(), true
	}
	start := s.at
	s.at += 2
	path, ok := s.directive()
	if !ok {
		s.at = max(s.at, start+2)
		p.fail(s.pos(start), `Directive not closed: <?include "path"?> is the only one.`)
		s.skipLine()
		return token{kind: tokBad, pos: s.pos(start)}, true
	}
	if len(p.stack) >= maxIncludeDepth {
		p.abort(s.pos(start), "Too many nested include.")
		return token{kind: tokEOF, pos: s.pos(start)}, true
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(p.opts.Dir, path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		p.abort(s.pos(start), "Can't open include file %s: %v", path, plain(err))
		return token{kind: tokEOF, pos: s.pos(start)}, true
	}
	p.stack = append(p.stack, s)
	p.src = fileSource(path, text)
	return token{}, false
}

// leaveInclude goes back to the file that included the one that ended; false
// when there is none.
func (p *fileParser) leaveInclude() bool {
	n := len(p.stack)
	if n == 0 {
		return false
	}
	p.src, p.stack = p.stack[n-1], p.stack[:n-1]
	return true
}

// directive reads `include "path" ?>` and returns the path.
func (s *source) directive() (path string, ok bool) {
	s.blanks()
	if !bytes.HasPrefix(s.text[s.at:], []byte("include")) {
		return "", false
	}
	s.at += len("include")
	s.blanks()
	if s.at >= len(s.text) || s.text[s.at] != '"' {
		return "", false
	}
	from := s.at + 1
	n := bytes.IndexByte(s.text[from:], '"')
	if n <= 0 || bytes.IndexByte(s.text[from:from+n], '\n') >= 0 {
		return "", false
	}
	s.at = from + n + 1
	s.blanks()
	if !bytes.HasPrefix(s.text[s.at:], []byte("?>")) {
		return "", false
	}
	s.at += 2
	return string(s.text[from : from+n]), true
}

// blanks skips white space on one line.
func (s *source) blanks() {
	for s.at < len(s.text) && (s.text[s.at] == ' ' || s.text[s.at] == '\t' || s.text[s.at] == '\r') {
		s.at++
	}
}

// plain strips the operation and the path from a file error that is printed
// behind the path anyway.
func plain(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}
