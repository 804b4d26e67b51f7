package option

import (
	"encoding/binary"
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
