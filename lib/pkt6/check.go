package pkt6

import "fmt"

// An OptionError is an option that is too short, or of an odd length where it holds
// numbers of two bytes. Parse returns it.
type OptionError struct {
	Code uint16
	Len  int
}

func (e *OptionError) Error() string {
	return fmt.Sprintf("option %d cannot be of %d bytes", e.Code, e.Len)
}

// checkLength checks an option of a client's message whose fields servers read (RFC
// 8415 section 21), with the leases inside of it.
func checkLength(code uint16, content []byte) error {
	least := 0
	switch code {
	case OptIANA, OptIAPD:
		least = iaLen
	case OptIATA:
		least = iataLen
	case OptElapsedTime, OptStatusCode:
		least = 2
	case OptOptionRequest:
		if least = 2; len(content)%2 != 0 {
			return &OptionError{code, len(content)}
		}
	case OptVendorClass:
		least = enterpriseLen
	case OptFQDN:
		least = 1
	}
	if len(content) < least {
		return &OptionError{code, len(content)}
	}
	if ia, ok := ReadIA(code, content); ok {
		return checkLeases(ia.Options)
	}
	return nil
}

// checkLeases checks the leases in an identity association.
func checkLeases(o Options) error {
	for {
		code, content, next, ok := o.next()
		if !ok {
			return nil
		}
		if code == OptIAAddr && len(content) < addressLen || code == OptIAPrefix && len(content) < prefixLen {
			return &OptionError{code, len(content)}
		}
		o = next
	}
}

// wholeVendorOpts reports whether vendor options hold whole sub-options to their
// end.
func wholeVendorOpts(content []byte) bool {
	if len(content) < enterpriseLen {
		return false
	}
	subs := Options(content[enterpriseLen:])
	return len(subs.Whole()) == len(subs)
}
