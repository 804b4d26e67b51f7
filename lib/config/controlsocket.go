package config

import "nestor/lib/element"

// maxSocketPath is the room for a path in a unix socket's address, less the NUL
// (Linux; sun_path has 108 octets).
const maxSocketPath = 107

// controlSockets decodes control-sockets, or the older map for a single one.
func (l *loader) controlSockets(n node) []*ControlSocket {
	var sockets []*ControlSocket
	one, ok := n.sub("control-socket")
	if ok {
		sockets = append(sockets, l.controlSocket(one))
	}
	for sn := range n.each("control-sockets") {
		sockets = append(sockets, l.controlSocket(sn))
	}
	return sockets
}

func (l *loader) controlSocket(n node) *ControlSocket {
	s := &ControlSocket{
		Meta: l.meta(n),
		Type: n.str("socket-type"),
		Name: n.str("socket-name"),
	}
	switch s.Type {
	case "":
		return s // reported by the checker
	case "unix":
		l.checkSocketName(n, s.Name)
		l.onlyHTTP(n)
		return s
	}
	if n.has("socket-name") {
		l.fail(n.at("socket-name"), n.pos("socket-name"), "it is for unix sockets: an %s socket has socket-address and socket-port", s.Type)
	}
	s.Address, s.Port = n.str("socket-address"), n.uint32("socket-port")
	l.checkListenAddress(n, "socket-address", s.Address)
	s.TrustAnchor, s.CertFile, s.KeyFile, s.CertRequired = l.tls(n)
	if s.Type == "https" && s.CertFile == "" {
		l.fail(n.path, n.v.Pos, "https needs trust-anchor, cert-file and key-file")
	}
	s.Auth = l.authentication(n)
	s.Headers = l.httpHeaders(n)
	return s
}

func (l *loader) checkSocketName(n node, name string) {
	switch {
	case name == "":
		l.fail(n.path, n.v.Pos, "socket-name is missing: a unix socket needs a path")
	case len(name) > maxSocketPath:
		l.fail(n.at("socket-name"), n.pos("socket-name"), "the path has %d octets, the system takes %d: choose a shorter one", len(name), maxSocketPath)
	}
}

// onlyHTTP refuses in a unix socket what only HTTP knows.
func (l *loader) onlyHTTP(n node) {
	for _, key := range []string{
		"socket-address", "socket-port", "authentication", "http-headers",
		"trust-anchor", "cert-file", "key-file", "cert-required",
	} {
		if n.has(key) {
			l.fail(n.at(key), n.pos(key), "it is for http and https: access to a unix socket is ruled by its file mode")
		}
	}
}

// element renders a control socket for config-get.
func (s *ControlSocket) element() *element.Value {
	v := element.NewMap()
	if s.Type == "unix" {
		v.Add("socket-name", element.NewString(s.Name))
	} else {
		v.Add("socket-address", element.NewString(s.Address))
		v.Add("socket-port", shownUint(s.Port))
		showHTTP(v, s.Auth, s.Headers, s.TrustAnchor, s.CertFile, s.KeyFile, s.CertRequired)
	}
	v.Add("socket-type", element.NewString(s.Type))
	s.Meta.show(v)
	return v
}
