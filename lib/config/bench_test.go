package config

import (
	"fmt"
	"strings"
	"testing"
)

// manySubnets is a configuration of n subnets, each with a pool, an option and
// the given number of reservations.
func manySubnets(n, hosts int) []byte {
	var b strings.Builder
	b.WriteString(`{ "Dhcp4": { "valid-lifetime": 4000, "subnet4": [`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "\n{ \"id\": %d, \"subnet\": \"10.%d.%d.0/24\", \"pools\": [ { \"pool\": \"10.%d.%d.10 - 10.%d.%d.200\" } ],\n"+
			"\"option-data\": [ { \"name\": \"routers\", \"data\": \"10.%d.%d.1\" } ], \"reservations\": [",
			i+1, i/256, i%256, i/256, i%256, i/256, i%256, i/256, i%256)
		for h := range hosts {
			if h > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, "\n  { \"hw-address\": \"02:00:%02x:%02x:%02x:%02x\", \"ip-address\": \"10.%d.%d.%d\", \"hostname\": \"host%d\" }",
				i/256, i%256, h/256, h%256, i/256, i%256, h%254+1, h)
		}
		b.WriteString("] }")
	}
	b.WriteString("] } }")
	return []byte(b.String())
}

// BenchmarkLoad shows what a reload of a large configuration costs, from the text
// to the hash.
func BenchmarkLoad(b *testing.B) {
	for _, size := range []struct{ subnets, hosts int }{{10_000, 0}, {1000, 100}} {
		text := manySubnets(size.subnets, size.hosts)
		name := fmt.Sprintf("%d subnets, %d reservations", size.subnets, size.subnets*size.hosts)
		v, _, err := ParseText("test.conf", text)
		if err != nil {
			b.Fatal(err)
		}
		c, _, err := LoadDhcp4(v, Options{})
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name+"/parse", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := ParseText("test.conf", text); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/load", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := LoadDhcp4(v, Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/hash", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Hash(c.Arguments())
			}
		})
	}
}
