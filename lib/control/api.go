// Package control owns the management channel of the daemons: the registry of
// commands, the unix and HTTP(S) listeners with authentication and TLS, and the
// client that talks to another daemon's socket. What a command does belongs to
// who registers it.
package control

import (
	"context"

	"nestor/lib/element"
)

// Result codes of answers (ARM 18.1).
const (
	Success     = 0
	Error       = 1
	Unsupported = 2
	Empty       = 3
	Conflict    = 4
)

// Request is one command as its handler sees it.
type Request struct {
	Command string
	Args    *element.Value // nil when the command carries none
	Remote  string         // peer address of an HTTP client, "" on a unix socket
	Raw     *element.Value // the whole command
}

// Answer is what a handler gives back. Text "" and Args nil are left out.
type Answer struct {
	Result int
	Text   string
	Args   *element.Value
}

// Handler carries out a command. It may be called by several goroutines at once.
type Handler func(ctx context.Context, req *Request) Answer
