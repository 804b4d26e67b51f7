package perf

import (
	"bytes"
	"testing"
)

// A parameter list given by the user is the only one in the message.
func TestParameterListOfTheUser(t *testing.T) {
	for _, c := range []struct {
		extra []ExtraOption
		want  []byte
	}{
		{nil, append([]byte{55, 6}, parameterList...)},
		{[]ExtraOption{{60, []byte("doc")}}, append([]byte{55, 6}, parameterList...)},
		{[]ExtraOption{{55, []byte{1, 3}}}, []byte{55, 2, 1, 3}},
	} {
		var p blueprint4
		m := p.finish(&Options{Extra: c.extra}, true)
		var lists [][]byte
		for o := m.octets; o[0] != optEnd; o = o[2+o[1]:] {
			if o[0] == optParameterList {
				lists = append(lists, o[:2+o[1]])
			}
		}
		if len(lists) != 1 || !bytes.Equal(lists[0], c.want) {
			t.Errorf("with %v there are the lists %v, want %v", c.extra, lists, c.want)
		}
	}
}
