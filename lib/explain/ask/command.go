package ask

import (
	"context"
	"fmt"

	"nestor/lib/control"
	"nestor/lib/element"
)

// Register registers the command: it tells what the server would do with a query, and
// does nothing.
func (f *Family) Register(reg *control.Registry, srv Server) {
	reg.Register(f.command, func(_ context.Context, req *control.Request) control.Answer { return f.Answer(srv, req.Args) })
}

// Answer is what the command answers to its arguments.
func (f *Family) Answer(srv Server, arguments *element.Value) control.Answer {
	defs := srv.Definitions()
	if defs == nil {
		return failure("the server is not configured yet: give it a configuration by config-set or config-reload")
	}
	args, err := f.readArguments(arguments)
	if err != nil {
		return failure("%v", err)
	}
	p, err := f.parse(args["packet"], defs)
	if err != nil {
		return failure("packet: %v", err)
	}
	at, err := f.arrivalOf(p, args, srv.Arrivals())
	if err != nil {
		return failure("%v", err)
	}
	e, err := srv.Explain(p, at)
	if err != nil {
		return failure("%v", err)
	}
	return control.Answer{Text: e.Summary(), Args: e.Element()}
}

func failure(format string, args ...any) control.Answer {
	return control.Answer{Result: control.Error, Text: fmt.Sprintf(format, args...)}
}

// arguments are those of the command with what each is for; %s is a description as an
// example.
var arguments = map[string]string{
	"packet":      "the query, as hexadecimal digits or as a description such as %s",
	"interface":   "the interface that it comes by, with an address behind a slash where it is not the server's only one",
	"source":      "the address that it comes from",
	"destination": "the address that it goes to",
}

func (f *Family) readArguments(v *element.Value) (map[string]string, error) {
	args := map[string]string{}
	packet := fmt.Sprintf(arguments["packet"], f.short)
	if v == nil || v.Kind != element.Map || v.Get("packet") == nil {
		return nil, fmt.Errorf("'packet' is missing: give %s", packet)
	}
	for _, m := range v.Members {
		switch purpose := arguments[m.Key]; {
		case purpose == "":
			return nil, fmt.Errorf("unknown argument '%s': there are packet, interface, source and destination", m.Key)
		case m.Value.Kind != element.String && m.Key == "packet":
			return nil, fmt.Errorf("'packet' must be a string: %s", packet)
		case m.Value.Kind != element.String:
			return nil, fmt.Errorf("'%s' must be a string: %s", m.Key, purpose)
		}
		args[m.Key] = m.Value.Str
	}
	return args, nil
}
