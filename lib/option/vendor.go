package option

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// VendorSpace names the space of a vendor's sub-options by its enterprise
// number (ARM 8.2.13, 9.2.15).
func VendorSpace(enterprise uint32) string {
	return "vendor-" + strconv.FormatUint(uint64(enterprise), 10)
}

// VendorNumber is the inverse of VendorSpace.
func VendorNumber(space string) (enterprise uint32, ok bool) {
	digits, ok := strings.CutPrefix(space, "vendor-")
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseUint(digits, 10, 32)
	return uint32(n), err == nil
}

// Enterprise returns the enterprise number with which the value of a
// vendor-class or vendor-specific option begins. Options 124 and 125 of DHCPv4
// and 16 and 17 of DHCPv6 are told apart by code and this number (ARM 8.2.13,
// 8.2.19.4); ok is false for every other option.
func (d *Definition) Enterprise(wire []byte) (number uint32, ok bool) {
	if !d.keyedByEnterprise() || len(wire) < 4 {
		return 0, false
	}
	return binary.BigEndian.Uint32(wire), true
}

func (d *Definition) keyedByEnterprise() bool {
	if d.V6 {
		return d.Space == Space6 && (d.Code == 16 || d.Code == 17)
	}
	return d.Space == Space4 && (d.Code == 124 || d.Code == 125)
}

// holdsVendorOptions tells the options whose sub-options are in the space of
// the vendor that their value names.
func (d *Definition) holdsVendorOptions() bool {
	return !d.V6 && d.Space == Space4 && d.Code == 125 || d.V6 && d.Space == Space6 && d.Code == 17
}

// holdsVendorClasses tells the options whose value is texts behind an enterprise
// number.
func (d *Definition) holdsVendorClasses() bool {
	return d.keyedByEnterprise() && !d.holdsVendorOptions()
}

// checkVendorClass checks that the texts of a vendor class come with their lengths.
// In DHCPv4 a further text has an enterprise number before it (RFC 3925 section 3,
// RFC 8415 section 21.16).
func (d *Definition) checkVendorClass(wire []byte) error {
	if len(wire) < 4 {
		return fmt.Errorf("an enterprise number has 4 octets, there are %d", len(wire))
	}
	for i, rest := 1, wire[4:]; ; i++ {
		_, behind, ok := cutCounted(rest, tupleLengthOctets(d.V6))
		switch {
		case !ok:
			return fmt.Errorf("text %d of the vendor class needs its length before it, such as 03666f6f for foo: %s is cut short", i, FormatHex(rest))
		case len(behind) == 0:
			return nil
		case !d.V6 && len(behind) < 4:
			return fmt.Errorf("text %d of the vendor class is followed by %s, which is too short for an enterprise number", i, FormatHex(behind))
		case !d.V6:
			behind = behind[4:]
		}
		rest = behind
	}
}

// normalizeVendor checks the frame of a vendor's options and cuts off what follows
// the first vendor's. In DHCPv4 an octet between number and options counts these
// (RFC 3925 section 4).
func (d *Definition) normalizeVendor(wire []byte) ([]byte, error) {
	const number = 4
	switch {
	case len(wire) < number:
		return nil, fmt.Errorf("an enterprise number has %d octets, there are %d", number, len(wire))
	case d.V6 || len(wire) == number:
		return wire, nil
	case len(wire)-number-1 < int(wire[number]):
		return nil, fmt.Errorf("octet %d counts %d octets of options, %d follow", number+1, wire[number], len(wire)-number-1)
	}
	return wire[:number+1+int(wire[number])], nil
}
