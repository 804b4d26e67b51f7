package control

import (
	"errors"
	"fmt"
	"net"
	"runtime/debug"
	"sync"
	"time"
)

// maxConnections is how many connections of one listener are served at a time;
// further ones wait to be accepted. It bounds what clients that never finish can
// make a daemon hold.
const maxConnections = 512

// connections are the open connections of one listener. One that waits for its
// client is idle and may be cut at any time; one whose command runs is not.
type connections struct {
	serving *sync.WaitGroup // counts the connections of all listeners

	mu      sync.Mutex
	closing bool
	idle    map[net.Conn]bool // all of them, with whether they are idle
}

// add takes in a new connection, idle; false when the listener is closing.
func (c *connections) add(conn net.Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		return false
	}
	if c.idle == nil {
		c.idle = make(map[net.Conn]bool)
	}
	c.idle[conn] = true
	c.serving.Add(1)
	return true
}

// setIdle notes whether a connection waits for its client. It returns false when
// the listener is closing and the connection should end.
func (c *connections) setIdle(conn net.Conn, idle bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.idle[conn] = idle
	return !c.closing
}

// remove forgets a connection that was served.
func (c *connections) remove(conn net.Conn) {
	c.mu.Lock()
	delete(c.idle, conn)
	c.mu.Unlock()
	c.serving.Done()
}

// close cuts the idle connections; the others end with the answer that is on its
// way.
func (c *connections) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closing = true
	for conn, idle := range c.idle {
		if idle {
			conn.Close()
		}
	}
}

// accept serves what ln accepts, each connection in a goroutine, until ln is
// closed. failed is told of every other error; accepting goes on after a pause,
// since what is short (descriptors, memory) comes back. Serving that panics costs
// the connection, not the daemon.
func (c *connections) accept(ln net.Listener, serve func(net.Conn), failed func(error)) {
	slots := make(chan struct{}, maxConnections)
	for {
		slots <- struct{}{}
		conn, err := ln.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			failed(err)
			<-slots
			time.Sleep(acceptPause)
			continue
		}
		if !c.add(conn) {
			conn.Close()
			return
		}
		go func() {
			defer func() {
				if p := recover(); p != nil {
					failed(fmt.Errorf("serving %s panicked: %v\n%s", conn.RemoteAddr(), p, debug.Stack()))
				}
				conn.Close()
				c.remove(conn)
				<-slots
			}()
			serve(conn)
		}()
	}
}

const acceptPause = 100 * time.Millisecond
