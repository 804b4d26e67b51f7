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

// TestIndex leaves out tests on messages of which each value is another, and never
// one that holds or fails.
func TestIndex(t *testing.T) {
	for _, v6 := range []bool{false, true} {
		o := testOptions(v6)
		o.Shared = &Shared{}
		tests := []*Test{nil}
		for _, row := range truths {
			for _, text := range row.all {
				if row.v6 != v6 {
					continue
				}
				test, err := ParseTest(text, o)
				if err != nil {
					t.Fatal(err)
				}
				tests = append(tests, test)
			}
		}
		index := NewIndex(tests)
		e := evaluator(v6)
		for _, packet := range []Packet{e.Packet, &message{}, &message{options: map[uint16]string{12: "host", 60: "v"}}} {
			e.Packet = packet
			e.Begin()
			set := index.Candidates(e, nil)
			left := 0
			for i, test := range tests {
				if set[i>>6]&(1<<(i&63)) != 0 {
					continue
				}
				left++
				if ok, err := test.Matches(e); ok || err != nil {
					t.Errorf("test %d is left out, but: %v %v", i, ok, err)
				}
			}
			if full := packet != Packet(message4) && packet != Packet(message6); full && left == 0 {
				t.Error("no test is left out")
			}
		}
	}
}

func TestNeeds(t *testing.T) {
	o := testOptions(false)
	o.Shared = &Shared{}
	for text, want := range map[string]int{
		"option[60].hex == 'a'":                                                        1,
		"'a' == option[60].hex":                                                        1,
		"option[60].hex == 'a' and option[61].exists":                                  1,
		"option[61].exists and option[60].hex == 'a'":                                  1,
		"option[60].hex == 'a' or option[60].hex == 'b'":                               2,
		"(option[60].hex == 'a' or option[61].hex == 'b') and known":                   2,
		"(option[60].hex == 'a' sor option[61].hex == 'b') sand option[12].hex == 'c'": 1,
		"option[60].hex == 'a' or option[61].exists":                                   0,
		"not option[60].hex == 'a'":                                                    0,
		"option[60].hex == option[61].hex":                                             0,
		"'a' == 'b'":                                                                   0,
		"match('a.*', option[60].hex)":                                                 1,
		"match('[ab]', option[60].hex)":                                                0,
		"not match('a.*', option[60].hex)":                                             0,
		"ifelse(known, 'a', 'b') == 'a'":                                               0,
		"option[60].hex == 'a' and uint8totext(option[61].hex) == '1'":                 0,
	} {
		test, err := ParseTest(text, o)
		if err != nil {
			t.Fatal(err)
		}
		if len(test.needs) != want {
			t.Errorf("%s has %d needs, want %d", text, len(test.needs), want)
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
