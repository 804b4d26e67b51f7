package control

import (
	"fmt"

	"nestor/lib/element"
)

// maxName is the longest name of a command in bytes. What is longer is quoted by its
// beginning: answers and log lines stay short whatever a client sends.
const maxName = 256

// ParseRequest checks the envelope of a command (ARM 18.1). service is for the
// control agent alone and not looked at here, whatever it is.
func ParseRequest(raw *element.Value, remote string) (*Request, error) {
	if raw.Kind != element.Map {
		return nil, fmt.Errorf("invalid command: expected toplevel entry to be a map, got %s instead", kindName(raw.Kind))
	}
	for _, m := range raw.Members {
		switch m.Key {
		case "command", "arguments", "service", "remote-address":
		default:
			return nil, fmt.Errorf("invalid command: unsupported parameter '%s'", quoted(m.Key))
		}
	}
	command := raw.Get("command")
	if command == nil {
		return nil, fmt.Errorf("invalid command: does not contain mandatory 'command'")
	}
	if command.Kind != element.String {
		return nil, fmt.Errorf("invalid command: expected 'command' to be a string, got %s instead", kindName(command.Kind))
	}
	if n := len(command.Str); n > maxName {
		return nil, fmt.Errorf("invalid command: the name '%s' has %d bytes, a command has at most %d", quoted(command.Str), n, maxName)
	}
	return &Request{Command: command.Str, Args: raw.Get("arguments"), Remote: remote, Raw: raw}, nil
}

// quoted is a name for a text, cut when it is too long for one.
func quoted(name string) string {
	if len(name) <= maxName {
		return name
	}
	return fmt.Sprintf("%.32s…", name)
}

// kindName is what error texts call a kind of value.
func kindName(k element.Kind) string {
	switch k {
	case element.Bool:
		return "boolean"
	case element.Int:
		return "integer"
	case element.BigInt:
		return "bigint"
	case element.Real:
		return "real"
	case element.String:
		return "string"
	case element.List:
		return "list"
	case element.Map:
		return "map"
	}
	return "null"
}

// Element is the answer as it is sent: a map with result, and with text and
// arguments where there are any.
func (a Answer) Element() *element.Value {
	v := element.NewMap()
	if a.Args != nil {
		v.Add("arguments", a.Args)
	}
	v.Add("result", element.NewInt(int64(a.Result)))
	if a.Text != "" {
		v.Add("text", element.NewString(a.Text))
	}
	return v
}

// NewCommand makes a command to be sent to another daemon; args may be nil.
func NewCommand(name string, args *element.Value) *element.Value {
	v := element.NewMap()
	if args != nil {
		v.Add("arguments", args)
	}
	return v.Add("command", element.NewString(name))
}
