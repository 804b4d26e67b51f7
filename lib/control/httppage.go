package control

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
)

// page finds what answers a GET request, if anything does.
func (x *httpConn) page(req *httpRequest) http.Handler {
	if req.method != http.MethodGet || len(x.server.options.Pages) == 0 {
		return nil
	}
	u, err := url.ParseRequestURI(req.target)
	if err != nil {
		return nil
	}
	return x.server.options.Pages[u.Path]
}

// servePage lets a handler of net/http answer.
func servePage(ctx context.Context, page http.Handler, req *httpRequest, peer string) (*httpResponse, error) {
	r, err := http.NewRequestWithContext(ctx, req.method, req.target, http.NoBody)
	if err != nil {
		return nil, malformed("%v", err)
	}
	r.Header, r.RemoteAddr, r.RequestURI, r.Host = req.header, peer, req.target, req.header.Get("Host")
	w := &pageWriter{header: make(http.Header), status: http.StatusOK}
	page.ServeHTTP(w, r)
	response := &httpResponse{status: w.status, contentType: w.header.Get("Content-Type"), body: w.body.Bytes(), header: w.header}
	if response.contentType == "" {
		response.contentType = http.DetectContentType(response.body)
	}
	for _, general := range []string{"Content-Length", "Content-Type", "Date", "Transfer-Encoding", "Connection"} {
		w.header.Del(general)
	}
	return response, nil
}

// pageWriter gathers what a handler writes.
type pageWriter struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *pageWriter) Header() http.Header         { return w.header }
func (w *pageWriter) WriteHeader(status int)      { w.status = status }
func (w *pageWriter) Write(b []byte) (int, error) { return w.body.Write(b) }
