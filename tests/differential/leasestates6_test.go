package differential_test

import (
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"nestor/lib/lease/leasefile"
	"nestor/tests/servers"
)

// A stateRow is a lease in a lease file that was not made by serving: one in each state
// and with all that a row can hold.
type stateRow struct {
	name     string
	addr     string // of an address or a prefix
	length   int    // 128: an address
	client   int    // number of its dialogue6, 0: nobody's
	lifetime string // valid_lifetime, "" for 4000
	ends     time.Duration
	state    int
	hostname string
	context  string
	kept     bool // its client keeps it
	free     bool // another one may have it
}

const dayLong = 24 * time.Hour

// Contexts of leases, as rows have them: commas and ampersands are escaped there.
const (
	plainContext = `{ "a": 1&#x2c "note": "x&#x2c y &#x26 z" }`
	oldRelays    = `{ "ISC": { "relays": [ { "hop": 0&#x2c "link": "2001:db8:1::9"&#x2c "options": "0x0012000161"&#x2c "peer": "fe80::1" } ] } }`
	newRelays    = `{ "ISC": { "relay-info": [ { "hop": 0&#x2c "link": "2001:db8:1::9"&#x2c "options": "0x00250006000000096661"&#x2c "peer": "fe80::1"&#x2c "remote-id": "000000096661" } ] }&#x2c "mine": true }`
)

var stateRows = []stateRow{
	{name: "address", addr: "2001:db8:1:1::a1", length: 128, client: 701, ends: time.Hour, hostname: "a&#x2cb.example.org", context: plainContext, kept: true},
	{name: "prefix", addr: "2001:db8:8000:100::", length: 56, client: 702, ends: time.Hour, context: plainContext, kept: true},
	{name: "relay information", addr: "2001:db8:1:1::a3", length: 128, client: 703, ends: time.Hour, context: newRelays, kept: true},
	{name: "relay information of old", addr: "2001:db8:1:1::a4", length: 128, client: 704, ends: time.Hour, context: oldRelays, kept: true},
	{name: "infinite", addr: "2001:db8:1:1::a5", length: 128, client: 705, lifetime: "4294967295", ends: 4294967295 * time.Second},
	{name: "declined", addr: "2001:db8:1:1::b1", length: 128, lifetime: "86400", ends: dayLong, state: 1},
	{name: "reclaimed address", addr: "2001:db8:1:1::b2", length: 128, client: 706, ends: -time.Hour, state: 2, free: true},
	{name: "reclaimed prefix", addr: "2001:db8:8000:200::", length: 56, client: 707, ends: -time.Hour, state: 2, free: true},
	{name: "expired", addr: "2001:db8:1:1::b3", length: 128, client: 708, ends: -time.Minute, free: true},
	{name: "released", addr: "2001:db8:1:1::b4", length: 128, client: 709, lifetime: "0", state: 3, free: true},
	{name: "registered", addr: "2001:db8:1:1::b5", length: 128, client: 710, ends: dayLong, state: 4},
}

// row is the row as Nestor writes it.
func (r *stateRow) row() string {
	duid, hw, iaid, typ := "00:00:00", "", 0, 0
	if r.client != 0 {
		id := (&dialogue6{number: r.client}).duid(1)
		duid, hw, iaid = colons(id), colons(id[4:]), 1
	}
	if r.length != 128 {
		typ = 2
	}
	hwtype, source := "", ""
	if hw != "" {
		hwtype, source = "1", "2"
	}
	valid := r.lifetime
	if valid == "" {
		valid = "4000"
	}
	return fmt.Sprintf("%s,%s,%s,%d,1,%s,%d,%d,%d,0,0,%s,%s,%d,%s,%s,%s,0", r.addr, duid, valid, time.Now().Add(r.ends).Unix(),
		strings.NewReplacer("86400", "0", "4000", "3000").Replace(valid), typ, iaid, r.length, r.hostname, hw, r.state, r.context, hwtype, source)
}

func colons(b []byte) string {
	var parts []string
	for _, c := range b {
		parts = append(parts, fmt.Sprintf("%02x", c))
	}
	return strings.Join(parts, ":")
}

// rows6 reads the newest row of each address out of lease files, the later ones last:
// the columns that both makes have, by name.
func rows6(t *testing.T, files ...string) map[string]map[string]string {
	t.Helper()
	found := map[string]map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if os.IsNotExist(err) {
			continue
		} else if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		columns := strings.Split(lines[0], ",")
		for _, line := range lines[1:] {
			row := map[string]string{}
			for i, v := range strings.Split(line, ",") {
				row[columns[i]] = v
			}
			delete(row, "pool_id")
			found[row["address"]] = row
		}
	}
	return found
}

// The programs of both makes clean up a file with leases in all states to the same
// rows.
func TestCleanupOfStates6(t *testing.T) {
	t.Parallel()
	clean := func(m servers.Make) map[string]map[string]string {
		names := leasefile.NamesOf(filepath.Join(servers.Dir(t), "kea-leases6.csv"))
		older, newer := []string{leasefile.Header(leasefile.V6)}, []string{leasefile.Header(leasefile.V6)}
		for _, r := range stateRows {
			before := r
			before.state, before.context, before.lifetime = 0, "", "100"
			older, newer = append(older, before.row()), append(newer, r.row())
		}
		for name, rows := range map[string][]string{names.Previous: older, names.Copy: newer} {
			if err := os.WriteFile(name, []byte(strings.Join(rows, "\n")+"\n"), 0o640); err != nil {
				t.Fatal(err)
			}
		}
		// D6.4.11
		run := func() {
			cmd := exec.Command(m.LFC(t), "-6", "-d", "-x", names.Previous, "-i", names.Copy, "-o", names.Output, "-f", names.Finish, "-p", names.PID, "-c", "ignored-path")
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%s: %v\n%s", m.Name, err, out)
			}
		}
		if err := os.WriteFile(names.PID, fmt.Appendln(nil, os.Getpid()), 0o640); err != nil {
			t.Fatal(err)
		}
		run()
		if _, err := os.Stat(names.Copy); err != nil {
			t.Errorf("%s does not leave the files to the clean-up that the PID file names: %v", m.Name, err)
		}
		if err := os.Remove(names.PID); err != nil {
			t.Fatal(err)
		}
		run()
		rows := rows6(t, names.Previous)
		for _, row := range rows {
			delete(row, "expire") // depends on when it was written
		}
		return rows
	}
	nestor, kea := clean(servers.Nestor), clean(servers.Kea)
	if diff := cmp.Diff(kea, nestor); diff != "" {
		t.Errorf("Kea (-) and Nestor (+):\n%s", diff)
	}
	if want := len(stateRows) - 1; len(nestor) != want { // but for the released one
		t.Errorf("%d leases are left, want %d", len(nestor), want)
	}
}

// Both makes read leases in all states alike, one after the other on the same files
// with clean-ups between: who has one keeps it with its user context, what is nobody's
// is given to others, what is kept from them is not.
func TestStates6(t *testing.T) {
	for _, order := range [][2]servers.Make{{servers.Kea, servers.Nestor}, {servers.Nestor, servers.Kea}} {
		t.Run(order[0].Name+" then "+order[1].Name, func(t *testing.T) {
			t.Parallel()
			to := newTakeover6(t)
			names := leasefile.NamesOf(filepath.Join(to.dir, "kea-leases6.csv"))
			text := leasefile.Header(leasefile.V6) + "\n"
			for _, r := range stateRows {
				text += r.row() + "\n"
			}
			if err := os.WriteFile(names.Live, []byte(text), 0o640); err != nil {
				t.Fatal(err)
			}
			config := takeover6Config().With(object{
				"expired-leases-processing": object{"reclaim-timer-wait-time": 0, "flush-reclaimed-timer-wait-time": 0},
				"lease-database":            object{"type": "memfile", "name": names.Live, "lfc-interval": 1},
			})
			for _, m := range []servers.Make{order[0], order[1], order[0]} {
				srv, r := to.start(t, m, config)
				for i := range stateRows {
					to.meets(t, r, &stateRows[i])
				}
				awaitCleaned(t, names.Live, len(stateRows)/2)
				if status := srv.Stop(t); status != 0 {
					t.Fatalf("%s ended with status %d", m.Name, status)
				}
				checkStates6(t, m, rows6(t, names.Previous, names.Copy, names.Live))
			}
		})
	}
}

// meets lets the client of a row, and others, ask a server for what the row has.
func (to *takeover6) meets(t *testing.T, r *responder6, row *stateRow) {
	t.Helper()
	addr := netip.MustParseAddr(row.addr)
	want := netip.PrefixFrom(addr, row.length)
	wish := na(1, row.addr)
	if row.length != 128 {
		wish = pd(1, want.String())
	}
	if row.kept {
		answer := r.ask(t, []*packet6{build6(&dialogue6{number: row.client}, bareRenew(wish))})[0]
		if got := answer.leases(); len(got) != 1 || got[0] != want {
			t.Errorf("%s: %s answers its client's RENEW of %v with %s", row.name, r.make.Name, want, answer)
		}
	}
	to.xid++
	stranger := &dialogue6{number: 2000 + int(to.xid&0xff)}
	answer := r.ask(t, []*packet6{build6(stranger, solicit(wish))})[0]
	if got := answer.leases(); len(got) != 1 || (got[0] == want) != row.free {
		t.Errorf("%s: %s answers a stranger that asks for %v with %s", row.name, r.make.Name, want, answer)
	}
}

// checkStates6 checks what is in the files after a server was there.
func checkStates6(t *testing.T, m servers.Make, rows map[string]map[string]string) {
	t.Helper()
	for _, r := range stateRows {
		row := rows[r.addr]
		switch {
		case r.free:
		case row == nil:
			t.Errorf("%s: %s left no row of it", r.name, m.Name)
		case row["state"] != fmt.Sprint(r.state) || row["prefix_len"] != fmt.Sprint(r.length):
			t.Errorf("%s: %s left %v", r.name, m.Name, row)
		case !sameContext(row["user_context"], r.context):
			t.Errorf("%s: %s left the user context %s of %s", r.name, m.Name, row["user_context"], r.context)
		}
	}
}

// sameContext allows for relay information in the form of either version (D6.25.3).
func sameContext(got, want string) bool {
	return got == want || relayInfo.MatchString(want) && relayInfo.MatchString(got) && slices.Equal(
		[]bool{strings.Contains(want, "mine"), strings.Contains(want, "2001:db8:1::9")},
		[]bool{strings.Contains(got, "mine"), strings.Contains(got, "2001:db8:1::9")})
}
