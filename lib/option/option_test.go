package option

import "testing"

func TestTablesLoad(t *testing.T) {
	for _, set := range []*Definitions{Standard4(), Standard6()} {
		if len(set.byCode) < 90 {
			t.Errorf("the table has %d definitions", len(set.byCode))
		}
		if len(set.byCode) != len(set.byName) {
			t.Errorf("%d codes but %d names: a name stands twice in one space", len(set.byCode), len(set.byName))
		}
	}
}
