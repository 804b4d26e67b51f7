package packetinput

import (
	"fmt"
	"strconv"
	"strings"

	"nestor/lib/option"
)

// optionOf finds an option by its name or code. It has no definition if it is
// named by a code that defs does not know.
func optionOf(defs *option.Definitions, space, index string, highest uint64) (*option.Definition, uint32, error) {
	if def := defs.ByName(space, index); def != nil {
		return def, def.Code, nil
	}
	code, err := strconv.ParseUint(index, 10, 16)
	if err != nil || code == 0 || code > highest {
		return nil, 0, fmt.Errorf("%q is neither the name of an option nor a code of 1 to %d", index, highest)
	}
	return defs.ByCode(space, uint32(code)), uint32(code), nil
}

// encode is the content of an option: the bytes of a value that begins with 0x,
// else what its definition makes of the value. Where the definition asks for bytes,
// or is missing, the value is bytes with colons between or text.
func encode(def *option.Definition, value string) ([]byte, error) {
	switch {
	case value == "0x":
		return nil, nil
	case strings.HasPrefix(value, "0x"):
		return option.DecodeHex(value)
	case def != nil && def.Type != option.Binary:
		return def.EncodeCSV(value)
	case strings.Contains(value, ":"):
		if b, err := option.DecodeHex(value); err == nil {
			return b, nil
		}
	}
	return []byte(value), nil
}
