// Package option owns option definitions: the standard ones, those that a
// configuration adds, and the conversion of option values between the
// configuration's text and the wire. It serves DHCPv4 and DHCPv6. Reading and
// building packets is left to the packages of the two protocols.
package option

// Definition is the format of an option. Its methods do not change it, so one
// that is not written to any more may be used concurrently.
type Definition struct {
	Space        string
	Code         uint32
	Name         string
	Type         Type
	Array        bool   // the value, or the last field of a record, repeats
	Fields       []Type // of a record
	Encapsulates string // space of the sub-options, "" if none
	V6           bool   // DHCPv6: codes up to 65535, two-octet tuple lengths
}

// The spaces of the options that messages themselves carry.
const (
	Space4 = "dhcp4"
	Space6 = "dhcp6"
)

// The spaces of sub-options that the server itself has to know.
const (
	SpaceVendorEncapsulated = "vendor-encapsulated-options-space" // in option 43 without other definition
	SpaceAgent              = "dhcp-agent-options-space"          // in option 82
)

// maxCode is the highest code that the protocol's code field holds.
func (d *Definition) maxCode() uint32 {
	if d.V6 {
		return 65535
	}
	return 255
}

// fields gives the types of the option's own data in the order of the wire.
func (d *Definition) fields() []Type {
	switch d.Type {
	case Record:
		return d.Fields
	case Empty:
		return nil
	}
	return []Type{d.Type}
}
