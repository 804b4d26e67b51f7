package sqlhost

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"nestor/lib/config"
	"nestor/lib/element"
	"nestor/lib/host"
	"nestor/lib/lease"
)

// element writes a row as the reservation would stand in a configuration, where
// all checks of reservations are.
func (s *store) element(r *row) (*element.Value, error) {
	v := element.NewMap()
	v.Add(r.identType.String(), element.NewString(hex.EncodeToString(r.ident)))
	if err := addContext(v, r.userContext); err != nil {
		return nil, fmt.Errorf("user_context: %w", err)
	}
	if r.hostname != "" {
		v.Add("hostname", element.NewString(r.hostname))
	}
	if r.classes != "" {
		v.Add("client-classes", classList(r.classes))
	}
	if len(r.options) > 0 {
		list := element.NewList()
		for i := range r.options {
			o, err := s.optionElement(&r.options[i])
			if err != nil {
				return nil, fmt.Errorf("%s, option_id %d: %w", s.family.options, r.options[i].id, err)
			}
			list.Append(o)
		}
		v.Add("option-data", list)
	}
	if s.family == family4 {
		addFields4(v, r)
	} else {
		addResources(v, r)
	}
	return v, nil
}

// addContext adds a user context, which is JSON text or empty.
func addContext(v *element.Value, text string) error {
	if text == "" {
		return nil
	}
	context, err := element.ParseWire([]byte(text))
	if err != nil {
		return err
	}
	if context.Kind == element.Map {
		v.Add("user-context", context)
	}
	return nil
}

// classList splits names with commas between.
func classList(text string) *element.Value {
	list := element.NewList()
	for name := range strings.SplitSeq(text, ",") {
		if name = strings.TrimSpace(name); name != "" {
			list.Append(element.NewString(name))
		}
	}
	return list
}

func (s *store) optionElement(o *optionRow) (*element.Value, error) {
	v := element.NewMap()
	v.Add("code", element.NewInt(int64(o.code)))
	space := o.space
	if space == "" {
		space = s.family.space
	}
	v.Add("space", element.NewString(space))
	v.Add("csv-format", element.NewBool(o.formatted != ""))
	switch {
	case o.formatted != "":
		v.Add("data", element.NewString(o.formatted))
	case len(o.value) > 0:
		v.Add("data", element.NewString(hex.EncodeToString(o.value)))
	}
	v.Add("always-send", element.NewBool(o.always))
	v.Add("never-send", element.NewBool(o.never))
	if o.classes != "" {
		classes, err := element.ParseWire([]byte(o.classes))
		if err != nil {
			return nil, fmt.Errorf("client_classes: %w", err)
		}
		v.Add("client-classes", classes)
	}
	if err := addContext(v, o.userContext); err != nil {
		return nil, fmt.Errorf("user_context: %w", err)
	}
	return v, nil
}

func addFields4(v *element.Value, r *row) {
	if r.addr4.Valid && r.addr4.V != 0 {
		v.Add("ip-address", element.NewString(addr4Of(r.addr4.V).String()))
	}
	if r.nextServer != 0 {
		v.Add("next-server", element.NewString(addr4Of(r.nextServer).String()))
	}
	if r.serverName != "" {
		v.Add("server-hostname", element.NewString(r.serverName))
	}
	if r.bootFile != "" {
		v.Add("boot-file-name", element.NewString(r.bootFile))
	}
}

func addr4Of(n uint32) netip.Addr {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], n)
	return netip.AddrFrom4(b)
}

func addResources(v *element.Value, r *row) {
	addresses, prefixes, excluded := element.NewList(), element.NewList(), element.NewList()
	anyExcluded := false
	for _, res := range r.resources {
		if res.typ != lease.TypePD {
			addresses.Append(element.NewString(res.prefix.Addr().String()))
			continue
		}
		prefixes.Append(element.NewString(res.prefix.String()))
		text := ""
		if res.excluded.IsValid() {
			text, anyExcluded = res.excluded.String(), true
		}
		excluded.Append(element.NewString(text))
	}
	if len(addresses.List) > 0 {
		v.Add("ip-addresses", addresses)
	}
	if len(prefixes.List) > 0 {
		v.Add("prefixes", prefixes)
	}
	if anyExcluded {
		v.Add("excluded-prefixes", excluded)
	}
}

// found is a reservation that was read, or why it cannot be used.
type found[H any] struct {
	subnetID uint32
	id       host.Identifier
	host     *H
	err      error
}

// decode4 makes reservations of rows; fragment knows the option definitions of the
// configuration in force.
func (s *store) decode4(rows []*row, fragment config.Fragment4) []found[host.Host] {
	return decode(s, rows, func(v *element.Value, r *row) (*host.Host, error) {
		c, _, err := fragment.Reservation(v, r.subnetID, netip.Prefix{})
		if err != nil {
			return nil, err
		}
		return &host.Host{Reservation: c, Addr4: host.Addr4(c)}, nil
	})
}

// decode6 does the same for DHCPv6.
func (s *store) decode6(rows []*row, fragment config.Fragment6) []found[host.Host6] {
	return decode(s, rows, func(v *element.Value, r *row) (*host.Host6, error) {
		c, _, err := fragment.Reservation(v, r.subnetID, netip.Prefix{})
		if err != nil {
			return nil, err
		}
		return &host.Host6{Reservation6: c, Resources: host.Resources6(c)}, nil
	})
}

func decode[H any](s *store, rows []*row, reservation func(*element.Value, *row) (*H, error)) []found[H] {
	all := make([]found[H], 0, len(rows))
	for _, r := range rows {
		v, err := s.element(r)
		var h *H
		if err == nil {
			h, err = reservation(v, r)
		}
		if err != nil {
			err = s.failed(fmt.Sprintf("the reservation of host_id %d (%s %s) cannot be used", r.id, r.identType, hex.EncodeToString(r.ident)), err)
		}
		all = append(all, found[H]{r.subnetID, host.Identifier{Type: r.identType, Value: r.ident}, h, err})
	}
	return all
}

// hostsOf are the reservations; those that cannot be used make an error beside the
// others.
func hostsOf[H any](all []found[H], err error) ([]*H, error) {
	hosts := make([]*H, 0, len(all))
	errs := []error{err}
	for _, f := range all {
		if f.err != nil {
			errs = append(errs, f.err)
			continue
		}
		hosts = append(hosts, f.host)
	}
	return hosts, errors.Join(errs...)
}
