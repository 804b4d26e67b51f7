package schema

import (
	"fmt"

	"nestor/lib/sqldb"
)

// conversion is what happens to the rows, or to the names of columns, on the way
// past a version; columns that are only new or wider need none. Conversions run
// before the tables get their new form, with the triggers gone, so that nothing is
// audited or counted.
type conversion struct {
	// mysql and postgresql are the versions that have it already, 0.0: from the first.
	mysql, postgresql Number
	reason            string
	statements        func(d sqldb.Dialect, have shape) []string
}

// conversions are in the order of the versions.
var conversions = []conversion{
	{Number{5, 0}, Number{3, 0}, "options of hosts get their scope", optionScopes},
	{Number{7, 0}, Number{5, 0}, "no subnet is NULL, 0 is for all", globalReservations},
	{Number{9, 0}, Number{6, 0}, "host names are in lower case", lowerHostnames},
	{Number{9, 5}, Number{}, "reservation modes become flags", reservationModes},
	{Number{12, 0}, Number{}, "only options of classes name a class", optionClasses},
	{Number{19, 0}, Number{18, 0}, "addresses are binary", binaryAddresses},
	{Number{20, 0}, Number{19, 0}, "DNS conflicts are resolved by a mode", conflictModes},
	{Number{22, 0}, Number{21, 0}, "the modes of reservations and DNS of old are global parameters no more", oldParameters},
	{Number{26, 0}, Number{25, 0}, "lists of classes to evaluate have their new name", additionalClasses},
	{Number{27, 0}, Number{26, 0}, "a class becomes a list of classes", classLists},
}

// pending are those that a database of version n still needs.
func pending(d sqldb.Dialect, n Number) []conversion {
	var all []conversion
	for _, c := range conversions {
		since := c.mysql
		if d == sqldb.PostgreSQL {
			since = c.postgresql
		}
		if n.before(since) {
			all = append(all, c)
		}
	}
	return all
}

// has tells whether there is a column.
func (s shape) has(table, column string) bool {
	t := s.tables[table]
	if t == nil {
		return false
	}
	for _, c := range t.columns {
		if c.name == column {
			return true
		}
	}
	return false
}

// kindOf is the type of a column, "" when it is missing.
func (s shape) kindOf(table, name string) string {
	if t := s.tables[table]; t != nil {
		for _, c := range t.columns {
			if c.name == name {
				return c.kind
			}
		}
	}
	return ""
}

func optionScopes(d sqldb.Dialect, have shape) (all []string) {
	for _, t := range []string{"dhcp4_options", "dhcp6_options"} {
		if have.tables[t] != nil && !have.has(t, "scope_id") {
			kind := map[sqldb.Dialect]string{sqldb.MySQL: "TINYINT UNSIGNED", sqldb.PostgreSQL: "SMALLINT"}[d]
			all = append(all, fmt.Sprintf("ALTER TABLE %s ADD COLUMN scope_id %s NOT NULL DEFAULT 3", t, kind))
		}
	}
	return all
}

func globalReservations(d sqldb.Dialect, have shape) (all []string) {
	for _, family := range []string{"4", "6"} {
		column := "dhcp" + family + "_subnet_id"
		for _, t := range []string{"hosts", "dhcp" + family + "_options"} {
			if have.has(t, column) {
				if d == sqldb.PostgreSQL {
					all = append(all, fmt.Sprintf("ALTER TABLE %s ALTER COLUMN %s DROP NOT NULL", t, column))
				} else {
					all = append(all, fmt.Sprintf("ALTER TABLE %s MODIFY COLUMN %s INT UNSIGNED NULL", t, column))
				}
				all = append(all, fmt.Sprintf("UPDATE %s SET %s = NULL WHERE %s = 0", t, column, column))
			}
		}
	}
	return all
}

func lowerHostnames(d sqldb.Dialect, _ shape) (all []string) {
	differs := "LOWER(hostname) <> hostname"
	if d == sqldb.MySQL {
		differs = "BINARY LOWER(hostname) <> hostname" // its texts are equal whatever their case
	}
	for _, t := range []string{"lease4", "lease6"} {
		all = append(all, fmt.Sprintf("UPDATE %s SET hostname = LOWER(hostname) WHERE %s", t, differs))
	}
	return all
}

// reservationFlags are what a reservation mode, by its number, means: global,
// in-subnet, out-of-pool.
var reservationFlags = []struct{ name, flags string }{
	{"disabled", "reservations_global = FALSE, reservations_in_subnet = FALSE"},
	{"out-of-pool", "reservations_global = FALSE, reservations_in_subnet = TRUE, reservations_out_of_pool = TRUE"},
	{"global", "reservations_global = TRUE, reservations_in_subnet = FALSE"},
	{"all", "reservations_global = FALSE, reservations_in_subnet = TRUE, reservations_out_of_pool = FALSE"},
}

func reservationModes(_ sqldb.Dialect, have shape) (all []string) {
	for _, t := range []string{"dhcp4_subnet", "dhcp4_shared_network", "dhcp6_subnet", "dhcp6_shared_network"} {
		if !have.has(t, "reservation_mode") {
			continue
		}
		all = append(all, fmt.Sprintf("ALTER TABLE %s ADD COLUMN reservations_global BOOLEAN DEFAULT NULL, "+
			"ADD COLUMN reservations_in_subnet BOOLEAN DEFAULT NULL, ADD COLUMN reservations_out_of_pool BOOLEAN DEFAULT NULL", t))
		for mode, row := range reservationFlags {
			// The time of change is that of the configuration, which does not change.
			all = append(all, fmt.Sprintf("UPDATE %s SET %s, modification_ts = modification_ts WHERE reservation_mode = %d", t, row.flags, mode))
		}
	}
	return all
}

func optionClasses(_ sqldb.Dialect, have shape) (all []string) {
	for _, t := range []string{"dhcp4_options", "dhcp6_options"} {
		if have.has(t, "dhcp_client_class") {
			all = append(all, fmt.Sprintf("UPDATE %s SET dhcp_client_class = NULL WHERE scope_id <> 2", t))
		}
	}
	return all
}

// binaryAddresses turns the texts of IPv6 addresses into their bytes (MySQL) or
// into inet (PostgreSQL). What is no address is an error of the server.
func binaryAddresses(d sqldb.Dialect, have shape) (all []string) {
	for _, t := range []string{"lease6", "ipv6_reservations"} {
		switch kind := have.kindOf(t, "address"); {
		case kind == "" || kind == "binary(16)" || kind == "inet":
		case d == sqldb.PostgreSQL:
			all = append(all, fmt.Sprintf("ALTER TABLE %s ALTER COLUMN address TYPE INET USING address::INET", t))
		default:
			all = append(all,
				fmt.Sprintf("ALTER TABLE %s MODIFY COLUMN address VARBINARY(45) NOT NULL", t),
				fmt.Sprintf("UPDATE %s SET address = INET6_ATON(CONVERT(address USING ascii))", t),
				fmt.Sprintf("ALTER TABLE %s MODIFY COLUMN address BINARY(16) NOT NULL", t))
		}
	}
	return all
}

// conflictModes also empties the tables of relay and remote ids, as Kea does: they
// refer to addresses of the old form. Servers with extended-info-tables fill them
// with the leases that they write.
func conflictModes(_ sqldb.Dialect, have shape) (all []string) {
	for _, t := range []string{"lease6_relay_id", "lease6_remote_id"} {
		if have.tables[t] != nil {
			all = append(all, "DELETE FROM "+t)
		}
	}
	for _, t := range []string{"dhcp4_global_parameter", "dhcp6_global_parameter"} {
		if have.has(t, "parameter_type") { // the first ones, without a type, had no such names
			all = append(all, fmt.Sprintf("UPDATE %s SET name = 'ddns-conflict-resolution-mode', parameter_type = 4, modification_ts = modification_ts, "+
				"value = CASE WHEN value IN ('1', 'true') THEN 'check-with-dhcid' ELSE 'no-check-with-dhcid' END "+
				"WHERE name = 'ddns-use-conflict-resolution'", t))
		}
	}
	return all
}

// goneParameters were of dhcp-ddns before they became parameters of each scope.
const goneParameters = "'dhcp-ddns.override-no-update', 'dhcp-ddns.override-client-update', 'dhcp-ddns.replace-client-name', " +
	"'dhcp-ddns.generated-prefix', 'dhcp-ddns.qualifying-suffix', 'dhcp-ddns.hostname-char-set', 'dhcp-ddns.hostname-char-replacement'"

func oldParameters(_ sqldb.Dialect, have shape) (all []string) {
	for _, family := range []string{"dhcp4", "dhcp6"} {
		t := family + "_global_parameter"
		if !have.has(t, "parameter_type") {
			continue
		}
		all = append(all, fmt.Sprintf("DELETE FROM %s WHERE name IN (%s)", t, goneParameters))
		for _, flag := range []struct{ name, modes string }{
			{"reservations-global", "'global'"},
			{"reservations-in-subnet", "'all', 'out-of-pool'"},
			{"reservations-out-of-pool", "'out-of-pool'"},
		} {
			// A new parameter with the time of the old one, and its servers; the old
			// one's number stays in no other place.
			all = append(all,
				fmt.Sprintf("INSERT INTO %s (name, value, modification_ts, parameter_type) SELECT '%s', "+
					"CASE WHEN value IN (%s) THEN '1' ELSE '0' END, modification_ts, 2 FROM %s WHERE name = 'reservation-mode'", t, flag.name, flag.modes, t),
				fmt.Sprintf("INSERT INTO %[1]s_server (parameter_id, server_id, modification_ts) SELECT n.id, s.server_id, s.modification_ts "+
					"FROM %[1]s AS o JOIN %[1]s_server AS s ON s.parameter_id = o.id "+
					"JOIN %[1]s AS n ON n.name = '%[2]s' AND n.modification_ts = o.modification_ts "+
					"LEFT JOIN %[1]s_server AS known ON known.parameter_id = n.id "+
					"WHERE o.name = 'reservation-mode' AND known.parameter_id IS NULL", t, flag.name))
		}
		all = append(all, fmt.Sprintf("DELETE FROM %s WHERE name = 'reservation-mode'", t))
	}
	return all
}

// withClasses are the tables of what may be for clients of a class only.
var withClasses = []string{
	"dhcp4_shared_network", "dhcp4_subnet", "dhcp4_pool",
	"dhcp6_shared_network", "dhcp6_subnet", "dhcp6_pool", "dhcp6_pd_pool",
}

// additionalClasses renames columns. On MySQL their definitions come from tables.sql.
func additionalClasses(d sqldb.Dialect, have shape) (all []string) {
	for _, t := range withClasses {
		all = append(all, rename(d, have, t, "require_client_classes", "evaluate_additional_classes")...)
	}
	for _, t := range []string{"dhcp4_client_class", "dhcp6_client_class"} {
		all = append(all, rename(d, have, t, "only_if_required", "only_in_additional_list")...)
	}
	return all
}

func rename(d sqldb.Dialect, have shape, table, from, to string) []string {
	switch {
	case !have.has(table, from):
		return nil
	case d == sqldb.PostgreSQL:
		return []string{fmt.Sprintf("ALTER TABLE %s RENAME COLUMN %s TO %s", table, from, to)}
	}
	return []string{fmt.Sprintf("ALTER TABLE %s CHANGE COLUMN %s %s", table, from, targets[d].part[table+"."+to])}
}

// classLists turns each name of a class into the JSON list that holds it.
func classLists(d sqldb.Dialect, have shape) (all []string) {
	for _, t := range withClasses {
		if !have.has(t, "client_class") {
			continue
		}
		all = append(all, rename(d, have, t, "client_class", "client_classes")...)
		list := "JSON_ARRAY(client_classes)"
		if d == sqldb.PostgreSQL {
			all = append(all, fmt.Sprintf("ALTER TABLE %s ALTER COLUMN client_classes TYPE TEXT", t))
			list = "json_build_array(client_classes)::TEXT"
		}
		all = append(all, fmt.Sprintf("UPDATE %s SET client_classes = CASE WHEN client_classes = '' THEN NULL ELSE %s END, "+
			"modification_ts = modification_ts WHERE client_classes IS NOT NULL", t, list))
	}
	return all
}
