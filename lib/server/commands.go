package server

import (
	"context"
	"fmt"
	"time"

	"nestor/lib/config"
	"nestor/lib/control"
	"nestor/lib/element"
)

// Commands are the commands that both servers have beside those of every daemon (ARM
// 18.4).
type Commands struct {
	Protocol string // DHCPv4 or DHCPv6
	Service  *Service
	// Config returns the configuration in force, nil before the first.
	Config func() *config.Server
	// Reclaim takes back all leases that have run out, and deletes them or keeps them
	// for their clients.
	Reclaim func(remove bool) error
}

// Register registers the commands.
func (c *Commands) Register(reg *control.Registry) {
	reg.Register("dhcp-disable", c.dhcpDisable)
	reg.Register("dhcp-enable", c.dhcpEnable)
	reg.Register("leases-reclaim", c.leasesReclaim)
	reg.Register("server-tag-get", c.serverTagGet)
	reg.Register("config-backend-pull", configBackendPull)
}

// Failure is the answer to a command that failed.
func Failure(format string, args ...any) control.Answer {
	return control.Answer{Result: control.Error, Text: fmt.Sprintf(format, args...)}
}

// originOf reads who switches the service: origin-id, else origin by name or
// number, else the user.
func originOf(req *control.Request) (origin uint32, err error) {
	args := req.Args
	if args == nil {
		return OriginUser, nil
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
		return OriginUser, nil
	case v.Kind == element.Int && v.Int >= 0 && v.Int <= 1<<32-1:
		return uint32(v.Int), nil
	case v.Kind != element.String:
		return 0, fmt.Errorf("'origin' argument must be a string or a number")
	}
	switch v.Str {
	case "user":
		return OriginUser, nil
	case "ha-partner":
		return originHARemote, nil
	case "":
		return 0, fmt.Errorf("invalid value used for 'origin' parameter: (empty string)")
	}
	return 0, fmt.Errorf("invalid value used for 'origin' parameter: %s", v.Str)
}

func (c *Commands) dhcpDisable(_ context.Context, req *control.Request) control.Answer {
	origin, err := originOf(req)
	if err != nil {
		return Failure("%v", err)
	}
	period := int64(0)
	if req.Args != nil {
		if v := req.Args.Get("max-period"); v != nil {
			if v.Kind != element.Int {
				return Failure("'max-period' argument must be a number")
			}
			if v.Int <= 0 {
				return Failure("'max-period' must be positive integer")
			}
			period = v.Int
		}
	}
	c.Service.Disable(origin, time.Duration(period)*time.Second)
	text := c.Protocol + " service disabled"
	if period > 0 {
		text += fmt.Sprintf(" for %d seconds", period)
	}
	return control.Answer{Text: text}
}

func (c *Commands) dhcpEnable(_ context.Context, req *control.Request) control.Answer {
	origin, err := originOf(req)
	if err != nil {
		return Failure("%v", err)
	}
	c.Service.Enable(origin)
	return control.Answer{Text: "DHCP service successfully enabled"}
}

func (c *Commands) leasesReclaim(_ context.Context, req *control.Request) control.Answer {
	if req.Args == nil {
		return Failure("Missing mandatory 'remove' parameter.")
	}
	v := req.Args.Get("remove")
	switch {
	case v == nil:
		return Failure("Missing mandatory 'remove' parameter.")
	case v.Kind != element.Bool:
		return Failure("'remove' parameter expected to be a boolean.")
	}
	if c.Config() == nil {
		return Failure("the server is not configured yet")
	}
	if err := c.Reclaim(v.Bool); err != nil {
		return Failure("%v", err)
	}
	return control.Answer{Text: "Reclamation of expired leases is complete."}
}

func (c *Commands) serverTagGet(context.Context, *control.Request) control.Answer {
	tag := ""
	if cfg := c.Config(); cfg != nil {
		tag = cfg.ServerTag
	}
	return control.Answer{Args: element.NewMap().Add("server-tag", element.NewString(tag))}
}

// configBackendPull answers as a server without configuration backend does.
func configBackendPull(context.Context, *control.Request) control.Answer {
	return control.Answer{Result: control.Empty, Text: "No config backend."}
}
