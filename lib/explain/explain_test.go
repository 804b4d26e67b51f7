package explain

import (
	"testing"

	"nestor/lib/element"
)

var (
	whyChosen  = &Decision{Step: Subnet, Key: "chosen", Text: "subnet {subnet} of {classes} (id {id}){missing} is chosen"}
	whyLeft    = &Decision{Step: Subnet, Key: "left", Text: "others are left"}
	whyAddress = &Decision{Step: Address, Key: "address", Text: "{address} is given"}
)

func filled() *Trace {
	var t Trace
	t.Add(whyChosen, String("subnet", "192.0.2.0/24"), Strings("classes", []string{"a", "b"}), Int("id", 7), Details([]string{"one", "a\nb \x1b\xff é"}))
	t.Add(whyLeft)
	t.Add(whyLeft) // in the same circumstances: not told again
	t.Add(whyAddress, String("address", "192.0.2.1"))
	t.Add(whyAddress, String("address", "192.0.2.{id}"))
	t.Add(whyLeft)
	return &t
}

func TestText(t *testing.T) {
	const want = `Subnet:
  subnet 192.0.2.0/24 of a, b (id 7) is chosen
      one
      a\x0ab \x1b\xff é
  others are left
Address:
  192.0.2.1 is given
  192.0.2.{id} is given
`
	if got := filled().Text(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestElement(t *testing.T) {
	const want = `[ { "classes": [ "a", "b" ], "decision": "chosen", "details": [ "one", "a\\x0ab \\x1b\\xff é" ], "id": 7, "step": "subnet", "subnet": "192.0.2.0/24", "text": "subnet 192.0.2.0/24 of a, b (id 7) is chosen" },
		{ "decision": "left", "step": "subnet", "text": "others are left" },
		{ "address": "192.0.2.1", "decision": "address", "step": "address", "text": "192.0.2.1 is given" },
		{ "address": "192.0.2.{id}", "decision": "address", "step": "address", "text": "192.0.2.{id} is given" } ]`
	doc, err := element.ParseWire([]byte(want))
	if err != nil {
		t.Fatal(err)
	}
	if got := filled().Element(); got.String() != doc.String() {
		t.Errorf("got %s", got)
	}
}

func TestHas(t *testing.T) {
	trace := filled()
	if !trace.Has(whyLeft) || trace.Has(&Decision{}) || len(trace.Notes()) != 4 {
		t.Errorf("%d notes", len(trace.Notes()))
	}
}
