package control

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"strconv"
	"sync/atomic"

	"nestor/lib/config"
)

// httpListener serves commands on one TCP address, with or without TLS.
type httpListener struct {
	server      *Server
	socket      net.Listener
	files       tlsFiles
	tls         *tls.Config // nil: plain HTTP
	settings    atomic.Pointer[httpSettings]
	connections connections
	// large holds a place for each large body that is in memory.
	large chan struct{}
}

// httpSettings are what can be changed while the socket is open.
type httpSettings struct {
	auth    *basicAuth
	headers []config.HTTPHeader
}

func listenHTTP(ctx context.Context, s *Server, socket *config.ControlSocket) (*httpListener, error) {
	l := &httpListener{server: s, files: tlsFilesOf(socket), large: make(chan struct{}, maxLarge)}
	l.connections.serving = &s.serving
	l.setSettings(socket)
	address := net.JoinHostPort(socket.Address, strconv.FormatUint(uint64(socket.Port), 10))
	if l.files.enabled() {
		var err error
		if l.tls, err = l.files.server(); err != nil {
			return nil, fmt.Errorf("unable to use TLS at %s: %w", address, err)
		}
	} else if socket.Type == "https" {
		return nil, fmt.Errorf("the https control socket at %s needs trust-anchor, cert-file and key-file", address)
	}
	var config net.ListenConfig
	var err error
	if l.socket, err = config.Listen(ctx, "tcp", address); err != nil {
		return nil, fmt.Errorf("unable to open control socket at %s: %w", address, err)
	}
	l.started()
	go l.connections.accept(l.socket, l.serve, func(err error) { s.httpLog.Log(msgHTTPAcceptFail, address, err) })
	return l, nil
}

// started tells that the service is there.
func (l *httpListener) started() {
	bound := l.socket.Addr().(*net.TCPAddr).AddrPort()
	if started := l.server.options.Started; started != nil {
		started(l.tls != nil, bound.Addr().Unmap().String(), bound.Port())
		return
	}
	scheme := "HTTP"
	if l.tls != nil {
		scheme = "HTTPS"
	}
	l.server.httpLog.Log(msgHTTPStarted, scheme, bound.Addr().Unmap(), bound.Port())
}

func (l *httpListener) setSettings(socket *config.ControlSocket) {
	l.settings.Store(&httpSettings{auth: newBasicAuth(socket.Auth), headers: socket.Headers})
}

// update takes over authentication and headers; those of requests that are being
// answered stay.
func (l *httpListener) update(socket *config.ControlSocket) {
	if tlsFilesOf(socket) != l.files {
		l.server.httpLog.Log(msgHTTPIgnoredTLS)
	}
	l.setSettings(socket)
}

func (l *httpListener) close() {
	l.socket.Close()
	l.connections.close()
}
