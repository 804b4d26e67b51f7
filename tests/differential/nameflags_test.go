package differential_test

import (
	"fmt"
	"strings"
	"testing"
)

// Both servers answer FQDN flags alike where DNS updates are on.
func TestNameFlags(t *testing.T) {
	s := setting{config: func() object {
		return namesConfig().With(object{"dhcp-ddns": object{"enable-updates": true}})
	}}
	for n, naming := range namings {
		for _, said := range clientNames {
			if n > 0 && n < 15 && (strings.Contains(said.name, "D4.26.") || strings.HasPrefix(said.name, "FQDN as text, ") || said.name == "host") {
				fields := append([]field{relayed(fmt.Sprintf("10.%d.0.1", n))}, said.fields...)
				s.cases = append(s.cases, course(naming.name+": "+said.name, discover(fields...), selecting(fields...)))
			}
		}
	}
	s.compare(t)
}
