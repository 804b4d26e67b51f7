package control

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"nestor/lib/element"
)

// maxHead is how many bytes the request line and the headers may have together.
const maxHead = 65536

// httpRequest is the head of one request. net/http's server is not used because
// clients of Kea know other answers to what is wrong with a request, and other
// headers in another order, than it gives.
type httpRequest struct {
	method, target string
	// version11 is set for HTTP/1.1, version10 for HTTP/1.0. What is of any other
	// version is answered as HTTP/1.0, but its connection kept as that of 1.1.
	version11, version10 bool
	header               http.Header
	length               int64 // of the body; -1: not given
}

// badRequest is what makes a request unacceptable; the connection is closed after
// status was sent.
type badRequest struct {
	status int
	text   string
}

func (b *badRequest) Error() string { return b.text }

func malformed(format string, args ...any) error {
	return &badRequest{http.StatusBadRequest, fmt.Sprintf(format, args...)}
}

// readHead reads request line and headers. The request is returned with an error,
// too, as far as it was read.
func readHead(r *bufio.Reader) (*httpRequest, error) {
	req := &httpRequest{header: make(http.Header), length: -1}
	left := maxHead
	line, err := readLine(r, &left)
	if err != nil {
		return req, err
	}
	if err := req.parseLine(line); err != nil {
		return req, err
	}
	for {
		line, err := readLine(r, &left)
		if err != nil {
			return req, err
		}
		if len(line) == 0 {
			return req, req.checkLength()
		}
		if err := req.parseHeader(line); err != nil {
			return req, err
		}
	}
}

// readLine reads one line, which ends in CR LF, and takes its length off left.
func readLine(r *bufio.Reader, left *int) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		if *left -= len(part); *left < 0 {
			return nil, malformed("the header is longer than %d bytes", maxHead)
		}
		line = append(line, part...)
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if errors.Is(err, io.EOF) && len(line) > 0 {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return nil, err
		}
		break
	}
	text, ok := bytes.CutSuffix(line, []byte("\r\n"))
	if !ok || bytes.ContainsFunc(text, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }) {
		return nil, malformed("control character in the header, or a line that does not end in CR LF")
	}
	return text, nil
}

// parseLine reads `POST /path HTTP/1.1`.
func (r *httpRequest) parseLine(line []byte) error {
	parts := strings.Split(string(line), " ")
	if len(parts) != 3 || !isToken(parts[0]) || parts[1] == "" {
		return malformed("%.60q is no request line", line)
	}
	major, minor, ok := strings.Cut(strings.TrimPrefix(parts[2], "HTTP/"), ".")
	if !ok || !strings.HasPrefix(parts[2], "HTTP/") || !isNumber(major) || !isNumber(minor) {
		return malformed("%.60q has no HTTP version", line)
	}
	r.method, r.target = strings.ToUpper(parts[0]), parts[1] // any case will do, as for Kea
	r.version11 = major == "1" && minor == "1"
	r.version10 = major == "1" && minor == "0"
	return nil
}

// parseHeader reads `Name: value`.
func (r *httpRequest) parseHeader(line []byte) error {
	name, value, ok := strings.Cut(string(line), ":")
	if !ok || !isToken(name) {
		return malformed("%.60q is no header", line)
	}
	r.header.Add(name, strings.Trim(value, " \t"))
	return nil
}

// checkLength reads the length of the body and refuses what would leave doubt
// about where the body ends.
func (r *httpRequest) checkLength() error {
	if r.header.Get("Transfer-Encoding") != "" {
		return malformed("Transfer-Encoding is not supported")
	}
	lengths := r.header.Values("Content-Length")
	if len(lengths) == 0 {
		return nil
	}
	for _, l := range lengths {
		n, err := strconv.ParseUint(l, 10, 63)
		if err != nil || l != lengths[0] || !isNumber(l) {
			return malformed("bad Content-Length %.60q", l)
		}
		r.length = int64(n)
	}
	if r.length > element.MaxWireSize {
		return &badRequest{http.StatusRequestEntityTooLarge,
			fmt.Sprintf("the body of %d bytes is longer than %d", r.length, element.MaxWireSize)}
	}
	return nil
}

// checkCommand refuses what is no command: those are posted as JSON with a given
// length. Their path does not matter.
func (r *httpRequest) checkCommand() error {
	switch {
	case r.method != http.MethodPost:
		return malformed("method %s is not supported", r.method)
	case !strings.EqualFold(r.header.Get("Content-Type"), "application/json"):
		return malformed("Content-Type is %.60q, not application/json", r.header.Get("Content-Type"))
	case r.length < 0:
		return malformed("no Content-Length")
	}
	return nil
}

// keepAlive reports whether the client wants the connection to stay open.
func (r *httpRequest) keepAlive() bool {
	connection := r.header.Get("Connection")
	if r.version10 {
		return strings.EqualFold(connection, "keep-alive")
	}
	return !strings.EqualFold(connection, "close")
}

// isToken reports whether s may be a method or a header's name (RFC 9110 5.6.2).
func isToken(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`"(),/:;<=>?@[\]{}`, c) >= 0 {
			return false
		}
	}
	return s != ""
}

func isNumber(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
