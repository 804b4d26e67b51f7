package ncr

import (
	"crypto/sha256"
	"errors"
	"fmt"
)

// DHCIDLen is the length of a DHCID in bytes: type of the identifier, type of the
// digest, digest.
const DHCIDLen = 2 + 1 + sha256.Size

// Types of identifiers, and the one type of digest (RFC 4701 sections 3.3 and 3.4).
const (
	fromHardware = 0
	fromClientID = 1
	fromDUID     = 2

	digestSHA256 = 1
)

// rfc4361 is the type byte of a client-id that holds an IAID and a DUID (RFC 4361
// section 6.1), and these are the bounds of its length.
const (
	rfc4361    = 255
	iaidEnd    = 1 + 4
	maxRFC4361 = iaidEnd + 130
)

// maxIdentifier is the length of the longest identifier: that of an option of DHCPv4.
const maxIdentifier = 255

// Errors of identifiers.
var (
	ErrNoIdentifier   = errors.New("the client has no identifier")
	ErrLongIdentifier = fmt.Errorf("the identifier of the client has more than %d bytes", maxIdentifier)
	ErrBadClientID    = fmt.Errorf("a client-id of type %d has more than %d and at most %d bytes", rfc4361, iaidEnd, maxRFC4361)
)

// DHCID identifies the client that an entry of the DNS belongs to.
type DHCID [DHCIDLen]byte

// DHCID4 makes the DHCID of a DHCPv4 client and a name in text form: from its
// client-id, where it has one, else from its hardware address. A client-id that
// holds a DUID makes the DHCID of that DUID (RFC 4701 section 3.3).
func DHCID4(clientID []byte, htype byte, hwAddr []byte, name string) (DHCID, error) {
	switch {
	case len(clientID) > 0 && clientID[0] == rfc4361:
		if len(clientID) <= iaidEnd || len(clientID) > maxRFC4361 {
			return DHCID{}, ErrBadClientID
		}
		return digest(fromDUID, nil, clientID[iaidEnd:], name)
	case len(clientID) > 0:
		return digest(fromClientID, nil, clientID, name)
	}
	return digest(fromHardware, []byte{htype}, hwAddr, name)
}

// DHCID6 makes the DHCID of a DHCPv6 client and a name in text form.
func DHCID6(duid []byte, name string) (DHCID, error) { return digest(fromDUID, nil, duid, name) }

// digest hashes an identifier, which comes in two parts, and the name in lower case.
func digest(identifier byte, head, rest []byte, name string) (d DHCID, err error) {
	switch {
	case len(rest) == 0:
		return d, ErrNoIdentifier
	case len(rest) > maxIdentifier:
		return d, ErrLongIdentifier
	}
	var room [1 + maxIdentifier + 2*maxName]byte
	b := append(append(room[:0], head...), rest...)
	if b, err = AppendName(b, name, true); err != nil {
		return d, fmt.Errorf("%.300q is no domain name: %w", name, err)
	}
	sum := sha256.Sum256(b)
	d[1], d[2] = identifier, digestSHA256
	copy(d[3:], sum[:])
	return d, nil
}
