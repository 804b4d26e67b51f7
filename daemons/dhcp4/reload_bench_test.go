package dhcp4

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"nestor/lib/config"
	"nestor/lib/logging"
)

// BenchmarkReload is a config-reload, from the text of the file to the
// configuration in force.
func BenchmarkReload(b *testing.B) {
	var subnets, hosts []string
	for i := range 10_000 {
		base := fmt.Sprintf("20.%d.%d.", i>>8, i&255)
		subnets = append(subnets, fmt.Sprintf(`{"id": %d, "subnet": "%s0/24", "pools": [{"pool": "%[2]s10 - %[2]s200"}],
			"option-data": [{"name": "routers", "data": "%[2]s1"}]}`, i+1, base))
	}
	for i := range 100_000 {
		hosts = append(hosts, fmt.Sprintf(`{"hw-address": "06:00:00:%02x:%02x:%02x", "ip-address": "10.%[1]d.%d.%d", "hostname": "reserved-%d"}`,
			i>>16, i>>8&255, i&255, i))
	}
	for _, c := range []struct{ name, subnets string }{
		{"10000 subnets", strings.Join(subnets, ",\n")},
		{"100000 reservations", `{"id": 1, "subnet": "10.0.0.0/8", "reservations": [` + strings.Join(hosts, ",\n") + `]}`},
	} {
		b.Run(c.name, func(b *testing.B) {
			sys := logging.New("kea-dhcp4")
			sys.SetConsole(io.Discard, io.Discard)
			srv := New(Options{Log: sys, DataDir: b.TempDir(), LFCProgram: "/bin/true"})
			defer srv.Close()
			text := []byte(`{"Dhcp4": {"lease-database": {"type": "memfile", "persist": false}, "subnet4": [` + c.subnets + `]}}`)
			b.ReportAllocs()
			for b.Loop() {
				v, _, err := config.ParseText("conf", text)
				if err != nil {
					b.Fatal(err)
				}
				cfg, _, err := config.LoadDhcp4(v, config.Options{})
				if err != nil {
					b.Fatal(err)
				}
				if err := srv.Configure(context.Background(), cfg); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
