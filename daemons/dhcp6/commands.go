package dhcp6

import (
	"context"
	"fmt"
	"time"

	"nestor/lib/control"
	"nestor/lib/element"
	"nestor/lib/stats"
)

// RegisterCommands registers the commands of the server (ARM 18.4), but for those
// that every daemon has.
func (srv *Server) RegisterCommands(reg *control.Registry) {
	stats.RegisterCommands(reg, srv.stats.registry)
	reg.Register("dhcp-disable", srv.dhcpDisable)
	reg.Register("dhcp-enable", srv.dhcpEnable)
	reg.Register("leases-reclaim", srv.leasesReclaim)
	reg.Register("server-tag-get", srv.serverTagGet)
	reg.Register("config-backend-pull", srv.configBackendPull)
}

func failure(format string, args ...any) control.Answer {
	return control.Answer{Result: control.Error, Text: fmt.Sprintf(format, args...)}
}

// originOf reads who switches the service: origin-id, else origin by name or
// number, else the user.
func originOf(req *control.Request) (origin uint32, err error) {
	args := req.Args
	if args == nil {
		return originUser, nil
	}
	if args.Kind != element.Map {
		return 0, fmt.Errorf("arguments for the '%s' command must be a map", req.Command)
	}
	if v := args.Get("origin-id"); v != nil {
		if v.Kind != element.Int || v.Int < 0 || v.Int > 1<<32-1 {
			return 0, fmt.Errorf("'origin-id' argument must be a number")
		}
		return uint32(v.Int), nil
	}
	v := args.Get("origin")
	switch {
	case v == nil:
		return originUser, nil
	case v.Kind == element.Int && v.Int >= 0 && v.Int <= 1<<32-1:
		return uint32(v.Int), nil
	case v.Kind != element.String:
		return 0, fmt.Errorf("'origin' argument must be a string or a number")
	}
	switch v.Str {
	case "user":
		return originUser, nil
	case "ha-partner":
		return originHARemote, nil
	case "":
		return 0, fmt.Errorf("invalid value used for 'origin' parameter: (empty string)")
	}
	return 0, fmt.Errorf("invalid value used for 'origin' parameter: %s", v.Str)
}

func (srv *Server) dhcpDisable(_ context.Context, req *control.Request) control.Answer {
	origin, err := originOf(req)
	if err != nil {
		return failure("%v", err)
	}
	period := int64(0)
	if req.Args != nil {
		if v := req.Args.Get("max-period"); v != nil {
			if v.Kind != element.Int {
				return failure("'max-period' argument must be a number")
			}
			if v.Int <= 0 {
				return failure("'max-period' must be positive integer")
			}
			period = v.Int
		}
	}
	srv.service.disable(origin, time.Duration(period)*time.Second)
	text := "DHCPv6 service disabled"
	if period > 0 {
		text += fmt.Sprintf(" for %d seconds", period)
	}
	return control.Answer{Text: text}
}

func (srv *Server) dhcpEnable(_ context.Context, req *control.Request) control.Answer {
	origin, err := originOf(req)
	if err != nil {
		return failure("%v", err)
	}
	srv.service.enable(origin)
	return control.Answer{Text: "DHCP service successfully enabled"}
}

func (srv *Server) leasesReclaim(_ context.Context, req *control.Request) control.Answer {
	if req.Args == nil {
		return failure("Missing mandatory 'remove' parameter.")
	}
	v := req.Args.Get("remove")
	switch {
	case v == nil:
		return failure("Missing mandatory 'remove' parameter.")
	case v.Kind != element.Bool:
		return failure("'remove' parameter expected to be a boolean.")
	}
	if srv.state.Load() == nil {
		return failure("the server is not configured yet")
	}
	if _, _, err := srv.reclaim(0, 0, v.Bool); err != nil {
		return failure("%v", err)
	}
	return control.Answer{Text: "Reclamation of expired leases is complete."}
}

func (srv *Server) serverTagGet(context.Context, *control.Request) control.Answer {
	tag := ""
	if cfg := srv.Config(); cfg != nil {
		tag = cfg.ServerTag
	}
	return control.Answer{Args: element.NewMap().Add("server-tag", element.NewString(tag))}
}

// configBackendPull answers as a server without configuration backend does.
func (srv *Server) configBackendPull(context.Context, *control.Request) control.Answer {
	return control.Answer{Result: control.Empty, Text: "No config backend."}
}

// status adds the server's part of status-get.
func (srv *Server) status(into *element.Value) {
	cfg := srv.Config()
	if cfg == nil {
		return
	}
	mt := cfg.MultiThreading
	into.Add("multi-threading-enabled", element.NewBool(mt.Enable))
	if mt.Enable {
		into.Add("thread-pool-size", element.NewInt(int64(shownThreads(mt))))
		into.Add("packet-queue-size", element.NewInt(int64(mt.PacketQueueSize)))
		// Queries wait in the kernel's receive buffers alone: the queue between
		// threads whose average length these are does not exist.
		averages := element.NewList()
		for range 3 {
			averages.Append(element.NewReal(0))
		}
		into.Add("packet-queue-statistics", averages)
	}
	into.Add("extended-info-tables", element.NewBool(false))
	s := &srv.service
	into.Add("dhcp-state", element.NewMap().
		Add("disabled-by-db-connection", numbers(s.disabledBy(originDatabase, originRangeSize))).
		Add("disabled-by-local-command", numbers(s.disabledBy(originHALocal, originRangeSize))).
		Add("disabled-by-remote-command", numbers(s.disabledBy(originHARemote, originRangeSize))).
		Add("disabled-by-user", element.NewBool(len(s.disabledBy(originUser, 1)) > 0)).
		Add("globally-disabled", element.NewBool(s.disabled())))
	state, errs := srv.sockets.status()
	sockets := element.NewMap().Add("status", element.NewString(state))
	if len(errs) > 0 {
		list := element.NewList()
		for _, e := range errs {
			list.Append(element.NewString(e))
		}
		sockets.Add("errors", list)
	}
	into.Add("sockets", sockets)
}

func numbers(ns []uint32) *element.Value {
	list := element.NewList()
	for _, n := range ns {
		list.Append(element.NewInt(int64(n)))
	}
	return list
}
