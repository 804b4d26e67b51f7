package control

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"nestor/lib/element"
	"nestor/lib/logging"
)

// Registry holds the commands of a daemon. Its methods may be called
// concurrently; hooks add commands while the daemon runs.
type Registry struct {
	log *logging.Logger

	mu       sync.RWMutex
	handlers map[string]Handler
}

// NewRegistry returns a registry without commands that logs to the logger
// "commands" of a daemon.
func NewRegistry(log *logging.Logger) *Registry {
	return &Registry{log: log, handlers: make(map[string]Handler)}
}

// Register adds a command. Two owners of one name are a mistake of the program,
// for which it panics.
func (r *Registry) Register(name string, h Handler) {
	if name == "" || h == nil {
		panic("control: a command needs a name and a handler")
	}
	r.mu.Lock()
	_, taken := r.handlers[name]
	r.handlers[name] = h
	r.mu.Unlock()
	if taken {
		panic(fmt.Sprintf("control: command %s is registered twice", name))
	}
	r.log.Log(msgRegistered, name)
}

// Deregister removes a command, if it is there.
func (r *Registry) Deregister(name string) {
	r.mu.Lock()
	_, found := r.handlers[name]
	delete(r.handlers, name)
	r.mu.Unlock()
	if found {
		r.log.Log(msgDeregistered, name)
	}
}

// Names returns the commands in byte order, as list-commands shows them.
func (r *Registry) Names() []string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return slices.Sorted(maps.Keys(r.handlers))
}

// Call carries out a command whose envelope was checked. A handler that panics
// costs an error answer, not the daemon.
func (r *Registry) Call(ctx context.Context, req *Request) (answer Answer) {
	r.mu.RLock()
	h := r.handlers[req.Command]
	r.mu.RUnlock()
	if h == nil {
		return Answer{Result: Unsupported, Text: fmt.Sprintf("'%s' command not supported.", req.Command)}
	}
	defer func() {
		if p := recover(); p != nil {
			r.log.Log(msgFailed, fmt.Sprintf("%s panicked: %v", req.Command, p))
			answer = Answer{Result: Error, Text: fmt.Sprintf("internal error in command '%s': %v", req.Command, p)}
		}
	}()
	return h(ctx, req)
}

// Process carries out a command as it came from a client: nil stands for none at
// all. remote is the peer address of an HTTP client, "" on a unix socket.
func (r *Registry) Process(ctx context.Context, raw *element.Value, remote string) *element.Value {
	req, refusal := r.Receive(raw, remote)
	if req == nil {
		return refusal.Element()
	}
	return r.Call(ctx, req).Element()
}

// Receive is the first half of Process: it checks the envelope and logs the
// command. When that is wrong the request is nil, and the answer says why.
func (r *Registry) Receive(raw *element.Value, remote string) (*Request, Answer) {
	if raw == nil {
		return nil, Answer{Result: Error, Text: "Command processing failed: NULL command parameter"}
	}
	req, err := ParseRequest(raw, remote)
	if err != nil {
		r.log.Log(msgFailed, err)
		return nil, Answer{Result: Error, Text: "Error during command processing: " + err.Error()}
	}
	r.log.Log(msgReceived, req.Command)
	return req, Answer{}
}
