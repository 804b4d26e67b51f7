package config

import (
	"crypto/sha256"
	"fmt"

	"nestor/lib/element"
)

// Hash returns the configuration hash that config-get, config-set and
// config-hash-get give: SHA-256 over the text of the arguments of config-get,
// { "Dhcp4": … } with the name of the daemon's map, in upper-case digits
// (ARM 18.4). v is that map with the one member.
func Hash(v *element.Value) string {
	return fmt.Sprintf("%X", sha256.Sum256(v.AppendJSON(nil)))
}

// Arguments returns { "Dhcp4": … }: what config-get answers beside the hash.
func (c *Dhcp4) Arguments() *element.Value { return element.NewMap().Add("Dhcp4", c.Element()) }

// Arguments returns { "Dhcp6": … }: what config-get answers beside the hash.
func (c *Dhcp6) Arguments() *element.Value { return element.NewMap().Add("Dhcp6", c.Element()) }

// Arguments returns { "Control-agent": … }: what config-get answers beside the
// hash.
func (a *Agent) Arguments() *element.Value {
	return element.NewMap().Add("Control-agent", a.Element())
}

// Arguments returns { "DhcpDdns": … }: what config-get answers beside the hash.
func (d *DDNS) Arguments() *element.Value { return element.NewMap().Add("DhcpDdns", d.Element()) }
