package control

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"
)

const (
	// requestTime is how long a request may take to arrive.
	requestTime = 10 * time.Second
	// idleTime is how long a kept connection may stay without a new request.
	idleTime = 30 * time.Second
	// lingerTime is how long a connection that ends on a bad request is still read,
	// so that the response is not lost by a reset.
	lingerTime = time.Second
)

// httpConn is one HTTP connection.
type httpConn struct {
	*httpListener
	socket     net.Conn // as accepted
	conn       net.Conn // socket, or TLS over it
	reader     *bufio.Reader
	peer, host string // address with port, and without
}

// serve answers the requests of one connection.
func (l *httpListener) serve(conn net.Conn) {
	x := httpConn{httpListener: l, socket: conn, conn: conn, peer: conn.RemoteAddr().String()}
	x.host, _, _ = net.SplitHostPort(x.peer)
	deadline := time.Now().Add(requestTime)
	conn.SetWriteDeadline(deadline)
	l.connections.readUntil(conn, deadline)
	if l.tls != nil && !x.handshake() {
		return
	}
	x.reader = bufio.NewReaderSize(x.conn, chunk)
	for x.exchange(deadline) {
		// What came behind the request is lost, as it is in Kea: clients wait for
		// the response.
		x.reader.Reset(x.conn)
		if !x.await() {
			break
		}
		deadline = time.Now().Add(requestTime)
	}
	l.server.httpLog.Log(msgConnectionStop, x.peer)
	x.linger()
}

// handshake begins TLS.
func (x *httpConn) handshake() bool {
	log := x.server.httpLog
	if log.Enabled(msgHandshakeStart) {
		log.Log(msgHandshakeStart, x.peer, requestTime.Seconds())
	}
	secure := tls.Server(x.socket, x.tls)
	if err := secure.Handshake(); err != nil {
		log.Log(msgHandshakeFailed, x.peer, err)
		return false
	}
	x.conn = secure
	return true
}

// await waits for the first byte of another request.
func (x *httpConn) await() bool {
	x.connections.readUntil(x.socket, time.Now().Add(idleTime))
	_, err := x.reader.Peek(1)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		x.server.httpLog.Log(msgIdleTimeout, x.peer)
	}
	return err == nil
}

// exchange reads one request, which must have come by deadline, and answers it.
// It reports whether the connection stays open.
func (x *httpConn) exchange(deadline time.Time) bool {
	x.connections.readUntil(x.socket, deadline)
	x.logStart()
	settings := x.settings.Load()
	req, err := readHead(x.reader)
	if err != nil {
		x.refuse(req, err, settings)
		return false
	}
	response, err := x.respond(req, settings, deadline)
	if err != nil {
		x.refuse(req, err, settings)
		return false
	}
	sent := x.send(response, req.version11, settings)
	return x.connections.setIdle(x.socket, true) && sent && req.keepAlive()
}

func (x *httpConn) logStart() {
	switch log := x.server.httpLog; {
	case x.tls != nil:
		log.Log(msgReceiveStartTLS, x.peer)
	case log.Enabled(msgReceiveStart):
		log.Log(msgReceiveStart, x.peer, requestTime.Seconds())
	}
}

// refuse answers what was no acceptable request, or came too late. A client that
// left gets nothing.
func (x *httpConn) refuse(req *httpRequest, err error, settings *httpSettings) {
	var bad *badRequest
	status := 0
	switch {
	case errors.As(err, &bad):
		x.server.httpLog.Log(msgBadRequest, x.peer, err)
		status = bad.status
	case errors.Is(err, os.ErrDeadlineExceeded):
		x.server.httpLog.Log(msgRequestTimeout, x.peer)
		status = http.StatusRequestTimeout
	default:
		return
	}
	if x.connections.setIdle(x.socket, false) {
		x.send(statusResponse(status), req.version11, settings)
	}
	x.connections.setIdle(x.socket, true)
}

// send writes a response in chunks, each of which the client must take in time.
func (x *httpConn) send(r *httpResponse, version11 bool, settings *httpSettings) bool {
	if log := x.server.httpLog; log.Enabled(msgResponseSend) {
		log.Log(msgResponseSend, fmt.Sprintf("%d %s", r.status, http.StatusText(r.status)), x.peer)
	}
	b := r.append(nil, version11, time.Now(), settings.headers)
	for len(b) > 0 {
		x.conn.SetWriteDeadline(time.Now().Add(requestTime))
		n, err := x.conn.Write(b[:min(chunk, len(b))])
		if err != nil {
			return false
		}
		b = b[n:]
	}
	return true
}

// linger shuts the sending side down and reads on for a while: closing with unread
// bytes would reset the connection, and the last response could be lost by that.
func (x *httpConn) linger() {
	if c, ok := x.conn.(interface{ CloseWrite() error }); ok {
		x.conn.SetWriteDeadline(time.Now().Add(lingerTime))
		x.connections.readUntil(x.socket, time.Now().Add(lingerTime))
		c.CloseWrite()
		const most = 1 << 20
		io.CopyN(io.Discard, x.conn, most)
	}
}
