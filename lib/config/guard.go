package config

import "nestor/lib/element"

// guards decodes the classes that a network, subnet or pool is for: the one of
// client-class, or the list that Kea 3 has in its place.
func (l *loader) guards(n node) []string {
	one, list := n.get("client-class", element.String), n.strs("client-classes")
	if one == nil {
		return l.classNames(n, "client-classes", list)
	}
	if one.Str == "" {
		return nil
	}
	return []string{l.share(one.Str)}
}

// additional decodes the classes that are evaluated once the scope is chosen.
func (l *loader) additional(n node) []string {
	return l.classNames(n, "require-client-classes", n.strs("require-client-classes"))
}

// classNames takes over a list of class names, without repetitions and in order.
func (l *loader) classNames(n node, key string, names []string) []string {
	out := names[:0:0]
	seen := make(map[string]bool, len(names))
	for _, name := range names {
		if name == "" {
			l.fail(n.at(key), n.pos(key), "a class name is empty")
		}
		if name != "" && !seen[name] {
			seen[name] = true
			out = append(out, l.share(name))
		}
	}
	return out
}

// showClasses adds both lists to the rendering of a scope, each only if it has
// any. One class and the late ones go under the names of Kea 2.7.3, which later
// versions read as well; a list of classes is known to those alone.
func showClasses(v *element.Value, guards, additional []string) {
	switch len(guards) {
	case 0:
	case 1:
		v.Add("client-class", element.NewString(guards[0]))
	default:
		v.Add("client-classes", stringList(guards))
	}
	if len(additional) > 0 {
		v.Add("require-client-classes", stringList(additional))
	}
}
