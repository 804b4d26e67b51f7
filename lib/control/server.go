package control

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"sync"

	"nestor/lib/config"
	"nestor/lib/element"
	"nestor/lib/logging"
)

// Options are what daemons differ in. The zero value suits a DHCP server.
type Options struct {
	// Respond gives the body of the HTTP answer to a command, which is nil for an
	// empty request. nil: the registry's answer as the only element of a list.
	Respond func(ctx context.Context, command *element.Value, remote string) []byte
	// Pages answer GET requests for their paths on every HTTP listener, such as
	// /metrics. Authentication applies to them as to commands.
	Pages map[string]http.Handler
	// Permit says whether HTTP clients may give a command; others are answered
	// with status 403. nil: all.
	Permit func(command string) bool
	// Started is called for each HTTP listener that was opened, in place of the
	// log line HTTP_COMMAND_MGR_SERVICE_STARTED.
	Started func(tls bool, address string, port uint16)
}

// Server keeps the control sockets of a daemon. Its methods may be called
// concurrently, also by commands that came over its own sockets.
type Server struct {
	commands *Registry
	options  Options
	log      *logging.Logger // commands
	httpLog  *logging.Logger
	authLog  *logging.Logger
	ctx      context.Context
	cancel   context.CancelFunc

	serving sync.WaitGroup // connections, also those of listeners that are closed

	mu        sync.Mutex
	closed    bool
	listeners map[string]listener // by the address they are bound to
}

// listener is an open control socket.
type listener interface {
	// update takes over the settings of a socket that kept its address.
	update(*config.ControlSocket)
	// close stops accepting and lets answers on their way go out.
	close()
}

// NewServer returns a server without sockets. Commands of unix sockets, and of
// HTTP ones unless opts.Respond is set, go to the registry.
func NewServer(commands *Registry, sys *logging.System, opts Options) *Server {
	ctx, cancel := context.WithCancel(context.Background())
	return &Server{
		commands: commands, options: opts, ctx: ctx, cancel: cancel,
		log: sys.Logger("commands"), httpLog: sys.Logger("http"), authLog: sys.Logger("auth"),
		listeners: make(map[string]listener),
	}
}

// Apply makes the open sockets those of a configuration. One whose path, or
// address and port, did not change stays open, so that the answer to config-set
// arrives; it takes over authentication and headers, but not TLS (ARM 26.19,
// HTTP_COMMAND_MGR_IGNORED_TLS_SETUP_CHANGES). On an error nothing has changed.
func (s *Server) Apply(ctx context.Context, sockets []*config.ControlSocket) error {
	c, err := s.Prepare(ctx, sockets)
	if err != nil {
		return err
	}
	c.Commit()
	return nil
}

// Change is an Apply that is half done: what it needs is open, what it replaces
// still serves. It ends with Commit or Discard.
type Change struct {
	server *Server
	wanted map[string]*config.ControlSocket
	opened map[string]listener
}

// Prepare opens the sockets that an Apply would, which is all that can fail.
func (s *Server) Prepare(ctx context.Context, sockets []*config.ControlSocket) (*Change, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, net.ErrClosed
	}
	wanted, err := byAddress(sockets)
	if err != nil {
		return nil, err
	}
	c := &Change{s, wanted, make(map[string]listener)}
	for address, socket := range wanted {
		if s.listeners[address] != nil {
			continue
		}
		l, err := s.open(ctx, socket)
		if err != nil {
			c.Discard()
			return nil, err
		}
		c.opened[address] = l
	}
	return c, nil
}

// Discard closes what Prepare opened.
func (c *Change) Discard() {
	for _, l := range c.opened {
		l.close()
	}
}

// Commit closes what is not wanted any more and brings the rest up to date.
func (c *Change) Commit() {
	s := c.server
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		c.Discard()
		return
	}
	for address, l := range s.listeners {
		if socket := c.wanted[address]; socket != nil {
			l.update(socket)
			continue
		}
		l.close()
		delete(s.listeners, address)
	}
	for address, l := range c.opened {
		s.listeners[address] = l
	}
}

// byAddress sorts sockets by what they are bound to.
func byAddress(sockets []*config.ControlSocket) (map[string]*config.ControlSocket, error) {
	m := make(map[string]*config.ControlSocket, len(sockets))
	for _, s := range sockets {
		address := s.Name
		if s.Type != "unix" {
			address = net.JoinHostPort(s.Address, strconv.FormatUint(uint64(s.Port), 10))
		}
		if m[address] != nil {
			return nil, fmt.Errorf("two control sockets are at %s", address)
		}
		m[address] = s
	}
	return m, nil
}

func (s *Server) open(ctx context.Context, socket *config.ControlSocket) (listener, error) {
	if socket.Type == "unix" {
		return listenUnix(ctx, s, socket.Name)
	}
	return listenHTTP(ctx, s, socket)
}

// respond gives the body of the HTTP answer to a command.
func (s *Server) respond(ctx context.Context, command *element.Value, remote string) []byte {
	if s.options.Respond != nil {
		return s.options.Respond(ctx, command, remote)
	}
	return element.NewList(s.commands.Process(ctx, command, remote)).AppendJSON(nil)
}

// Close closes all sockets and waits until the answers on their way are out, or
// ctx is done, whose error it then returns. The server cannot be used again.
func (s *Server) Close(ctx context.Context) error {
	s.mu.Lock()
	s.closed = true
	for _, l := range s.listeners {
		l.close()
	}
	clear(s.listeners)
	s.mu.Unlock()
	defer s.cancel()
	done := make(chan struct{})
	go func() {
		s.serving.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
