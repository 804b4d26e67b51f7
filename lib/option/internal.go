package option

import "fmt"

// internalFormat converts an option whose syntax fits no list of fields.
type internalFormat struct {
	encode func(data string) ([]byte, error)
	decode func(wire []byte) (string, error)
}

// internal finds the converter of an option of type Internal.
func (d *Definition) internal() (internalFormat, error) {
	switch {
	case !d.V6 && d.Space == Space4 && d.Code == 121:
		return internalFormat{encodeRoutes, decodeRoutes}, nil
	case !d.V6 && d.Space == Space4 && d.Code == 162:
		return internalFormat{encodeDNR4, decodeDNR4}, nil
	case d.V6 && d.Space == Space6 && d.Code == 144:
		return internalFormat{encodeDNR6, decodeDNR6}, nil
	}
	return internalFormat{}, fmt.Errorf("type %s has no meaning for this option", d.Type)
}
