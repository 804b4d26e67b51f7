package option

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// resolver is one instance of the DNR option (RFC 9463 sections 4.1 and 5.1).
// Without addresses it is in ADN-only mode and has no parameters.
type resolver struct {
	priority  uint16
	name      []byte // labels
	addresses []byte // of one family, one after another
	params    []byte // as RFC 9460 section 2.2 encodes them
}

// The service parameters that RFC 9463 lets a resolver have.
const (
	paramALPN    = 1
	paramPort    = 3
	paramDoHPath = 7
)

var paramKeys = map[string]uint16{"alpn": paramALPN, "port": paramPort, "dohpath": paramDoHPath}

// encodeDNR4 writes resolvers separated by '|', each behind its length (ARM
// 8.2.34).
func encodeDNR4(data string) ([]byte, error) {
	var b []byte
	instances := splitEscaped(data, '|')
	for i, text := range instances {
		r, err := parseResolver(text, IPv4Address)
		if err != nil {
			if len(instances) > 1 {
				err = fmt.Errorf("resolver %d: %w", i+1, err)
			}
			return nil, err
		}
		if len(r.addresses) > math.MaxUint8 {
			return nil, fmt.Errorf("resolver %d has %d addresses, at most 63 fit", i+1, len(r.addresses)/4)
		}
		start := len(b)
		b = append(b, 0, 0)
		b = binary.BigEndian.AppendUint16(b, r.priority)
		b = append(b, byte(len(r.name)))
		b = append(b, r.name...)
		if len(r.addresses) > 0 {
			b = append(b, byte(len(r.addresses)))
			b = append(b, r.addresses...)
			b = append(b, r.params...)
		}
		if len(b)-start-2 > math.MaxUint16 {
			return nil, fmt.Errorf("resolver %d has more than %d octets", i+1, math.MaxUint16)
		}
		binary.BigEndian.PutUint16(b[start:], uint16(len(b)-start-2))
	}
	return b, nil
}

// encodeDNR6 writes one resolver (ARM 9.2.13).
func encodeDNR6(data string) ([]byte, error) {
	r, err := parseResolver(data, IPv6Address)
	if err != nil {
		return nil, err
	}
	b := binary.BigEndian.AppendUint16(nil, r.priority)
	b = binary.BigEndian.AppendUint16(b, uint16(len(r.name)))
	b = append(b, r.name...)
	if len(r.addresses) > 0 {
		if len(r.addresses) > math.MaxUint16 {
			return nil, fmt.Errorf("there are %d addresses, at most 4095 fit", len(r.addresses)/16)
		}
		b = binary.BigEndian.AppendUint16(b, uint16(len(r.addresses)))
		b = append(b, r.addresses...)
		b = append(b, r.params...)
	}
	return b, nil
}

// parseResolver reads "priority, name[, addresses[, parameters]]".
func parseResolver(text string, family Type) (r resolver, err error) {
	fields := splitEscaped(text, ',')
	for i := range fields {
		fields[i] = unescape(strings.TrimSpace(fields[i]), ",|")
	}
	if len(fields) < 2 || len(fields) > 4 {
		return r, fmt.Errorf("%q must be a priority, a domain name and, if wanted, addresses and parameters separated by blanks, such as 100, dns.example.org., 192.0.2.1, alpn=dot port=8530", strings.TrimSpace(text))
	}
	priority, err := parseInteger(fields[0], 0, math.MaxUint16)
	if err != nil {
		return r, fmt.Errorf("field 1 (priority): %w", err)
	}
	r.priority = uint16(priority)
	if r.name, err = appendName(nil, fields[1]); err != nil {
		return r, fmt.Errorf("field 2 (domain name): %w", err)
	}
	if len(fields) == 2 {
		return r, nil
	}
	addresses := strings.Fields(fields[2])
	if len(addresses) == 0 {
		return r, errors.New("field 3 (addresses) is empty: name the resolver's addresses, or end the value after the domain name")
	}
	for _, a := range addresses {
		if r.addresses, err = appendAddress(r.addresses, family, a); err != nil {
			return r, fmt.Errorf("field 3 (addresses): %w", err)
		}
	}
	if len(fields) == 4 {
		if r.params, err = encodeParams(strings.Fields(fields[3])); err != nil {
			return r, fmt.Errorf("field 4 (parameters): %w", err)
		}
	}
	return r, nil
}

// encodeParams writes service parameters in ascending order of their keys, as
// RFC 9460 section 2.2 demands.
func encodeParams(params []string) ([]byte, error) {
	type param struct {
		key   uint16
		value []byte
	}
	var list []param
	for _, text := range params {
		name, value, ok := strings.Cut(text, "=")
		key, known := paramKeys[name]
		if !ok || !known || value == "" {
			return nil, fmt.Errorf("%q is not alpn=, port= or dohpath= with a value; other parameters do not exist for resolvers (RFC 9463)", text)
		}
		if slices.ContainsFunc(list, func(p param) bool { return p.key == key }) {
			return nil, fmt.Errorf("%s is given twice", name)
		}
		b, err := encodeParam(key, value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		list = append(list, param{key, b})
	}
	slices.SortFunc(list, func(a, b param) int { return int(a.key) - int(b.key) })
	var b []byte
	for _, p := range list {
		b = binary.BigEndian.AppendUint16(b, p.key)
		b = binary.BigEndian.AppendUint16(b, uint16(len(p.value)))
		b = append(b, p.value...)
	}
	return b, nil
}

func encodeParam(key uint16, value string) (b []byte, err error) {
	switch key {
	case paramALPN:
		for _, id := range strings.Split(value, ",") {
			if id == "" {
				return nil, fmt.Errorf("%q has an empty protocol", value)
			}
			if b, err = appendTuple(b, id, false); err != nil {
				return nil, err
			}
		}
	case paramPort:
		n, err := parseInteger(value, 0, math.MaxUint16)
		if err != nil {
			return nil, err
		}
		b = binary.BigEndian.AppendUint16(b, uint16(n))
	case paramDoHPath:
		b = []byte(value)
	}
	if len(b) > math.MaxUint16 {
		return nil, fmt.Errorf("the value takes %d octets, more than %d", len(b), math.MaxUint16)
	}
	return b, nil
}

// Remark says what clients will miss in a value that is well formed, "" for nothing: a
// resolver that speaks HTTP needs the path of its queries (RFC 9461 section 5).
func (d *Definition) Remark(wire []byte) string {
	if d.Type != Internal || d.Name != "v4-dnr" && d.Name != "v6-dnr" {
		return ""
	}
	text, err := d.Decode(wire)
	if err != nil {
		return ""
	}
	for _, one := range splitEscaped(text, '|') {
		fields := splitEscaped(one, ',')
		if len(fields) < 4 {
			continue
		}
		if protocol := pathlessHTTP(strings.Fields(unescape(fields[3], ",|"))); protocol != "" {
			return fmt.Sprintf("the protocol %s needs a dohpath, such as dohpath=/dns-query{?dns}", protocol)
		}
	}
	return ""
}

// pathlessHTTP returns a protocol of HTTP among the parameters of a resolver that have
// no dohpath, "" if there is none.
func pathlessHTTP(params []string) (protocol string) {
	for _, p := range params {
		switch key, value, _ := strings.Cut(p, "="); key {
		case "dohpath":
			return ""
		case "alpn":
			for _, id := range strings.Split(value, ",") {
				if id == "h2" || id == "h3" || strings.HasPrefix(id, "http/") {
					protocol = id
				}
			}
		}
	}
	return protocol
}

func decodeDNR4(wire []byte) (string, error) {
	var texts []string
	for len(wire) > 0 {
		if len(wire) < 2 || len(wire)-2 < int(binary.BigEndian.Uint16(wire)) {
			return "", fmt.Errorf("resolver %d is cut short", len(texts)+1)
		}
		end := 2 + int(binary.BigEndian.Uint16(wire))
		text, err := formatResolver(wire[2:end], IPv4Address)
		if err != nil {
			return "", fmt.Errorf("resolver %d: %w", len(texts)+1, err)
		}
		texts = append(texts, text)
		wire = wire[end:]
	}
	return strings.Join(texts, " | "), nil
}

func decodeDNR6(wire []byte) (string, error) { return formatResolver(wire, IPv6Address) }

var errResolverShort = errors.New("the value is cut short")

// formatResolver writes one instance, without its length in front, as
// parseResolver reads it.
func formatResolver(wire []byte, family Type) (string, error) {
	lengthOctets := 1
	if family == IPv6Address {
		lengthOctets = 2
	}
	if len(wire) < 2 {
		return "", errResolverShort
	}
	text := strconv.Itoa(int(binary.BigEndian.Uint16(wire)))
	name, wire, ok := cutCounted(wire[2:], lengthOctets)
	if !ok {
		return "", errResolverShort
	}
	n, err := nameLen(name)
	if err != nil {
		return "", err
	}
	if n != len(name) {
		return "", errors.New("octets follow the domain name")
	}
	text += ", " + escape(formatName(name), ",|")
	if len(wire) == 0 {
		return text, nil
	}
	addresses, wire, ok := cutCounted(wire, lengthOctets)
	if !ok || len(addresses) == 0 || len(addresses)%family.size() != 0 {
		return "", errResolverShort
	}
	separator := ", "
	for ; len(addresses) > 0; addresses = addresses[family.size():] {
		a, _ := netip.AddrFromSlice(addresses[:family.size()])
		text += separator + a.String()
		separator = " "
	}
	params, err := formatParams(wire)
	if err != nil || params == "" {
		return text, err
	}
	return text + ", " + escape(params, ",|"), nil
}

// cutCounted splits b behind the octets that its first ones count.
func cutCounted(b []byte, lengthOctets int) (counted, rest []byte, ok bool) {
	if len(b) < lengthOctets {
		return nil, nil, false
	}
	n := int(b[0])
	if lengthOctets == 2 {
		n = int(binary.BigEndian.Uint16(b))
	}
	b = b[lengthOctets:]
	if len(b) < n {
		return nil, nil, false
	}
	return b[:n], b[n:], true
}

func formatParams(wire []byte) (string, error) {
	var texts []string
	for len(wire) > 0 {
		if len(wire) < 2 {
			return "", errResolverShort
		}
		key := binary.BigEndian.Uint16(wire)
		value, rest, ok := cutCounted(wire[2:], 2)
		if !ok {
			return "", errResolverShort
		}
		text, err := formatParam(key, value)
		if err != nil {
			return "", err
		}
		texts = append(texts, text)
		wire = rest
	}
	return strings.Join(texts, " "), nil
}

// formatParam writes a parameter that the configuration cannot have as keyN
// with its octets in hexadecimal.
func formatParam(key uint16, value []byte) (string, error) {
	switch key {
	case paramALPN:
		var ids []string
		for len(value) > 0 {
			id, rest, ok := cutCounted(value, 1)
			if !ok {
				return "", errResolverShort
			}
			ids = append(ids, string(id))
			value = rest
		}
		return "alpn=" + strings.Join(ids, ","), nil
	case paramPort:
		if len(value) != 2 {
			return "", fmt.Errorf("port has %d octets instead of 2", len(value))
		}
		return "port=" + strconv.Itoa(int(binary.BigEndian.Uint16(value))), nil
	case paramDoHPath:
		return "dohpath=" + string(value), nil
	}
	return fmt.Sprintf("key%d=%s", key, FormatHex(value)), nil
}
