package hostname

import (
	"testing"

	"pgregory.net/rapid"
)

// TestCleanAtOnce: what is seen without the regular expression is what it says.
func TestCleanAtOnce(t *testing.T) {
	sets := []string{"", "[^A-Za-z0-9.-]", "[^A-Za-z0-9]", "[^a-z.-]", "[_x]", "x", "ab", "[xy]+", ".", "[[:space:]]", `[\]`, "a|b"}
	rapid.Check(t, func(t *rapid.T) {
		set := rapid.SampledFrom(sets).Draw(t, "set")
		f, err := NewFilter(set, rapid.SampledFrom([]string{"", "x", "-"}).Draw(t, "replacement"))
		if err != nil {
			t.Fatal(err)
		}
		slow := *f
		slow.single = nil
		name := rapid.OneOf(rapid.StringMatching(`[a-c_xy.-]{0,12}`), rapid.StringOfN(rapid.Rune(), 0, 8, -1)).Draw(t, "name")
		if got, want := f.Clean(name), slow.Clean(name); got != want {
			t.Fatalf("%q by %q: %q, want %q", name, set, got, want)
		}
		if got, want := f.Own(name, true, ""), slow.Own(name, true, ""); got != want {
			t.Fatalf("own %q by %q: %q, want %q", name, set, got, want)
		}
	})
}
