package config

import "nestor/lib/element"

// link6 is what a DHCPv6 network hands to its subnets beside its interface.
type link6 struct {
	interfaceID string
	rapidCommit bool
}

// link6Of decodes interface-id and rapid-commit inside a scope with outer's.
func (l *loader) link6Of(n node, outer link6) link6 {
	if id := n.str("interface-id"); id != "" {
		outer.interfaceID = l.share(id)
	}
	if n.has("rapid-commit") {
		outer.rapidCommit = n.bool("rapid-commit")
	}
	return outer
}

func showInterfaceID(v *element.Value, id string) {
	if id != "" {
		v.Add("interface-id", element.NewString(id))
	}
}
