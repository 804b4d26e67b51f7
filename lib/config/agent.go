package config

import "nestor/lib/element"

// LoadAgent reads the configuration of the control agent as LoadDhcp4 does that
// of the server.
func LoadAgent(v *element.Value, opts Options) (*Agent, []Warning, error) {
	if opts.Realm == "" {
		opts.Realm = "kea-control-agent"
	}
	l := newLoader(opts, nil)
	var a *Agent
	if n, ok := l.top(v, "Control-agent", agentScope); ok {
		a = l.agent(n)
	}
	if err := l.result(); err != nil {
		return nil, l.warnings, err
	}
	return a, l.warnings, nil
}

// LoadAgentFile reads a configuration file; see LoadDhcp4File.
func LoadAgentFile(name string, opts Options) (*Agent, []Warning, error) {
	return loadFile(name, opts, "CTRL_AGENT_CONFIG_SYNTAX_WARNING", LoadAgent)
}

func (l *loader) agent(n node) *Agent {
	a := &Agent{
		Meta:    l.meta(n),
		Host:    n.str("http-host"),
		Port:    n.uint32("http-port"),
		Sockets: make(map[string]*ControlSocket),
	}
	l.checkListenAddress(n, "http-host", a.Host)
	a.TrustAnchor, a.CertFile, a.KeyFile, a.CertRequired = l.tls(n)
	a.Auth = l.authentication(n)
	a.Headers = l.httpHeaders(n)
	if sockets, ok := n.sub("control-sockets"); ok {
		for _, service := range services {
			if sn, ok := sockets.sub(service); ok {
				a.Sockets[service] = l.agentSocket(sn)
			}
		}
	}
	a.Hooks = l.hookLibraries(n)
	a.Loggers = l.loggers(n)
	return a
}

func (l *loader) agentSocket(n node) *ControlSocket {
	s := &ControlSocket{Meta: l.meta(n), Type: n.str("socket-type"), Name: n.str("socket-name")}
	if s.Name == "" {
		l.warn(n.path, n.v.Pos, "socket-name is missing: nothing can be forwarded to this daemon")
		return s
	}
	l.checkSocketName(n, s.Name)
	return s
}

// Element renders the configuration as config-get shows it; see Dhcp4.Element.
func (a *Agent) Element() *element.Value {
	v := element.NewMap()
	v.Add("http-host", element.NewString(a.Host))
	v.Add("http-port", shownUint(a.Port))
	showHTTP(v, a.Auth, a.Headers, a.TrustAnchor, a.CertFile, a.KeyFile, a.CertRequired)
	sockets := element.NewMap()
	for _, service := range services {
		if s := a.Sockets[service]; s != nil {
			sockets.Add(service, s.element())
		}
	}
	v.Add("control-sockets", sockets)
	v.Add("hooks-libraries", listOfElements(a.Hooks, (*HookLibrary).element))
	if len(a.Loggers) > 0 {
		v.Add("loggers", listOfElements(a.Loggers, (*Logger).element))
	}
	a.Meta.show(v)
	return v
}
