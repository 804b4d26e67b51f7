package hostname

import "nestor/lib/config"

// Flags are the flags of an FQDN option that are about updates of the DNS.
type Flags struct {
	Server   bool // S: the server updates the forward entry
	Override bool // O: the server has turned down what the client wants of S
	None     bool // N: nobody updates anything
}

// Answer gives the flags of the answer to a client. Updates are decided on by the
// DDNS settings; enabled tells whether there are any at all.
func (client Flags) Answer(enabled bool, d *config.DDNSParams) Flags {
	switch {
	case !enabled || !d.SendUpdates:
		return Flags{None: true, Override: client.Server}
	case client.None && d.OverrideNoUpdate:
		return Flags{Server: true, Override: true}
	case client.None:
		return Flags{None: true}
	case !client.Server && d.OverrideClientUpdate:
		return Flags{Server: true, Override: true}
	}
	return Flags{Server: client.Server}
}
