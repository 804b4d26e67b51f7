package config

import (
	"cmp"
	"encoding/base64"
	"net/netip"
	"slices"
	"strings"

	"nestor/lib/element"
)

// DDNS is a checked configuration of the DDNS daemon (ARM 13.3).
type DDNS struct {
	Meta
	Address netip.Addr // on which name change requests arrive
	Port    uint32
	// DNSServerTimeout is how long one answer of a DNS server is waited for, in
	// milliseconds.
	DNSServerTimeout uint32
	// Forward and Reverse are the catalogs of domains, by name.
	Forward, Reverse []*DDNSDomain
	Keys             []*TSIGKey // by name
	ControlSockets   []*ControlSocket
	Hooks            []*HookLibrary // nil: not configured, as against empty
	Loggers          []*Logger
	// Journal is the file of pending requests, "" for none.
	Journal string
}

// DDNSDomain is a DNS zone that can be updated.
type DDNSDomain struct {
	Meta
	Name    string // as configured; "*" matches what no other does
	KeyName string
	Servers []*DNSServer // in the order in which they are tried
}

// DNSServer is one server of a domain.
type DNSServer struct {
	Meta
	Address netip.Addr
	Port    uint32
	KeyName string
	// Key signs updates: the server's own, else the domain's; nil: none does.
	Key *TSIGKey
}

// TSIGKey is a key that DNS updates are signed with (RFC 8945).
type TSIGKey struct {
	Meta
	Name      string // as configured
	Algorithm string // as configured
	// DigestBits is the length to which signatures are cut, 0 for whole ones.
	DigestBits uint32
	Secret     []byte
	// SecretText is the secret as configured, SecretFile where it is instead.
	SecretText, SecretFile string
}

// LoadDDNS reads the configuration of the DDNS daemon as LoadDhcp4 does that of
// the server.
func LoadDDNS(v *element.Value, opts Options) (*DDNS, []Warning, error) {
	if opts.Realm == "" {
		opts.Realm = "kea-dhcp-ddns-server"
	}
	l := newLoader(opts, nil)
	var d *DDNS
	if n, ok := l.top(v, "DhcpDdns", ddnsScope); ok {
		d = l.ddns(n)
	}
	if err := l.result(); err != nil {
		return nil, l.warnings, err
	}
	return d, l.warnings, nil
}

// LoadDDNSFile reads a configuration file; see LoadDhcp4File.
func LoadDDNSFile(name string, opts Options) (*DDNS, []Warning, error) {
	return loadFile(name, opts, "DHCP_DDNS_CONFIG_SYNTAX_WARNING", LoadDDNS)
}

func (l *loader) ddns(n node) *DDNS {
	d := &DDNS{
		Meta:             l.meta(n),
		Port:             n.uint32("port"),
		DNSServerTimeout: n.uint32("dns-server-timeout"),
		Journal:          n.str("ncr-journal"),
	}
	d.Address = l.anyAddress(n, "ip-address")
	if n.str("ncr-protocol") == "TCP" {
		l.fail(n.at("ncr-protocol"), n.pos("ncr-protocol"), "ncr-protocol : TCP is not yet supported: use UDP")
	}
	keys := l.tsigKeys(n)
	d.Forward = l.ddnsCatalog(n, "forward-ddns", keys)
	d.Reverse = l.ddnsCatalog(n, "reverse-ddns", keys)
	for _, k := range keys {
		d.Keys = append(d.Keys, k)
	}
	slices.SortFunc(d.Keys, func(a, b *TSIGKey) int { return cmp.Compare(a.Name, b.Name) })
	d.ControlSockets = l.controlSockets(n)
	d.Hooks = l.hookLibraries(n)
	d.Loggers = l.loggers(n)
	return d
}

// tsigKeys decodes tsig-keys by name.
func (l *loader) tsigKeys(n node) map[string]*TSIGKey {
	keys := make(map[string]*TSIGKey)
	for kn := range n.each("tsig-keys") {
		k := l.tsigKey(kn)
		if keys[k.Name] != nil {
			l.fail(kn.at("name"), kn.pos("name"), "Duplicate key name specified : %s", k.Name)
			continue
		}
		keys[k.Name] = k
	}
	return keys
}

func (l *loader) tsigKey(n node) *TSIGKey {
	k := &TSIGKey{
		Meta:       l.meta(n),
		Name:       n.str("name"),
		DigestBits: n.uint32("digest-bits"),
		SecretFile: n.str("secret-file"),
		SecretText: n.str("secret"),
	}
	if v := n.get("algorithm", element.String); v != nil {
		k.Algorithm = v.Str
	}
	if n.has("name") {
		l.checkDomainName(n, k.Name)
	}
	l.checkDigestBits(n, k)
	l.tsigSecret(n, k)
	return k
}

// checkDomainName wants something that can stand in a DNS message.
func (l *loader) checkDomainName(n node, name string) {
	switch {
	case strings.TrimSpace(name) == "":
		l.fail(n.at("name"), n.pos("name"), "the name is empty")
	case !isDomainName(name):
		l.fail(n.at("name"), n.pos("name"), "%q is not a domain name: labels have 1 to 63 octets, all together 255", name)
	}
}

// isDomainName tells the names that fit into a DNS message (RFC 1035 section
// 2.3.4). Kea takes any text here, so that only the lengths are looked at.
func isDomainName(name string) bool {
	if name == "." {
		return true
	}
	name = strings.TrimSuffix(name, ".")
	if len(name) > 253 {
		return false
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 {
			return false
		}
	}
	return true
}

// DigestLength is the whole length of the signatures in octets, 0 if the
// algorithm is not known.
func (k *TSIGKey) DigestLength() int {
	i := slices.IndexFunc(tsigAlgorithms, func(a string) bool { return strings.EqualFold(a, k.Algorithm) })
	if i < 0 {
		return 0
	}
	return [...]int{16, 20, 28, 32, 48, 64}[i]
}

// checkDigestBits wants what RFC 8945 section 5.2.2.1 allows: no fewer than 80
// bits, and no fewer than half of them.
func (l *loader) checkDigestBits(n node, k *TSIGKey) {
	whole := uint32(8 * k.DigestLength())
	if k.DigestBits == 0 || whole == 0 {
		return
	}
	least := max(80, whole/2)
	if k.DigestBits%8 != 0 || k.DigestBits < least || k.DigestBits > whole {
		l.failOn([]string{"algorithm"}, n.at("digest-bits"), n.pos("digest-bits"),
			"%d cannot be the digest-bits of %s: give a multiple of 8 from %d to %d, or 0 for whole signatures",
			k.DigestBits, k.Algorithm, least, whole)
	}
}

// tsigSecret reads the secret from where it is.
func (l *loader) tsigSecret(n node, k *TSIGKey) {
	key, text := "secret", k.SecretText
	switch {
	case n.has("secret") == n.has("secret-file"):
		return // reported by the checker
	case n.has("secret-file"):
		key = "secret-file"
		content, err := l.opts.ReadFile(k.SecretFile)
		if err != nil {
			l.fail(n.at(key), n.pos(key), "%v", err)
			return
		}
		text = strings.TrimSpace(string(content))
	}
	secret, err := base64.StdEncoding.DecodeString(text)
	switch {
	case err != nil: // without the text, which is half a secret
		l.fail(n.at(key), n.pos(key), "Cannot make D2TsigKey: the secret of key %s is not base64", k.Name)
	case len(secret) == 0:
		l.fail(n.at(key), n.pos(key), "the secret of key %s is empty", k.Name)
	}
	k.Secret = secret
}

// ddnsCatalog decodes forward-ddns or reverse-ddns, sorted by name as Kea keeps
// it.
func (l *loader) ddnsCatalog(n node, keyword string, keys map[string]*TSIGKey) []*DDNSDomain {
	cn, ok := n.sub(keyword)
	if !ok {
		return nil
	}
	var domains []*DDNSDomain
	names := make(map[string]string) // as matched → as configured
	for dn := range cn.each("ddns-domains") {
		d := l.ddnsDomain(dn, keys)
		matched := strings.ToLower(strings.TrimSuffix(d.Name, "."))
		switch first, known := names[matched]; {
		case known && first == d.Name:
			l.fail(dn.at("name"), dn.pos("name"), "Duplicate domain specified:%s", d.Name)
		case known:
			l.fail(dn.at("name"), dn.pos("name"), "%s is the same domain as %s: keep one of the two", d.Name, first)
		}
		names[matched] = d.Name
		domains = append(domains, d)
	}
	slices.SortStableFunc(domains, func(a, b *DDNSDomain) int { return cmp.Compare(a.Name, b.Name) })
	return domains
}

func (l *loader) ddnsDomain(n node, keys map[string]*TSIGKey) *DDNSDomain {
	d := &DDNSDomain{Meta: l.meta(n), Name: n.str("name"), KeyName: n.str("key-name")}
	if n.has("name") {
		l.checkDomainName(n, d.Name)
	}
	key := l.tsigKeyOf(n, "DdnsDomain", keys)
	for sn := range n.each("dns-servers") {
		d.Servers = append(d.Servers, l.dnsServer(sn, key, keys))
	}
	if n.count("dns-servers") == 0 && !(n.has("dns-servers") && fromFile(n.v.Pos)) {
		l.warn(n.path, n.v.Pos, "the domain has no dns-servers: requests that match it will fail")
	}
	return d
}

func (l *loader) dnsServer(n node, domainKey *TSIGKey, keys map[string]*TSIGKey) *DNSServer {
	s := &DNSServer{Meta: l.meta(n), Port: n.uint32("port"), KeyName: n.str("key-name")}
	if n.str("hostname") != "" {
		l.fail(n.at("hostname"), n.pos("hostname"), "DNS servers are known by ip-address alone: leave hostname out")
	}
	if n.has("ip-address") {
		s.Address = l.anyAddress(n, "ip-address")
	}
	s.Key = cmp.Or(l.tsigKeyOf(n, "Dns Server", keys), domainKey)
	return s
}

// tsigKeyOf finds the key that key-name refers to, nil if there is none.
func (l *loader) tsigKeyOf(n node, what string, keys map[string]*TSIGKey) *TSIGKey {
	name := n.str("key-name")
	if name == "" {
		return nil
	}
	if keys[name] == nil {
		l.failOn([]string{"tsig-keys"}, n.at("key-name"), n.pos("key-name"), "%s : specifies an undefined key: %s", what, name)
	}
	return keys[name]
}

// Element renders the configuration as config-get shows it; see Dhcp4.Element.
func (d *DDNS) Element() *element.Value {
	v := element.NewMap()
	v.Add("ip-address", element.NewString(d.Address.String()))
	v.Add("port", shownUint(d.Port))
	v.Add("dns-server-timeout", shownUint(d.DNSServerTimeout))
	v.Add("ncr-protocol", element.NewString("UDP"))
	v.Add("ncr-format", element.NewString("JSON"))
	v.Add("forward-ddns", element.NewMap().Add("ddns-domains", listOfElements(d.Forward, (*DDNSDomain).element)))
	v.Add("reverse-ddns", element.NewMap().Add("ddns-domains", listOfElements(d.Reverse, (*DDNSDomain).element)))
	v.Add("tsig-keys", listOfElements(d.Keys, (*TSIGKey).element))
	if len(d.ControlSockets) > 0 {
		v.Add("control-sockets", listOfElements(d.ControlSockets, (*ControlSocket).element))
	}
	v.Add("hooks-libraries", listOfElements(d.Hooks, (*HookLibrary).element))
	if len(d.Loggers) > 0 {
		v.Add("loggers", listOfElements(d.Loggers, (*Logger).element))
	}
	if d.Journal != "" {
		v.Add("ncr-journal", element.NewString(d.Journal))
	}
	d.Meta.show(v)
	return v
}

func (d *DDNSDomain) element() *element.Value {
	v := element.NewMap()
	v.Add("name", element.NewString(d.Name))
	if d.KeyName != "" {
		v.Add("key-name", element.NewString(d.KeyName))
	}
	v.Add("dns-servers", listOfElements(d.Servers, (*DNSServer).element))
	d.Meta.show(v)
	return v
}

func (s *DNSServer) element() *element.Value {
	v := element.NewMap()
	v.Add("hostname", shownEmpty)
	v.Add("ip-address", element.NewString(s.Address.String()))
	v.Add("port", shownUint(s.Port))
	if s.KeyName != "" {
		v.Add("key-name", element.NewString(s.KeyName))
	}
	s.Meta.show(v)
	return v
}

func (k *TSIGKey) element() *element.Value {
	v := element.NewMap()
	v.Add("name", element.NewString(k.Name))
	v.Add("algorithm", element.NewString(k.Algorithm))
	v.Add("digest-bits", shownUint(k.DigestBits))
	if k.SecretFile != "" {
		v.Add("secret-file", element.NewString(k.SecretFile))
	} else {
		v.Add("secret", element.NewString(k.SecretText))
	}
	k.Meta.show(v)
	return v
}
