package extendedinfo

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"nestor/lib/element"
	"nestor/lib/pkt4"
)

// Checks is sanity-checks.extended-info-checks (ARM 8.2.27): how much is asked
// of what leases bring along when they are loaded.
type Checks uint8

const (
	ChecksNone     Checks = iota
	ChecksFix             // the right kinds of values; the form before Kea 2.3 is brought up to date
	ChecksStrict          // what leasequery goes by: option 82 can be read, the identifiers are those in it
	ChecksPedantic        // and nothing else but comments
)

// Relay4 checks the relay agent information in the user context of a lease. It
// returns the context as it is to be: context itself when there is nothing to
// change, nil when nothing is left. Information that cannot be put right is taken
// out, and the error says why.
func (c Checks) Relay4(context []byte) ([]byte, error) {
	return c.check(context, isRightOwn, keyRelay4, c.info4)
}

// check checks a context whose information stands under key. own tells those that are
// right for sure, info checks the others.
func (c Checks) check(context []byte, own func([]byte) bool, key string, info func(isc *element.Value) error) ([]byte, error) {
	if c == ChecksNone || !bytes.Contains(context, []byte(`"`+keyISC+`"`)) || own(context) {
		return context, nil
	}
	v, err := element.ParseWire(context)
	if err != nil || v.Kind != element.Map || v.Get(keyISC) == nil {
		return context, nil
	}
	before := v.String()
	err = c.isc(v, key, info)
	if v.String() == before {
		return context, err
	}
	if len(v.Members) == 0 {
		return nil, err
	}
	return v.AppendJSON(nil), err
}

// isRightOwn reports whether the context is as AppendRelay4 would write it: the
// common case, of which millions are loaded.
func isRightOwn(context []byte) bool {
	text, ok := ownSubOptionsOf(context)
	if !ok {
		return false
	}
	var room [512]byte
	rai, ok := appendUnhex(room[:0], text)
	if !ok || len(pkt4.WholeSuboptions(rai)) < len(rai) {
		return false
	}
	var again [1024]byte
	return bytes.Equal(appendOwn(again[:0], rai), context)
}

// isc checks the server's own part of a context and takes it out when it is of
// no use.
func (c Checks) isc(context *element.Value, key string, check func(isc *element.Value) error) error {
	isc := context.Get(keyISC)
	if isc.Kind != element.Map {
		context.Delete(keyISC)
		return errors.New("ISC is not a map")
	}
	err := check(isc)
	if err != nil {
		isc.Delete(key)
	}
	if more := c.only(isc, keyISC, key); more != nil {
		context.Delete(keyISC)
		return more
	}
	if len(isc.Members) == 0 {
		context.Delete(keyISC)
	}
	return err
}

// info4 checks the relay agent information and brings it up to date.
func (c Checks) info4(isc *element.Value) error {
	info := isc.Get(keyRelay4)
	if info == nil {
		return nil
	}
	switch info.Kind {
	case element.String: // before Kea 2.3
		rai, err := subOptions(info)
		if err == nil {
			isc.Set(keyRelay4, relay4(rai))
		}
		return err
	case element.Map:
		return c.map4(info)
	}
	return fmt.Errorf("%s is neither a map nor a string", keyRelay4)
}

func (c Checks) map4(info *element.Value) error {
	content := info.Get(keySubOptions)
	if content == nil {
		return fmt.Errorf("%s has no %s", keyRelay4, keySubOptions)
	}
	if content.Kind != element.String {
		return fmt.Errorf("%s is not a string", keySubOptions)
	}
	if c < ChecksStrict {
		return nil
	}
	rai, err := subOptions(content)
	if err != nil {
		return err
	}
	right := relay4(rai)
	for _, key := range []string{keyRelayID, keyRemoteID} {
		if id := right.Get(key); id != nil {
			info.Set(key, id)
		} else {
			info.Delete(key)
		}
	}
	return c.only(info, keyRelay4, keySubOptions, keyRelayID, keyRemoteID)
}

// subOptions reads the content of option 82 from the text that stands for it.
func subOptions(text *element.Value) ([]byte, error) {
	if text.Str == "" {
		return nil, nil
	}
	rai, ok := appendUnhex(nil, []byte(text.Str))
	if !ok {
		return nil, fmt.Errorf("%s %q is not hexadecimal", keySubOptions, text.Str)
	}
	if len(pkt4.WholeSuboptions(rai)) < len(rai) {
		return nil, fmt.Errorf("%s %q ends within a sub-option", keySubOptions, text.Str)
	}
	return rai, nil
}

// only refuses entries of a map that Kea does not write.
func (c Checks) only(v *element.Value, name string, known ...string) error {
	if c < ChecksPedantic {
		return nil
	}
	for _, m := range v.Members {
		if m.Key != keyComment && !slices.Contains(known, m.Key) {
			return fmt.Errorf("%s has the unexpected entry %q", name, m.Key)
		}
	}
	return nil
}
