package schema_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nestor/lib/sqldb"
	"nestor/schema"
	"nestor/tests/databases"
)

// expected is what a real Kea 2.7.9 makes: testdata holds its tables as they were
// written down from its databases.
func expected(t *testing.T, d sqldb.Dialect) []string {
	t.Helper()
	text, err := os.ReadFile("testdata/" + d.String() + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}

func lines(t testing.TB, db *sqldb.DB) []string {
	t.Helper()
	found, err := schema.Lines(ctx, db)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestTables(t *testing.T) {
	databases.EachNoSync(t, func(t *testing.T, s *databases.Server) {
		db := open(t, s.Schema(t))
		if diff := cmp.Diff(expected(t, s.Dialect), lines(t, db)); diff != "" {
			t.Errorf("tables differ from Kea's (-Kea +ours):\n%s", diff)
		}
		// Triggers and routines, by number.
		want := []int{55, 4, 38}
		queries := []string{
			"SELECT COUNT(*) FROM information_schema.triggers WHERE trigger_schema = DATABASE()",
			"SELECT COUNT(*) FROM information_schema.routines WHERE routine_schema = DATABASE() AND routine_type = 'FUNCTION'",
			"SELECT COUNT(*) FROM information_schema.routines WHERE routine_schema = DATABASE() AND routine_type = 'PROCEDURE'",
		}
		if s.Dialect == sqldb.PostgreSQL {
			want = []int{81, 117, 0}
			queries = []string{
				"SELECT COUNT(*) FROM pg_trigger WHERE NOT tgisinternal",
				"SELECT COUNT(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
				"SELECT COUNT(*) FROM information_schema.views WHERE table_schema = 'public'",
			}
		}
		for i, query := range queries {
			if n := count(t, db, query); n != want[i] {
				t.Errorf("%s: %d, want %d", query, n, want[i])
			}
		}
	})
}
