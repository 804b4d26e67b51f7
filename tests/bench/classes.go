package main

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
)

// A richness is what a larger network's configuration has and a plain one has not.
type richness struct {
	classes int // client classes with a test each
	options int // configured, and asked for by the clients
	subnets int // of the shared network that the clients are in
}

var rich = richness{classes: 50, options: 20, subnets: 20}

// classes measures exchanges under such a configuration, beside plain ones.
func classes(ctx context.Context, b *bench) error {
	fmt.Printf("rich: %d client classes, %d options asked for, a shared network of %d subnets\n", rich.classes, rich.options, rich.subnets)
	printHeading("server")
	for _, s := range b.subjects {
		if s.bare || s.name == nestorFsync {
			continue
		}
		plain, err := b.measure(ctx, s, plan{threads: -1}, 64)
		if err != nil {
			return err
		}
		printReading(relayed, 64, s.name, plain)
		full, err := b.measure(ctx, s, plan{threads: -1, rich: &rich}, 64)
		if err != nil {
			return err
		}
		printReading(relayed, 64, s.name+" rich", full)
		ratio := float64(full.perExchange()) / float64(plain.perExchange())
		fmt.Printf("CPU, rich : plain exchange of %s: %.2f\n", s.name, ratio)
		if s.name == nestor {
			b.aim("CPU, exchange with classes, options and subnets : plain", ratio, 1, false, 1.5)
		}
	}
	return nil
}

// vendorClass is what the clients send in option 60.
const vendorClass = "MSFT 5.0"

// flags make the generator's clients send what the configuration looks at.
func (r *richness) flags() []string {
	var codes strings.Builder
	for _, o := range commonOptions[:r.options] {
		fmt.Fprintf(&codes, "%02x", o.code)
	}
	return []string{"-4", "-o", fmt.Sprintf("60,%x", vendorClass), "-o", "55," + codes.String()}
}

// apply puts the richness into a configuration.
func (r *richness) apply(dhcp4 object) {
	dhcp4["client-classes"] = r.classList()
	var options []object
	for _, o := range commonOptions[:r.options] {
		options = append(options, object{"code": o.code, "data": o.data})
	}
	dhcp4["option-data"] = options
	delete(dhcp4, "subnet4")
	dhcp4["shared-networks"] = []object{{
		"name": "clients", "interface": serverIface,
		"relay":   object{"ip-addresses": []string{clientAddr}},
		"subnet4": r.siblings(),
	}}
}

// siblings are the subnets of the shared network: 10.0.0.0/13 and following.
func (r *richness) siblings() []object {
	list := make([]object, r.subnets)
	for i := range list {
		prefix := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(8 * i), 0, 0}), 13)
		list[i] = object{
			"id": 1 + i, "subnet": prefix.String(), "pools": []object{{"pool": prefix.String()}},
			"option-data": []object{{"name": "routers", "data": prefix.Addr().Next().String()}},
		}
	}
	return list
}

// classList are classes as they are commonly told apart: by vendor class, user
// class, circuit, link-layer address, and by other classes. One of each kind
// holds the clients, but for those of circuits; every fifth gives an option.
func (r *richness) classList() []object {
	list := make([]object, r.classes)
	for i := range list {
		list[i] = object{"name": fmt.Sprintf("class-%d", i), "test": classTest(i)}
		if i%5 == 0 {
			list[i]["option-data"] = []object{{"name": "boot-file-name", "data": fmt.Sprintf("boot-%d.img", i)}}
		}
	}
	return list
}

func classTest(i int) string {
	switch kind, of := i%5, i/5; kind {
	case 0:
		vendors := []string{vendorClass[:4], "PXEClient", "android-dhcp", "udhcp", "Cisco AP", "ArubaAP", "yealink", "Polycom", "docsis3.0", "HTTPClient"}
		v := vendors[of%len(vendors)]
		return fmt.Sprintf("substring(option[60].hex,0,%d) == '%s'", len(v), v)
	case 1:
		return fmt.Sprintf("not (option[77].hex == 'profile-%d')", of)
	case 2:
		return fmt.Sprintf("relay4[1].hex == 'ge-0/0/%d' and relay4[2].exists", of)
	case 3:
		return fmt.Sprintf("substring(pkt4.mac,0,1) == 0x%02x or substring(pkt4.mac,0,3) == 0x0050%02x", 0x0a+of, of)
	default:
		return fmt.Sprintf("member('class-%d') and not member('class-%d')", i-1, i-4)
	}
}

// commonOptions are options that clients ask for.
var commonOptions = []struct {
	code int
	data string
}{
	{6, "192.0.2.1, 192.0.2.2"}, {15, "example.org"}, {28, "10.255.255.255"}, {2, "3600"}, {42, "192.0.2.3, 192.0.2.4"},
	{7, "192.0.2.5"}, {9, "192.0.2.6"}, {13, "64"}, {17, "/srv/root"}, {19, "false"},
	{23, "64"}, {26, "1500"}, {27, "true"}, {31, "false"}, {40, "nis.example.org"},
	{41, "192.0.2.7"}, {44, "192.0.2.8"}, {46, "8"}, {69, "192.0.2.9"}, {72, "192.0.2.10"},
}
