package control

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"nestor/lib/element"
)

const (
	// largeBody is the size from which a body needs one of the maxLarge places of
	// its listener, so that many clients together cannot fill the memory.
	largeBody = 1 << 20
	maxLarge  = 4
)

// respond finds the response to a request whose head was read. An error means that
// the connection cannot go on.
func (x *httpConn) respond(req *httpRequest, settings *httpSettings, deadline time.Time) (*httpResponse, error) {
	page := x.page(req)
	if page == nil {
		if err := req.checkCommand(); err != nil {
			return nil, err
		}
	}
	if settings.auth != nil && !x.authorized(req, settings.auth) {
		return x.unauthorized(req, settings.auth)
	}
	body, release, err := x.body(req, deadline)
	if err != nil {
		return nil, err
	}
	defer release()
	x.server.httpLog.Log(msgRequestReceived, x.peer)
	if !x.connections.setIdle(x.socket, false) {
		return nil, net.ErrClosed
	}
	if page != nil {
		return servePage(x.server.ctx, page, req, x.peer)
	}
	return x.command(x.server.ctx, body), nil
}

// authorized checks the credentials of a request.
func (x *httpConn) authorized(req *httpRequest, auth *basicAuth) bool {
	header := req.header.Get("Authorization")
	if header == "" {
		x.server.authLog.Log(msgNotAuthorized)
		return false
	}
	user, err := auth.check(header)
	switch {
	case errors.Is(err, errNotMatching):
		x.server.authLog.Log(msgNotAuthorized)
	case err != nil:
		x.server.authLog.Log(msgBadAuthHeader, err)
	default:
		x.server.authLog.Log(msgAuthorized, user)
	}
	return err == nil
}

// unauthorized is the response to wrong credentials. The body is passed over, not
// kept: a stranger costs no memory.
func (x *httpConn) unauthorized(req *httpRequest, auth *basicAuth) (*httpResponse, error) {
	if !expectsContinue(req) {
		if _, err := io.CopyN(io.Discard, x.reader, max(req.length, 0)); err != nil {
			return nil, err
		}
	}
	if !x.connections.setIdle(x.socket, false) {
		return nil, net.ErrClosed
	}
	r := statusResponse(http.StatusUnauthorized)
	r.header = http.Header{"WWW-Authenticate": {auth.challenge()}}
	return r, nil
}

// expectsContinue reports whether the client waits for word before it sends the
// body.
func expectsContinue(req *httpRequest) bool {
	return req.version11 && strings.EqualFold(req.header.Get("Expect"), "100-continue")
}

// body reads the body of a request. release gives its place back, when it is large.
func (x *httpConn) body(req *httpRequest, deadline time.Time) (body []byte, release func(), err error) {
	release = func() {}
	if req.length > largeBody {
		wait := time.NewTimer(time.Until(deadline))
		defer wait.Stop()
		select {
		case x.large <- struct{}{}:
			release = func() { <-x.large }
		case <-wait.C:
			return nil, nil, os.ErrDeadlineExceeded
		}
	}
	if expectsContinue(req) && req.length > 0 {
		if _, err = io.WriteString(x.conn, "HTTP/1.1 100 Continue\r\n\r\n"); err != nil {
			release()
			return nil, nil, err
		}
	}
	body, err = readBody(x.reader, max(req.length, 0))
	if err != nil {
		release()
		return nil, nil, err
	}
	return body, release, nil
}

// readBody reads exactly n bytes. Memory is taken as they come, not as they are
// announced.
func readBody(r *bufio.Reader, n int64) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, n))
	if err == nil && int64(len(body)) < n {
		err = io.ErrUnexpectedEOF
	}
	return body, err
}

// command carries out the command in a body.
func (x *httpConn) command(ctx context.Context, body []byte) *httpResponse {
	var command *element.Value
	if len(body) > 0 {
		var err error
		if command, err = element.ParseWire(body); err != nil {
			x.server.httpLog.Log(msgBadRequest, x.peer, fmt.Errorf("unable to parse the body: %w", err))
			return statusResponse(http.StatusBadRequest)
		}
	}
	if command != nil && command.Kind == element.Map {
		command.Set("remote-address", element.NewString(x.host))
	}
	if permit := x.server.options.Permit; permit != nil {
		if name := command.Get("command"); name != nil && !permit(name.Str) {
			return statusResponse(http.StatusForbidden)
		}
	}
	return &httpResponse{status: http.StatusOK, contentType: jsonType, body: x.server.respond(ctx, command, x.host)}
}
