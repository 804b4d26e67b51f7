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

var typeNames = [...]string{
	Empty:       "empty",
	Binary:      "binary",
	Boolean:     "boolean",
	Int8:        "int8",
	Int16:       "int16",
	Int32:       "int32",
	Uint8:       "uint8",
	Uint16:      "uint16",
	Uint32:      "uint32",
	IPv4Address: "ipv4-address",
	IPv6Address: "ipv6-address",
	IPv6Prefix:  "ipv6-prefix",
	PSID:        "psid",
	String:      "string",
	Tuple:       "tuple",
	FQDN:        "fqdn",
	Record:      "record",
	Internal:    "internal",
}

// String gives the name of t that configurations use.
func (t Type) String() string {
	if int(t) < len(typeNames) {
		return typeNames[t]
	}
	return "unknown"
}

// ParseType finds the type that a configuration may name in option-def. The
// type internal is not among them: such options are built in.
func ParseType(name string) (Type, bool) {
	t, ok := typeByName(name)
	return t, ok && t != Internal
}

func typeByName(name string) (Type, bool) {
	for t, n := range typeNames {
		if n == name {
			return Type(t), true
		}
	}
	return 0, false
}

// size is the number of octets that a value of t takes, 0 if it varies.
func (t Type) size() int {
	switch t {
	case Boolean, Int8, Uint8:
		return 1
	case Int16, Uint16:
		return 2
	case PSID:
		return 3
	case Int32, Uint32, IPv4Address:
		return 4
	case IPv6Address:
		return 16
	}
	return 0
}
