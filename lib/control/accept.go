package control

import (
	"errors"
	"fmt"
	"net"
	"runtime/debug"
	"sync"
	"time"
)

// maxConnections is how many connections of one listener are served at a time.
// When a further one comes, that which waits longest for its client makes room. It
// bounds what clients that never finish can make a daemon hold.
const maxConnections = 512

// connections are the open connections of one listener. One that waits for its
// client is idle and may be cut at any time; one whose command runs is not.
type connections struct {
	serving *sync.WaitGroup // counts the connections of all listeners

	mu      sync.Mutex
	closing bool
	open    map[net.Conn]*waiting
}

// waiting says whether a connection waits for its client.
type waiting struct {
	idle    bool
	since   time.Time // of the present wait
	hurried bool      // its time ended early, for another to be served
}

// add takes in a new connection, idle; false when the listener is closing.
func (c *connections) add(conn net.Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		return false
	}
	if c.open == nil {
		c.open = make(map[net.Conn]*waiting)
	}
	c.open[conn] = &waiting{idle: true, since: time.Now()}
	c.serving.Add(1)
	return true
}

// setIdle notes whether a connection waits for its client. It returns false when
// the listener is closing and the connection should end.
func (c *connections) setIdle(conn net.Conn, idle bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	w := c.open[conn]
	w.idle = idle
	w.since = time.Now()
	return !c.closing
}

// readUntil sets when a connection has waited long enough for its client. One that
// was hurried has no time left.
func (c *connections) readUntil(conn net.Conn, deadline time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.open[conn].hurried {
		conn.SetReadDeadline(deadline)
	}
}

// hurry ends the time of the connection that has been idle longest, whose client
// then gets the answer to a command that came too late. It returns false when the
// listener is closing.
func (c *connections) hurry() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	var longest net.Conn
	for conn, w := range c.open {
		if w.idle && !w.hurried && (longest == nil || w.since.Before(c.open[longest].since)) {
			longest = conn
		}
	}
	if longest != nil {
		c.open[longest].hurried = true
		longest.SetReadDeadline(time.Unix(1, 0))
	}
	return !c.closing
}

// remove forgets a connection that was served.
func (c *connections) remove(conn net.Conn) {
	c.mu.Lock()
	delete(c.open, conn)
	c.mu.Unlock()
	c.serving.Done()
}

// close cuts the idle connections; the others end with the answer that is on its
// way.
func (c *connections) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closing = true
	for conn, w := range c.open {
		if w.idle {
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
		conn, err := ln.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			failed(err)
			time.Sleep(acceptPause)
			continue
		}
		if !c.takeSlot(slots) || !c.add(conn) {
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

// takeSlot waits for one of the slots, for which an idle connection has to go. It
// returns false when the listener is closing.
func (c *connections) takeSlot(slots chan<- struct{}) bool {
	for {
		select {
		case slots <- struct{}{}:
			return true
		default:
		}
		if !c.hurry() {
			return false
		}
		select {
		case slots <- struct{}{}:
			return true
		case <-time.After(slotPause):
		}
	}
}

const (
	acceptPause = 100 * time.Millisecond
	// slotPause is how long an idle connection is looked for again when all
	// connections had commands that run.
	slotPause = time.Second
)
