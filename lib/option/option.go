// Package option owns option definitions: the standard ones, those that a
// configuration adds, and the conversion of option values between the
// configuration's text and the wire. It serves DHCPv4 and DHCPv6.
package option

// Type is the type of an option or of a field of one (ARM 8.2.10 table 3).
type Type uint8

const (
	Empty Type = iota
	Binary
	Boolean
	Int8
	Int16
	Int32
	Uint8
	Uint16
	Uint32
	IPv4Address
	IPv6Address
	IPv6Prefix
	PSID
	String
	Tuple
	FQDN
	Record
	Internal // has a parser of its own, such as classless-static-route
)

// Definition is the format of an option.
type Definition struct {
	Space        string
	Code         uint32
	Name         string
	Type         Type
	Array        bool   // the value, or the last field of a record, repeats
	Fields       []Type // of a record
	Encapsulates string // space of the sub-options, "" if none
}

// Definitions is a set of option definitions, looked up by space and code or
// name. It is immutable once built and safe for concurrent use.
type Definitions struct{}
