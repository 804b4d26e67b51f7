package element

// Pretty returns the value over several lines, for config-write: two blanks a
// level, keys in byte order but comment first, lists of scalars on one line. The
// text ends with a line feed and is read back by ParseFile as the same value,
// except that reals keep six digits.
func (v *Value) Pretty() []byte {
	return append(v.appendPretty(nil, 0), '\n')
}

func (v *Value) appendPretty(b []byte, indent int) []byte {
	switch {
	case v != nil && v.Kind == List:
		return v.appendPrettyList(b, indent)
	case v != nil && v.Kind == Map:
		return v.appendPrettyMap(b, indent)
	}
	return v.AppendJSON(b)
}

func (v *Value) appendPrettyList(b []byte, indent int) []byte {
	if len(v.List) == 0 {
		return append(b, "[ ]"...)
	}
	if !v.nested() {
		return v.AppendJSON(b)
	}
	b = append(b, '[', '\n')
	for i, item := range v.List {
		if i > 0 {
			b = append(b, ',', '\n')
		}
		b = item.appendPretty(appendBlanks(b, indent+2), indent+2)
	}
	return append(appendBlanks(append(b, '\n'), indent), ']')
}

func (v *Value) appendPrettyMap(b []byte, indent int) []byte {
	if len(v.Members) == 0 {
		return append(b, "{ }"...)
	}
	b = append(b, '{', '\n')
	first := true
	member := func(m Member) {
		if !first {
			b = append(b, ',', '\n')
		}
		first = false
		b = append(appendString(appendBlanks(b, indent+2), m.Key), ':', ' ')
		b = m.Value.appendPretty(b, indent+2)
	}
	if m := v.Member("comment"); m != nil {
		member(*m)
	}
	for _, m := range v.sorted() {
		if m.Key != "comment" {
			member(m)
		}
	}
	return append(appendBlanks(append(b, '\n'), indent), '}')
}

// nested reports whether a list holds lists or maps.
func (v *Value) nested() bool {
	for _, item := range v.List {
		if item != nil && (item.Kind == List || item.Kind == Map) {
			return true
		}
	}
	return false
}

func appendBlanks(b []byte, n int) []byte {
	for ; n > 0; n-- {
		b = append(b, ' ')
	}
	return b
}
