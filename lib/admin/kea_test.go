package admin

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"nestor/lib/config"
	"nestor/lib/sqldb"
	"nestor/schema"
	"nestor/tests/databases"
	"nestor/tests/peers"
)

// PL.11.4: a database that Debian's Kea 2.2.0 has made and filled is upgraded with
// every row.
func TestUpgradeOfKea(t *testing.T) {
	databases.EachNoSync(t, func(t *testing.T, s *databases.Server) {
		access := s.Database(t)
		if status, out := keaAdmin(t, access, "db-init"); status != 0 {
			t.Fatalf("kea-admin db-init: status %d\n%s", status, out)
		}
		for family, commands := range keaLeases {
			keaServes(t, access, family, commands)
		}
		db := openDB(t, access)
		fill(t, db)
		before := snapshot(t, db, nil)
		if n := len(before["lease4"]) - 1 + len(before["lease6"]) - 1; n != 7 {
			t.Fatalf("Kea has stored %d leases", n)
		}

		status, out, err := nestorAdmin(t, access, "db-upgrade")
		old := map[sqldb.Dialect]string{sqldb.MySQL: "14.0", sqldb.PostgreSQL: "13.0"}[s.Dialect]
		if status != 0 || !strings.Contains(out, "before upgrade: "+old+"\n") || !strings.Contains(out, "after upgrade: "+schema.Current(s.Dialect).String()+"\n") {
			t.Fatalf("status %d\n%s%s", status, out, err)
		}
		after := snapshot(t, db, before)
		for table, rows := range before {
			if strings.HasSuffix(table, "_global_parameter") || table == "schema_version" {
				continue
			}
			if diff := cmp.Diff(rows, after[table]); diff != "" {
				t.Errorf("%s (-before +after):\n%s", table, diff)
			}
		}
		checkParameters(t, db)
		for family, n := range map[string]int{"-4": 4, "-6": 3} {
			file := filepath.Join(t.TempDir(), "leases.csv")
			if status, out, err := nestorAdmin(t, access, "lease-dump", family, "-o", file); status != 0 {
				t.Errorf("status %d\n%s%s", status, out, err)
			}
			if text, _ := os.ReadFile(file); strings.Count(string(text), "\n") != n+1 {
				t.Errorf("dumped: %s", text)
			}
		}
	})
}

// keaLeases are leases that Kea stores itself, by commands of its lease_cmds.
var keaLeases = map[string][]string{
	"4": {
		`{"command":"lease4-add","arguments":{"subnet-id":1,"ip-address":"192.0.2.10","hw-address":"02:00:00:00:00:0a","hostname":"ten.example.org","fqdn-fwd":true,"user-context":{"a":"b,c"}}}`,
		`{"command":"lease4-add","arguments":{"subnet-id":1,"ip-address":"192.0.2.11","hw-address":"02:00:00:00:00:0b","client-id":"01:02:00:00:00:00:0b","valid-lft":4294967295}}`,
		`{"command":"lease4-add","arguments":{"subnet-id":1,"ip-address":"192.0.2.12","hw-address":"02:00:00:00:00:0c","state":1}}`,
		`{"command":"lease4-add","arguments":{"subnet-id":2,"ip-address":"198.51.100.1","hw-address":"02:00:00:00:00:0d"}}`,
	},
	"6": {
		`{"command":"lease6-add","arguments":{"subnet-id":1,"ip-address":"2001:db8:1::a","duid":"00:03:00:01:02:00:00:00:00:0a","iaid":4000000000,"hw-address":"02:00:00:00:00:0a","hostname":"ten.example.org"}}`,
		`{"command":"lease6-add","arguments":{"subnet-id":1,"ip-address":"2001:db8:1::b","duid":"00:03:00:01:02:00:00:00:00:0b","iaid":1}}`,
		`{"command":"lease6-add","arguments":{"subnet-id":1,"ip-address":"2001:db8:2:100::","prefix-len":56,"type":"IA_PD","duid":"00:03:00:01:02:00:00:00:00:0a","iaid":7}}`,
	},
}

// keaServes runs a server of Debian's Kea on the database and gives it commands.
func keaServes(t *testing.T, access *config.Database, family string, commands []string) {
	t.Helper()
	dir := t.TempDir()
	own := *access
	if own.Type == "mysql" {
		own.Host = "localhost"
	} else {
		own.Password = "" // Kea does not quote it for PostgreSQL, and the socket needs none
	}
	more := ""
	subnets := `{"id":1,"subnet":"192.0.2.0/24"},{"id":2,"subnet":"198.51.100.0/24"}`
	if family == "6" {
		more = fmt.Sprintf(`"data-directory":%q,`, dir)
		subnets = `{"id":1,"subnet":"2001:db8:1::/48","pd-pools":[{"prefix":"2001:db8:2::","prefix-len":48,"delegated-len":56}]}`
	}
	text := fmt.Sprintf(`{"Dhcp%[1]s":{%[6]s"interfaces-config":{"interfaces":[]},"lease-database":{%[2]s},
		"control-socket":{"socket-type":"unix","socket-name":"%[3]s/s"},
		"hooks-libraries":[{"library":"%[4]s/libdhcp_lease_cmds.so"}],"valid-lifetime":3600,"subnet%[1]s":[%[5]s]}}`,
		family, databases.JSON(&own), dir, peers.KeaHooks(t), subnets, more)
	file := filepath.Join(dir, "kea.conf")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(peers.Program(t, "kea-dhcp"+family), "-c", file)
	c.Env = append(databases.Environment(t), "KEA_PIDFILE_DIR="+dir, "KEA_LOCKFILE_DIR=none", "KEA_DHCP_DATA_DIR="+dir)
	if access.Type == "mysql" {
		c.Env = append(c.Env, "MYSQL_UNIX_PORT="+access.Host)
	}
	var log strings.Builder
	c.Stdout, c.Stderr = &log, &log
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- c.Wait() }()
	defer func() {
		c.Process.Kill()
		<-done
	}()
	wait(t, dir+"/s", done, &log)
	for _, command := range commands {
		answer, err := ask(dir+"/s", command)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(answer, `"result": 0`) {
			t.Fatalf("%s: %s\n%s", command, answer, &log)
		}
	}
}

// wait waits until a server answers: while it starts it closes connections.
func wait(t *testing.T, socket string, done chan error, log *strings.Builder) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		answer, err := ask(socket, `{"command":"list-commands"}`)
		if strings.Contains(answer, "-add") {
			return
		}
		select {
		case err := <-done:
			done <- err
			t.Fatalf("the server has ended: %v\n%s", err, log)
		default:
		}
		if time.Now().After(end) {
			t.Fatalf("no answer: %v", err)
		}
	}
}

// ask sends a command.
func ask(socket, command string) (string, error) {
	conn, err := net.Dial("unix", socket)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	fmt.Fprint(conn, command)
	answer, err := io.ReadAll(conn)
	return string(answer), err
}

// fill adds reservations and configuration as tools write them into Kea's tables.
func fill(t *testing.T, db *sqldb.DB) {
	t.Helper()
	conn, err := db.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	call := map[sqldb.Dialect]string{sqldb.MySQL: "CALL ", sqldb.PostgreSQL: "SELECT "}[db.Dialect]
	number := map[sqldb.Dialect]any{sqldb.MySQL: 3221225994, sqldb.PostgreSQL: "192.0.2.10"}[db.Dialect]
	for _, row := range []struct {
		statement string
		args      []any
	}{
		{"INSERT INTO hosts (host_id, dhcp_identifier, dhcp_identifier_type, dhcp4_subnet_id, ipv4_address, hostname, dhcp4_client_classes, user_context) VALUES (101, ?, 0, 1, 3221226000, 'A.example.org', 'gold,silver', '{ \"a\": 1 }')", []any{[]byte{2, 0, 0, 0, 0, 1}}},
		{"INSERT INTO hosts (host_id, dhcp_identifier, dhcp_identifier_type, dhcp4_subnet_id, dhcp6_subnet_id) VALUES (102, ?, 4, 0, 0)", []any{[]byte("flexible \x00\xff")}},
		{"INSERT INTO hosts (host_id, dhcp_identifier, dhcp_identifier_type, dhcp6_subnet_id, auth_key) VALUES (103, ?, 1, 1, '0123456789abcdef')", []any{[]byte{0, 3, 0, 1, 2, 0, 0, 0, 0, 1}}},
		{"INSERT INTO ipv6_reservations (address, prefix_len, type, dhcp6_iaid, host_id) VALUES ('2001:db8:1::100', 128, 0, NULL, 103), ('2001:db8:2:200::', 56, 2, 0, 103)", nil},
		{"INSERT INTO dhcp4_options (code, value, formatted_value, space, persistent, host_id, scope_id) VALUES (6, NULL, '192.0.2.1, 192.0.2.2', 'dhcp4', ?, 101, 3), (224, ?, NULL, 'dhcp4', ?, 101, 3)", []any{true, []byte{1, 2, 0, 255}, false}},
		{"INSERT INTO dhcp6_options (code, formatted_value, space, persistent, host_id, scope_id, user_context) VALUES (23, '2001:db8::53', 'dhcp6', ?, 103, 3, '{ \"b\": 2 }')", []any{false}},
		{call + "createAuditRevisionDHCP4(CURRENT_TIMESTAMP, 'all', 'filled', ?)", []any{false}},
		{call + "createAuditRevisionDHCP6(CURRENT_TIMESTAMP, 'all', 'filled', ?)", []any{false}},
		{"INSERT INTO dhcp4_client_class (name, test, only_if_required, modification_ts) VALUES ('gold', 'member(''KNOWN'')', ?, CURRENT_TIMESTAMP), ('silver', NULL, ?, CURRENT_TIMESTAMP)", []any{true, false}},
		{"INSERT INTO dhcp4_shared_network (name, client_class, require_client_classes, relay, modification_ts) VALUES ('net', 'gold', '[ \"silver\" ]', '[ \"192.0.2.1\" ]', CURRENT_TIMESTAMP)", nil},
		{"INSERT INTO dhcp4_subnet (subnet_id, subnet_prefix, client_class, next_server, shared_network_name, valid_lifetime, reservations_global, user_context, modification_ts) VALUES (1, '192.0.2.0/24', 'a \"class\"', ?, 'net', 3600, ?, '{ \"c\": 3 }', CURRENT_TIMESTAMP), (2, '198.51.100.0/24', NULL, NULL, NULL, NULL, NULL, NULL, CURRENT_TIMESTAMP)", []any{number, true}},
		{"INSERT INTO dhcp6_subnet (subnet_id, subnet_prefix, client_class, require_client_classes, interface_id, modification_ts) VALUES (1, '2001:db8:1::/48', 'gold', '[ \"silver\" ]', ?, CURRENT_TIMESTAMP)", []any{[]byte("eth0")}},
		{"INSERT INTO dhcp6_pd_pool (id, prefix, prefix_length, delegated_prefix_length, subnet_id, excluded_prefix_length, client_class, modification_ts) VALUES (11, '2001:db8:2::', 48, 56, 1, 0, 'gold', CURRENT_TIMESTAMP)", nil},
		{"INSERT INTO dhcp4_options (code, formatted_value, space, persistent, dhcp4_subnet_id, scope_id, modification_ts) VALUES (3, '192.0.2.1', 'dhcp4', ?, 1, 1, CURRENT_TIMESTAMP)", []any{false}},
		{"INSERT INTO dhcp4_options (code, formatted_value, space, persistent, dhcp_client_class, scope_id, modification_ts) VALUES (15, 'gold.example.org', 'dhcp4', ?, 'gold', 2, CURRENT_TIMESTAMP)", []any{false}},
		{"INSERT INTO dhcp4_option_def (code, name, space, type, modification_ts, is_array, encapsulate) VALUES (224, 'mine', 'dhcp4', 1, CURRENT_TIMESTAMP, ?, '')", []any{false}},
		{"INSERT INTO dhcp4_server (id, tag, description, modification_ts) VALUES (7, 'one', 'a server', CURRENT_TIMESTAMP)", nil},
		{"INSERT INTO dhcp4_global_parameter (id, name, value, parameter_type, modification_ts) VALUES (21, 'valid-lifetime', '7200', 0, CURRENT_TIMESTAMP), (22, 'ddns-use-conflict-resolution', '0', 2, CURRENT_TIMESTAMP), (23, 'reservation-mode', 'out-of-pool', 4, CURRENT_TIMESTAMP), (24, 'dhcp-ddns.qualifying-suffix', 'x', 4, CURRENT_TIMESTAMP), (25, 'dhcp-ddns.enable-updates', '1', 2, CURRENT_TIMESTAMP)", nil},
		{"INSERT INTO dhcp4_global_parameter_server (parameter_id, server_id, modification_ts) VALUES (21, 1, CURRENT_TIMESTAMP), (22, 1, CURRENT_TIMESTAMP), (23, 7, CURRENT_TIMESTAMP)", nil},
	} {
		if _, err := conn.ExecContext(context.Background(), db.Dialect.Rebind(row.statement), row.args...); err != nil {
			t.Fatalf("%.100s: %v", row.statement, err)
		}
	}
}

// renamed are columns of before that have another name since.
var renamed = map[string]string{
	"client_class": "client_classes", "require_client_classes": "evaluate_additional_classes", "only_if_required": "only_in_additional_list",
}

// rows are the rows of each table, each written as text, sorted.
type rows map[string][]string

// snapshot reads all rows. With those of before, it reads the same columns by their
// present names, and of the lookup tables the rows that there were.
func snapshot(t *testing.T, db *sqldb.DB, before rows) rows {
	t.Helper()
	all := make(rows)
	tables, err := schema.Tables(context.Background(), db)
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		columns := "*"
		if before != nil {
			if before[table] == nil {
				continue
			}
			columns = present(db, table, strings.Split(before[table][0], "|"))
		}
		all[table] = readRows(t, db, table, columns)
		if before != nil {
			all[table][0] = before[table][0]
			if slices.Contains([]string{"lease_state", "dhcp4_global_parameter_server"}, table) {
				all[table] = slices.DeleteFunc(all[table], func(row string) bool { return !slices.Contains(before[table], row) })
			}
			if table == "dhcp4_global_parameter_server" { // the row of reservation-mode went with it
				all[table] = before[table]
			}
		}
	}
	return all
}

// present are the columns' present names, with what gives them their old form.
func present(db *sqldb.DB, table string, columns []string) string {
	var names []string
	for _, name := range columns {
		switch now, was := renamed[name], name; {
		case name == "client_class" && strings.HasPrefix(table, "lease"):
		case name == "address" && (table == "lease6" || table == "ipv6_reservations"):
			name = map[sqldb.Dialect]string{sqldb.MySQL: "INET6_NTOA(address)", sqldb.PostgreSQL: "host(address)"}[db.Dialect]
		case now == "client_classes":
			name = map[sqldb.Dialect]string{
				sqldb.MySQL: "JSON_UNQUOTE(JSON_EXTRACT(client_classes, '$[0]'))", sqldb.PostgreSQL: "client_classes::json->>0",
			}[db.Dialect]
		case now != "":
			name = now
		case db.Dialect == sqldb.MySQL:
			name = "`" + was + "`"
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

// readRows gives the names of the columns and then the rows.
func readRows(t *testing.T, db *sqldb.DB, table, columns string) []string {
	t.Helper()
	found, err := db.Query("SELECT " + columns + " FROM " + table)
	if err != nil {
		t.Fatalf("%s: %v", table, err)
	}
	defer found.Close()
	names, _ := found.Columns()
	values, pointers := make([]any, len(names)), make([]any, len(names))
	for i := range values {
		pointers[i] = &values[i]
	}
	var all []string
	for found.Next() {
		if err := found.Scan(pointers...); err != nil {
			t.Fatal(err)
		}
		words := make([]string, len(values))
		for i, v := range values {
			if b, ok := v.([]byte); ok {
				v = string(b)
			}
			words[i] = fmt.Sprintf("%q", fmt.Sprint(v))
		}
		all = append(all, strings.Join(words, "|"))
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return append([]string{strings.Join(names, "|")}, all...)
}

// checkParameters looks at what became of the global parameters.
func checkParameters(t *testing.T, db *sqldb.DB) {
	t.Helper()
	got := readRows(t, db, "dhcp4_global_parameter AS p LEFT JOIN dhcp4_global_parameter_server AS s ON s.parameter_id = p.id", "p.name, p.value, p.parameter_type, s.server_id")[1:]
	want := []string{
		`"ddns-conflict-resolution-mode"|"no-check-with-dhcid"|"4"|"1"`,
		`"dhcp-ddns.enable-updates"|"1"|"2"|"<nil>"`,
		`"reservations-global"|"0"|"2"|"7"`,
		`"reservations-in-subnet"|"1"|"2"|"7"`,
		`"reservations-out-of-pool"|"1"|"2"|"7"`,
		`"valid-lifetime"|"7200"|"0"|"1"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("global parameters (-want +got):\n%s", diff)
	}
}
