package schema_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nestor/lib/sqldb"
	"nestor/schema"
)

// What db-upgrade reads from tables.sql is what the server makes of it.
func TestTarget(t *testing.T) {
	for _, d := range []sqldb.Dialect{sqldb.MySQL, sqldb.PostgreSQL} {
		var want, got []string
		for _, line := range expected(t, d) {
			want = append(want, plain(line))
		}
		for _, line := range schema.TargetLines(d) {
			got = append(got, plain(line))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-server +tables.sql):\n%s", d, diff)
		}
	}
}

// plain leaves out what PostgreSQL adds to the expressions of an index.
func plain(line string) string {
	if !strings.Contains(line, " index ") {
		return line
	}
	return strings.NewReplacer("::text", "", "(", "", ")", "").Replace(line)
}
