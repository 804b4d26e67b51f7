package stats

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"nestor/lib/control"
	"nestor/lib/element"
)

// commandSet is a registrar without a daemon around it.
type commandSet map[string]control.Handler

func (c commandSet) Register(name string, h control.Handler) { c[name] = h }

// call gives the text of the answer to a command with arguments as JSON.
func (c commandSet) call(t *testing.T, name, args string) string {
	t.Helper()
	req := &control.Request{Command: name}
	if args != "" {
		v, err := element.ParseWire([]byte(args))
		if err != nil {
			t.Fatal(err)
		}
		req.Args = v
	}
	h := c[name]
	if h == nil {
		t.Fatalf("no command %s", name)
	}
	return string(h(context.Background(), req).Element().AppendJSON(nil))
}

func newCommands() (commandSet, *Registry) {
	r, _ := newTest()
	c := commandSet{}
	RegisterCommands(c, r)
	return c, r
}

func TestCommandAnswers(t *testing.T) {
	const noName = `{ "result": 1, "text": "Missing mandatory 'name' parameter." }`
	for _, tc := range []struct{ name, command, args, want string }{
		{"PL.6.2 get", "statistic-get", `{"name":"a"}`,
			`{ "arguments": { "a": [ [ 7, "2026-11-21 17:27:12.680021" ], [ 0, "2026-11-21 17:27:11.680021" ] ] }, "result": 0 }`},
		{"get unknown", "statistic-get", `{"name":"zz"}`, `{ "arguments": {  }, "result": 0 }`},
		{"get hidden", "statistic-get", `{"name":"subnet[1].v4-allocation-fail"}`, `{ "arguments": {  }, "result": 0 }`},
		{"get without name", "statistic-get", `{}`, noName},
		{"get without arguments", "statistic-get", "", noName},
		{"get with arguments of another type", "statistic-get", `[]`, noName},
		{"get with a name of another type", "statistic-get", `{"name":1}`, `{ "result": 1, "text": "'name' parameter expected to be a string." }`},
		{"get-all", "statistic-get-all", "",
			`{ "arguments": { "a": [ [ 7, "2026-11-21 17:27:12.680021" ], [ 0, "2026-11-21 17:27:11.680021" ] ],` +
				` "subnet[1].a": [ [ 0, "2026-11-21 17:27:11.680021" ] ] }, "result": 0 }`},
		{"reset", "statistic-reset", `{"name":"a"}`, `{ "result": 0, "text": "Statistic 'a' reset." }`},
		{"reset unknown", "statistic-reset", `{"name":"pkt4-received"}`, `{ "result": 1, "text": "No 'pkt4-received' statistic found" }`},
		{"reset without name", "statistic-reset", "", noName},
		{"reset-all", "statistic-reset-all", "", `{ "result": 0, "text": "All statistics reset to neutral values." }`},
		{"remove", "statistic-remove", `{"name":"a"}`, `{ "result": 0, "text": "Statistic 'a' removed." }`},
		{"remove unknown", "statistic-remove", `{"name":"zz"}`, `{ "result": 1, "text": "No 'zz' statistic found" }`},
		{"remove without name", "statistic-remove", "", noName},
		{"remove-all", "statistic-remove-all", "",
			`{ "result": 0, "text": "Warning: statistic-remove-all command is deprecated. All statistics removed." }`},
		{"age-set", "statistic-sample-age-set", `{"name":"a","duration":5}`, `{ "result": 0, "text": "Statistic 'a' duration limit is set." }`},
		{"age-set unknown", "statistic-sample-age-set", `{"name":"zz","duration":5}`, `{ "result": 1, "text": "No 'zz' statistic found" }`},
		{"age-set without name", "statistic-sample-age-set", `{"duration":5}`, noName},
		{"age-set without duration", "statistic-sample-age-set", `{"name":"a"}`, `{ "result": 1, "text": "Missing mandatory 'duration' parameter." }`},
		{"age-set with another type", "statistic-sample-age-set", `{"name":"a","duration":"5"}`,
			`{ "result": 1, "text": "'duration' parameter expected to be an integer." }`},
		{"age-set negative", "statistic-sample-age-set", `{"name":"a","duration":-1}`,
			`{ "result": 1, "text": "'duration' parameter must be between 0 and 4294967295, not -1." }`},
		{"age-set-all", "statistic-sample-age-set-all", `{"duration":5}`, `{ "result": 0, "text": "All statistics duration limit are set." }`},
		{"age-set-all without duration", "statistic-sample-age-set-all", "", `{ "result": 1, "text": "Missing mandatory 'duration' parameter." }`},
		{"count-set", "statistic-sample-count-set", `{"name":"a","max-samples":5}`, `{ "result": 0, "text": "Statistic 'a' count limit is set." }`},
		{"count-set unknown", "statistic-sample-count-set", `{"name":"zz","max-samples":5}`, `{ "result": 1, "text": "No 'zz' statistic found" }`},
		{"count-set without max-samples", "statistic-sample-count-set", `{"name":"a"}`, `{ "result": 1, "text": "Missing mandatory 'max-samples' parameter." }`},
		{"count-set-all", "statistic-sample-count-set-all", `{"max-samples":5}`, `{ "result": 0, "text": "All statistics count limit are set." }`},
		{"count-set-all without max-samples", "statistic-sample-count-set-all", `{"name":"a"}`, `{ "result": 1, "text": "Missing mandatory 'max-samples' parameter." }`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, r := newCommands()
			r.Int("a").Set(7, start.Add(time.Second))
			r.Int("subnet[1].a")
			r.Lazy("subnet[1].v4-allocation-fail")
			if got := c.call(t, tc.command, tc.args); got != tc.want {
				t.Errorf("answer is\n%s, want\n%s", got, tc.want)
			}
		})
	}
}

func TestCommandsOfDDNS(t *testing.T) {
	r, _ := newTest()
	c := commandSet{}
	RegisterReadCommands(c, r)
	// PL.6.7
	want := []string{"statistic-get", "statistic-get-all", "statistic-reset", "statistic-reset-all"}
	if got := slices.Sorted(maps.Keys(c)); !slices.Equal(got, want) {
		t.Errorf("commands are %v", got)
	}
}

func TestRemoveAndReset(t *testing.T) {
	c, r := newCommands()
	a, b := r.Int("a"), r.Int("b")
	for range 3 {
		a.Add(2, start)
		b.Add(2, start)
	}
	t.Run("reset leaves one sample of 0", func(t *testing.T) {
		c.call(t, "statistic-reset", `{"name":"a"}`)
		if got := values(a); !slices.Equal(got, []int64{0}) || len(values(b)) != 4 {
			t.Errorf("samples are %v and %v", got, values(b))
		}
	})
	t.Run("PL.6.3 a removed statistic vanishes", func(t *testing.T) {
		c.call(t, "statistic-remove", `{"name":"b"}`)
		if got := c.call(t, "statistic-get-all", ""); strings.Contains(got, `"b"`) {
			t.Errorf("answer is %s", got)
		}
		if r.Lazy("b") != b || b.Value() != 0 {
			t.Error("its pointer is of no use any more")
		}
	})
	t.Run("PL.6.8 and reappears when it is next recorded", func(t *testing.T) {
		b.Add(3, start)
		if got := values(b); !slices.Equal(got, []int64{3}) {
			t.Errorf("samples are %v", got)
		}
	})
	t.Run("remove-all and reset-all", func(t *testing.T) {
		c.call(t, "statistic-remove-all", "")
		if got := c.call(t, "statistic-get-all", ""); got != `{ "arguments": {  }, "result": 0 }` {
			t.Errorf("answer is %s", got)
		}
		a.Add(1, start)
		c.call(t, "statistic-reset-all", "") // shows nothing that was removed
		if a.Value() != 0 || !a.Shown() || b.Shown() {
			t.Errorf("a is %d, b is shown: %v", a.Value(), b.Shown())
		}
	})
}

func TestLimitCommands(t *testing.T) {
	c, r := newCommands()
	a, b := r.Int("a"), r.Int("b")
	n := 0
	fill := func() {
		for range 10 {
			n++
			a.Add(1, start.Add(time.Duration(n)*time.Second))
			b.Add(1, start.Add(time.Duration(n)*time.Second))
		}
	}
	check := func(name string, wantA, wantB int) {
		t.Helper()
		if x, y := len(values(a)), len(values(b)); x != wantA || y != wantB {
			t.Errorf("%s: %d and %d samples, want %d and %d", name, x, y, wantA, wantB)
		}
	}
	fill()
	c.call(t, "statistic-sample-count-set", `{"name":"a","max-samples":3}`)
	check("at once", 3, 11)
	fill()
	check("later", 3, 20)
	c.call(t, "statistic-sample-age-set", `{"name":"a","duration":5}`)
	fill()
	check("PL.6.5 age cancels count", 6, 20)
	c.call(t, "statistic-sample-count-set", `{"name":"a","max-samples":8}`)
	fill()
	check("PL.6.5 count cancels age", 8, 20)
	c.call(t, "statistic-sample-age-set-all", `{"duration":3}`)
	check("age of all", 4, 4)
	c.call(t, "statistic-sample-count-set-all", `{"max-samples":2}`)
	fill()
	check("count of all", 2, 2)
	c.call(t, "statistic-sample-count-set", `{"name":"a","max-samples":0}`)
	fill()
	check("the current value always stays", 1, 2)
	const refused = `{ "result": 1, "text": "'max-samples' parameter must not be zero" }`
	if got := c.call(t, "statistic-sample-count-set-all", `{"max-samples":0}`); got != refused {
		t.Errorf("a limit of 0 for all: got %s, want %s", got, refused)
	}
}
