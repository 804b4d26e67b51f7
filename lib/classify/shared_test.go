package classify

import "testing"

// TestSharedValues evaluates all expressions on one message, then on another one,
// with an Evaluator that remembers.
func TestSharedValues(t *testing.T) {
	for _, v6 := range []bool{false, true} {
		o := testOptions(v6)
		o.Shared = &Shared{}
		var all []*Test
		var texts []string
		for _, row := range truths {
			if row.v6 != v6 {
				continue
			}
			for _, text := range row.all {
				test, err := ParseTest(text, o)
				if err != nil {
					t.Fatalf("%s: %v", text, err)
				}
				all, texts = append(all, test), append(texts, text)
			}
		}
		full := evaluator(v6)
		empty := evaluator(v6)
		empty.Packet = &message{}
		shared := evaluator(v6)
		for range 2 {
			for _, packet := range []Packet{full.Packet, empty.Packet} {
				alone := Evaluator{Packet: packet, Classes: shared.Classes}
				shared.Packet = packet
				shared.Begin()
				for i, test := range all {
					fresh, err := ParseTest(texts[i], testOptions(v6))
					if err != nil {
						t.Fatal(err)
					}
					alone.Begin()
					want, wantErr := fresh.Matches(&alone)
					got, err := test.Matches(shared)
					if got != want || (err == nil) != (wantErr == nil) {
						t.Errorf("%s: %v %v, alone %v %v", texts[i], got, err, want, wantErr)
					}
				}
			}
		}
		if n := len(o.Shared.byText); n == 0 || n >= len(all) {
			t.Errorf("%d values are shared by %d expressions", n, len(all))
		}
	}
}

// TestNotShared has what must not be remembered.
func TestNotShared(t *testing.T) {
	o := testOptions(false)
	o.Shared = &Shared{}
	member, err := ParseTest("ifelse(member('out'), 'a', 'b') == 'a'", o)
	if err != nil {
		t.Fatal(err)
	}
	fails, err := ParseTest("not uint8totext(option[12].hex) == 'a'", o)
	if err != nil {
		t.Fatal(err)
	}
	e := evaluator(false)
	e.Begin()
	for range 2 {
		if ok, err := fails.Matches(e); ok || err == nil {
			t.Errorf("CL.6.10: %v %v", ok, err)
		}
	}
	before, _ := member.Matches(e)
	out, _ := o.Class("out")
	e.Classes.Add(out)
	if after, _ := member.Matches(e); before || !after {
		t.Errorf("CL.4.22: %v before, %v after the class was added", before, after)
	}
}
