package element

import (
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestAppendJSON(t *testing.T) {
	huge, _ := new(big.Int).SetString("18446744073709551616", 10)
	tests := []struct {
		v    *Value
		want string
	}{
		{NewMap(), "{  }"},
		{NewList(), "[  ]"},
		{NewMap().Set("b", NewInt(1)).Set("a", NewList(NewBool(true), NewNull())).Set("B", NewString("")),
			`{ "B": "", "a": [ true, null ], "b": 1 }`},
		{NewInt(math.MinInt64), "-9223372036854775808"},
		{NewBigInt(huge), "18446744073709551616"},
		{NewBigInt(big.NewInt(-3)), "-3"},
		{NewReal(0), "0.0"},
		{NewReal(0.9954834), "0.995483"},
		{NewReal(1.5e-7), "1.5e-07"},
		{NewReal(123456789.123), "1.23457e+08"},
		{NewReal(0.000012345678), "1.23457e-05"},
		{NewReal(100000), "100000.0"},
		{NewReal(1000000), "1e+06"},
		{NewReal(-5), "-5.0"},
		{NewReal(math.Inf(1)), "0.0"},
		{NewReal(math.NaN()), "0.0"},
		{NewString("\"\\\b\f\n\r\t\x01\x1f/\x7f\x80é"), "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001f/\x7f\x80é\""},
		{NewMap().Set("a\"b", NewInt(1)), `{ "a\"b": 1 }`},
		{nil, "null"},
	}
	for _, tt := range tests {
		if got := tt.v.String(); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
}

func TestPretty(t *testing.T) {
	v, _, err := ParseText("f.conf", []byte(`{"zz":1,"comment":"c","a":[],"b":{},"c":[1,2],"d":[[],{"x":1}],"e":{"f":{"g":"h"}}}`), FileOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want := `{
  "comment": "c",
  "a": [ ],
  "b": { },
  "c": [ 1, 2 ],
  "d": [
    [ ],
    {
      "x": 1
    }
  ],
  "e": {
    "f": {
      "g": "h"
    }
  },
  "zz": 1
}
`
	if diff := cmp.Diff(want, string(v.Pretty())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// genValue draws a value that survives printing: reals of few digits, strings of
// any bytes.
func genValue(depth int) *rapid.Generator[*Value] {
	return rapid.Custom(func(t *rapid.T) *Value {
		kinds := 6
		if depth > 0 {
			kinds = 8
		}
		str := func(label string) string {
			return string(rapid.SliceOfN(rapid.Byte(), 0, 12).Draw(t, label))
		}
		switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
		case 0:
			return NewNull()
		case 1:
			return NewBool(rapid.Bool().Draw(t, "bool"))
		case 2, 3:
			return NewInt(rapid.Int64().Draw(t, "int"))
		case 4:
			return NewReal(float64(rapid.IntRange(-99999, 99999).Draw(t, "real")) / 64 * 64)
		case 5:
			return NewString(str("string"))
		case 6:
			v := NewList()
			for range rapid.IntRange(0, 4).Draw(t, "length") {
				v.Append(genValue(depth-1).Draw(t, "item"))
			}
			return v
		default:
			v := NewMap()
			for range rapid.IntRange(0, 30).Draw(t, "members") {
				v.Set(str("key"), genValue(depth-1).Draw(t, "member"))
			}
			return v
		}
	})
}

// What is printed is read back as the same value, by either parser; the copy is
// the same, too, and shares nothing.
func TestPrintedIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := NewMap().Set("v", genValue(3).Draw(t, "value"))
		wire, err := ParseWire(v.AppendJSON(nil))
		if err != nil {
			t.Fatalf("%v in %s", err, v)
		}
		if !wire.Equal(v) {
			t.Fatalf("%s came back as %s", v, wire)
		}
		file, warnings, err := ParseText("p", v.Pretty(), FileOptions{})
		if err != nil || len(warnings) > 0 {
			t.Fatalf("%v %v in %s", err, warnings, v.Pretty())
		}
		if file.String() != v.String() {
			t.Fatalf("%s came back as %s", v, file)
		}
		c := v.Clone()
		if !c.Equal(v) {
			t.Fatalf("the copy of %s is %s", v, c)
		}
		c.Set("v", NewString("changed"))
		c.Set("w", NewNull())
		if v.Get("w") != nil || c.Equal(v) {
			t.Fatal("the copy shares its members")
		}
	})
}

func TestEqual(t *testing.T) {
	different := []*Value{
		nil, NewNull(), NewBool(true), NewBool(false), NewInt(1), NewInt(2), NewReal(1), NewReal(2),
		NewString("1"), NewString(""), NewList(), NewList(NewInt(1)), NewList(NewInt(2)), NewMap(),
		NewMap().Set("a", NewInt(1)), NewMap().Set("a", NewInt(2)), NewMap().Set("b", NewInt(1)),
	}
	for i, v := range different {
		for j, w := range different {
			if got := v.Equal(w); got != (i == j) {
				t.Errorf("%s equal to %s: %v", v, w, got)
			}
		}
	}
}

func TestMapAccess(t *testing.T) {
	m := NewMap().Set("a", NewInt(1)).Set("b", NewInt(2)).Set("a", NewInt(3))
	if got, want := m.String(), `{ "a": 3, "b": 2 }`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if !m.Delete("a") || m.Delete("a") || m.Get("a") != nil || len(m.Members) != 1 {
		t.Errorf("after Delete: %s", m)
	}
	var none *Value
	if none.Get("a") != nil || NewInt(1).Get("a") != nil || none.Delete("a") || none.Clone() != nil {
		t.Error("a missing or scalar value has members")
	}
}

// A list that is printed in shares reads as one that is not.
func TestLongLists(t *testing.T) {
	for _, n := range []int{manyItems - 1, manyItems, manyItems + 1, 3*manyItems + 1} {
		v, want := NewList(), []string{}
		for i := range n {
			v.Append(NewMap().Add("n", NewInt(int64(i))))
			want = append(want, fmt.Sprintf(`{ "n": %d }`, i))
		}
		if got := v.String(); got != "[ "+strings.Join(want, ", ")+" ]" {
			t.Errorf("%d items are printed wrong", n)
		}
	}
}
