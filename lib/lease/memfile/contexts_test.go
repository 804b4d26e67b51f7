package memfile

import (
	"fmt"
	"strings"
	"testing"

	"nestor/lib/lease"
)

// D4.32.6: what the check makes of a context is in memory only; contexts of leases
// that are there no more, and leases without one, are not looked at.
func TestCheckContexts(t *testing.T) {
	with := func(last int, context string) string {
		return strings.Replace(row(last, 4000, "name"), ",0,,0\n", ",0,"+context+",0\n", 1)
	}
	file := header4 + with(1, `{ "a": 1 }`) + with(2, `{ "b": 2 }`) + with(3, "") + with(4, `{ "d": 4 }`) + row(4, 0, "name") +
		with(5, `{ "old": 1 }`) + with(5, `{ "e": 5 }`)
	var asked []string
	s, _, _, err := opened(t, map[string]string{"": file}, Options4{Context: func(l *lease.Lease4) {
		asked = append(asked, fmt.Sprintf("%d %s", l.Addr&255, l.UserContext))
		switch l.Addr & 255 {
		case 1:
			l.UserContext = nil
		case 2:
			l.UserContext = []byte(`{ "much": "longer than before" }`)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(asked, ", "); got != `1 { "a": 1 }, 2 { "b": 2 }, 5 { "e": 5 }` {
		t.Errorf("asked about %s", got)
	}
	var left []string
	if err := s.Leases4(lease.Query4{Hostname: "name"}, func(l *lease.Lease4) bool {
		left = append(left, fmt.Sprintf("%d %s", l.Addr&255, l.UserContext))
		return true
	}); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(left, ", "); got != `1 , 2 { "much": "longer than before" }, 3 , 5 { "e": 5 }` {
		t.Errorf("leases are %s", got)
	}
	if got := string(s.options.FS.(interface{ ReadFile(string) []byte }).ReadFile(crashPath)); got != file {
		t.Errorf("the file became\n%s", got)
	}
}
