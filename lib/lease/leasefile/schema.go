package leasefile

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// Family of the leases in a file.
type Family uint8

const (
	V4 Family = 4
	V6 Family = 6
)

// layout is the form of a family's files: its columns, how many a file must have
// at least, and with which version each number of columns came.
type layout struct {
	header   string
	columns  []string
	fewest   int
	versions []version
}

// version of the schema that introduced columns up to a number of them.
type version struct {
	columns int
	name    string
}

var layouts = map[Family]*layout{
	V4: newLayout("address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id",
		[]version{{9, "1.0"}, {10, "2.0"}, {11, "2.1"}, {12, "3.0"}}),
	V6: newLayout("address,duid,valid_lifetime,expire,subnet_id,pref_lifetime,lease_type,iaid,prefix_len,fqdn_fwd,fqdn_rev,hostname,hwaddr,state,user_context,hwtype,hwaddr_source,pool_id",
		[]version{{12, "1.0"}, {13, "2.0"}, {14, "3.0"}, {15, "3.1"}, {17, "4.0"}, {18, "5.0"}}),
}

func newLayout(header string, versions []version) *layout {
	return &layout{header: header, columns: strings.Split(header, ","), fewest: versions[0].columns, versions: versions}
}

// Header is the first line of the family's files without the line end.
func Header(f Family) string { return layouts[f].header }

// Version is the schema version that we write: 3.0 for DHCPv4, 5.0 for DHCPv6.
func Version(f Family) string {
	v := layouts[f].versions
	return v[len(v)-1].name
}

// Age says how a file's schema compares with ours.
type Age uint8

const (
	Current Age = iota
	Older       // lacks columns: "needs upgrading"
	Newer       // has columns that we do not know: "needs downgrading"
)

// Schema is what a file's header says.
type Schema struct {
	Age     Age
	Columns int    // number of columns in the header
	Version string // schema version of the file; ours and a "+" for a newer one
}

// CheckHeader compares the first line of a file with the family's columns.
// Columns were only ever appended, so a file is usable when one is a prefix
// of the other.
func CheckHeader(f Family, line []byte) (Schema, error) {
	l := layouts[f]
	if string(line) == l.header {
		return Schema{Current, len(l.columns), Version(f)}, nil
	}
	names := bytes.Split(line, []byte(","))
	for i := range min(len(names), len(l.columns)) {
		if string(names[i]) != l.columns[i] {
			return Schema{}, fmt.Errorf("column %d of the header is %q where a DHCPv%d lease file has %q", i+1, names[i], f, l.columns[i])
		}
	}
	switch {
	case len(names) < l.fewest:
		return Schema{}, fmt.Errorf("the header has %d columns; a DHCPv%d lease file has at least %d, up to %q",
			len(names), f, l.fewest, l.columns[l.fewest-1])
	case len(names) > len(l.columns):
		return Schema{Newer, len(names), Version(f) + "+"}, nil
	}
	return Schema{Older, len(names), l.versionOf(len(names))}, nil
}

// versionOf is the last version whose columns a file with that many has.
func (l *layout) versionOf(columns int) string {
	i := slices.IndexFunc(l.versions, func(v version) bool { return v.columns > columns })
	if i < 0 {
		i = len(l.versions)
	}
	return l.versions[i-1].name
}

// fewestFields is the number of fields that a row of a file with schema s needs.
// Rows that a server appends to an older or newer file before it is converted
// have the columns of that server.
func (s Schema) fewestFields(l *layout) int { return min(s.Columns, len(l.columns)) }
