package leasefile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// ErrEmpty says that a file has no header: it is empty, or its creation was
// cut short.
var ErrEmpty = errors.New("the lease file is empty")

// Scanner reads the rows of a lease file in order. Rows are views into its
// buffer, valid until the next call.
type Scanner struct {
	r      io.Reader
	buf    []byte
	at     int   // start of the next line in buf
	end    int   // end of what was read into buf
	offset int64 // of buf[0] in the file
	eof    bool

	Schema Schema
	// Number of the row last returned: the first after the header is 1, blank
	// lines are not counted.
	Number int
	// Start is the offset of that row in the file.
	Start int64
	// Whole is the offset behind the last line that ended with a line feed.
	Whole int64
	// Torn says that the row last returned lacks its line feed: the last one of
	// a file whose writer was cut short, or of one made by hand.
	Torn bool
}

const scanBuffer = 256 << 10

// NewScanner reads the header of a file of that family. It returns ErrEmpty for
// a file without one, and one whose only content is the torn start of ours.
func NewScanner(f Family, r io.Reader) (*Scanner, error) {
	s := &Scanner{r: r, buf: make([]byte, scanBuffer)}
	line, err := s.line()
	if err == io.EOF || err == nil && s.Torn && bytes.HasPrefix([]byte(Header(f)), line) {
		s.Whole = 0
		return s, ErrEmpty
	}
	if err != nil {
		return nil, err
	}
	s.Schema, err = CheckHeader(f, line)
	return s, err
}

// Next returns the next row without its line feed, or io.EOF after the last.
func (s *Scanner) Next() ([]byte, error) {
	for {
		line, err := s.line()
		if err != nil {
			return nil, err
		}
		if len(line) > 0 {
			s.Number++
			return line, nil
		}
	}
}

func (s *Scanner) line() ([]byte, error) {
	searched := 0
	for {
		if i := bytes.IndexByte(s.buf[s.at+searched:s.end], '\n'); i >= 0 {
			line := s.buf[s.at : s.at+searched+i]
			s.Start = s.offset + int64(s.at)
			s.at += searched + i + 1
			s.Whole = s.offset + int64(s.at)
			return line, nil
		}
		searched = s.end - s.at
		if s.eof {
			return s.tail()
		}
		if err := s.fill(); err != nil {
			return nil, err
		}
	}
}

// tail returns what lies behind the last line feed.
func (s *Scanner) tail() ([]byte, error) {
	if s.at == s.end {
		return nil, io.EOF
	}
	line := s.buf[s.at:s.end]
	s.Start, s.Torn = s.offset+int64(s.at), true
	s.at = s.end
	return line, nil
}

// fill reads more behind what is left in the buffer.
func (s *Scanner) fill() error {
	if s.at > 0 {
		copy(s.buf, s.buf[s.at:s.end])
		s.offset += int64(s.at)
		s.end -= s.at
		s.at = 0
	}
	if s.end == len(s.buf) {
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	n, err := s.r.Read(s.buf[s.end:])
	s.end += n
	if err == io.EOF {
		s.eof = true
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading at offset %d: %w", s.offset+int64(s.end), err)
	}
	return nil
}
