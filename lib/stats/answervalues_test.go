package stats

import (
	"maps"
	"testing"

	"nestor/lib/element"
)

func TestAnswerValues(t *testing.T) {
	answer, err := element.ParseWire([]byte(`{
		"int": [ [ 7, "2026-11-21 17:27:12.680021" ], [ 1, "2026-11-21 17:27:11.680021" ] ],
		"real": [ [ 0.5, "2026-11-21 17:27:12.680021" ] ],
		"big": [ [ 340282366920938463463374607431768211455, "2026-11-21 17:27:12.680021" ] ],
		"text": [ [ "x", "2026-11-21 17:27:12.680021" ] ], "empty": [], "odd": [ [] ], "number": 1, "hash": "x" }`))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for name, v := range AnswerValues(answer) {
		got[name] = v
	}
	want := map[string]float64{"int": 7, "real": 0.5, "big": 340282366920938463463374607431768211455}
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for range AnswerValues(nil) {
		t.Error("nothing has values")
	}
}
