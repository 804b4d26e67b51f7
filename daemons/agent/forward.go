package agent

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"syscall"

	"nestor/lib/control"
	"nestor/lib/element"
)

// respond answers a command: the services that it names do so over their sockets,
// one element of the list each in the order asked; without any the agent does it
// itself (ARM 7.1).
func (a *app) respond(ctx context.Context, command *element.Value, remote string) []byte {
	req, answer := a.env.Commands.Receive(command, remote)
	if req == nil {
		return listOf(text(answer))
	}
	a.log.Log(msgReceived, req.Command, remote)
	services, err := servicesOf(command)
	switch {
	case err != nil:
		return listOf(text(control.Answer{Result: control.Error, Text: err.Error()}))
	case len(services) > 0:
		return listOf(a.forwardAll(ctx, req, services)...)
	}
	answer = a.env.Commands.Call(ctx, req)
	if answer.Result == control.Unsupported {
		answer.Text += serviceHint
	}
	return listOf(text(answer))
}

// serviceHint tells those who meant another daemon how to reach it.
const serviceHint = ` You did not include a "service" parameter, so the Control Agent took the command for its own.` +
	` To send it to other daemons name them in "service": [ "dhcp4" ] for the DHCPv4 server, or` +
	` [ "dhcp4", "dhcp6", "d2" ] for the DHCPv4, DHCPv6 and DDNS servers.`

// servicesOf reads the service parameter.
func servicesOf(command *element.Value) ([]string, error) {
	v := command.Get("service")
	if v == nil {
		return nil, nil
	}
	if v.Kind != element.List {
		return nil, errors.New("service value must be a list")
	}
	services := make([]string, len(v.List))
	for i, s := range v.List {
		if s.Kind != element.String {
			return nil, errors.New("service value must be a list of strings")
		}
		services[i] = s.Str
	}
	return services, nil
}

// forwardAll sends a command to all services at the same time, so that one that
// hangs does not hold up the others. A service that is named more than once gets
// the command as often, but one after the other: a request must not open
// connections without number.
func (a *app) forwardAll(ctx context.Context, req *control.Request, services []string) [][]byte {
	command := req.Raw.AppendJSON(nil)
	answers := make([][]byte, len(services))
	places := map[string][]int{}
	for i, service := range services {
		places[service] = append(places[service], i)
	}
	var wait sync.WaitGroup
	for service, at := range places {
		each := func() {
			for _, i := range at {
				answers[i] = a.forward(ctx, req, service, command)
			}
		}
		if _, known := a.socketOf(service); known {
			wait.Go(each)
		} else {
			each()
		}
	}
	wait.Wait()
	return answers
}

// forward gives the answer of one service, or one that says why there is none.
func (a *app) forward(ctx context.Context, req *control.Request, service string, command []byte) []byte {
	a.log.Log(msgForwardBegin, req.Command, service)
	path, ok := a.socketOf(service)
	if !ok {
		return a.notForwarded(req, fmt.Errorf("forwarding socket is not configured for the server type %s", service))
	}
	answer, err := a.client.Exchange(ctx, path, command)
	if err != nil {
		return a.notForwarded(req, fmt.Errorf("unable to forward command to the %s service: %s. The server is likely to be offline",
			service, reason(err)))
	}
	a.log.Log(msgForwarded, req.Command, service, req.Remote)
	return answer
}

func (a *app) notForwarded(req *control.Request, err error) []byte {
	a.log.Log(msgForwardFailed, req.Command, err)
	return text(control.Answer{Result: control.Error, Text: err.Error()})
}

// reason is an error of the system in its own words, as strerror(3) has them, or
// any other error.
func reason(err error) string {
	var errno syscall.Errno
	if !errors.As(err, &errno) {
		return err.Error()
	}
	s := errno.Error()
	return strings.ToUpper(s[:1]) + s[1:]
}

func text(a control.Answer) []byte { return a.Element().AppendJSON(nil) }

// listOf makes the body of a response: Kea's list form around answers that are
// text already.
func listOf(answers ...[]byte) []byte {
	b := []byte("[ ")
	for i, answer := range answers {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(b, answer...)
	}
	return append(b, " ]"...)
}
