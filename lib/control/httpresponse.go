package control

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"nestor/lib/config"
	"nestor/lib/element"
)

// httpResponse is one response before its general headers are added.
type httpResponse struct {
	status      int
	contentType string
	body        []byte
	// header are further ones: of pages, and WWW-Authenticate.
	header http.Header
}

const jsonType = "application/json"

// statusResponse is a response that gives no answer: the body is a map of its own,
// not in a list.
func statusResponse(status int) *httpResponse {
	body := element.NewMap().
		Add("result", element.NewInt(int64(status))).
		Add("text", element.NewString(http.StatusText(status)))
	return &httpResponse{status: status, contentType: jsonType, body: body.AppendJSON(nil)}
}

// append appends the response as it is sent. The order of the headers is Kea's:
// length, type, date, the configured ones, those of the response.
func (r *httpResponse) append(b []byte, version11 bool, now time.Time, configured []config.HTTPHeader) []byte {
	b = append(b, "HTTP/1.0 "...)
	if version11 {
		b[len(b)-2] = '1'
	}
	b = strconv.AppendInt(b, int64(r.status), 10)
	b = append(append(b, ' '), http.StatusText(r.status)...)
	b = append(b, "\r\n"...)
	b = appendHeader(b, "Content-Length", strconv.Itoa(len(r.body)))
	b = appendHeader(b, "Content-Type", r.contentType)
	b = appendHeader(b, "Date", now.UTC().Format(http.TimeFormat))
	for _, h := range configured {
		b = appendHeader(b, h.Name, h.Value)
	}
	for _, name := range slices.Sorted(maps.Keys(r.header)) {
		for _, value := range r.header[name] {
			b = appendHeader(b, name, value)
		}
	}
	return append(append(b, "\r\n"...), r.body...)
}

func appendHeader(b []byte, name, value string) []byte {
	b = append(append(b, name...), ": "...)
	return append(append(b, value...), "\r\n"...)
}
