package ddns

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"nestor/lib/ncr"
	"nestor/tests/nameserver"
)

// BenchmarkRequests carries out signed requests for a name and its pointer in BIND.
func BenchmarkRequests(b *testing.B) {
	s := nameserver.BIND(b, []nameserver.Key{testKey}, testZones...)
	i := launch(b, testKeyConfig+", "+domains(s.Addr, "Key.test.", []string{"example.org."}, []string{"10.in-addr.arpa."}))
	done := func() int { return strings.Count(i.out.String(), "ADD_SUCCEEDED") }
	b.ResetTimer()
	const batch = 256
	for from := 0; from < b.N; from += batch {
		for n := from; n < min(from+batch, b.N); n++ {
			r := request(false, fmt.Sprintf("h%d.example.org.", n), fmt.Sprintf("10.%d.%d.%d", n>>16, n>>8&255, n&255), 0, ncr.CheckWithDHCID)
			r.DHCID = fmt.Appendf(r.DHCID[:3], "%032d", n)
			i.send(b, r)
		}
		for done() < min(batch, b.N-from) {
			time.Sleep(5 * time.Millisecond)
		}
		i.out.reset()
	}
}
