package config

import (
	"net/netip"
	"path/filepath"
	"strings"

	"nestor/lib/element"
)

// What the HTTP listeners of the agent and of the servers have in common.

func (l *loader) checkListenAddress(n node, key, address string) {
	if _, err := netip.ParseAddr(address); err != nil {
		l.fail(n.at(key), n.pos(key), "%s is not an IP address", orNothing(address))
	}
}

// tls decodes the files of a listener: all three, or none.
func (l *loader) tls(n node) (anchor, cert, key string, required bool) {
	anchor, cert, key = n.str("trust-anchor"), n.str("cert-file"), n.str("key-file")
	if given := anchor != "" || cert != "" || key != ""; given && (anchor == "" || cert == "" || key == "") {
		l.fail(n.path, n.v.Pos, "trust-anchor, cert-file and key-file go together: give all three, or none")
	}
	return anchor, cert, key, n.bool("cert-required")
}

// httpHeaders decodes http-headers.
func (l *loader) httpHeaders(n node) []HTTPHeader {
	var headers []HTTPHeader
	for hn := range n.each("http-headers") {
		h := HTTPHeader{Name: hn.str("name"), Value: hn.str("value")}
		if hn.has("name") && !isToken(h.Name) {
			l.fail(hn.at("name"), hn.pos("name"), "%q cannot be the name of a header", h.Name)
		}
		if strings.ContainsAny(h.Value, "\r\n\x00") {
			l.fail(hn.at("value"), hn.pos("value"), "the value of a header has to be one line")
		}
		h.Meta = l.meta(hn)
		headers = append(headers, h)
	}
	return headers
}

// isToken tells the names that RFC 9110 section 5.6.2 allows.
func isToken(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && !strings.ContainsRune("!#$%&'*+-.^_`|~", rune(c)) {
			return false
		}
	}
	return s != ""
}

// authentication decodes the map of that name and reads the credential files.
func (l *loader) authentication(n node) *Authentication {
	an, ok := n.sub("authentication")
	if !ok {
		return nil
	}
	a := &Authentication{
		Meta:      l.meta(an),
		Type:      an.str("type"),
		Realm:     an.str("realm"),
		Directory: an.str("directory"),
	}
	if a.Realm == "" {
		a.Realm = l.opts.Realm
	}
	for cn := range an.each("clients") {
		a.Clients = append(a.Clients, l.authClient(cn, a.Directory))
	}
	return a
}

func (l *loader) authClient(n node, directory string) AuthClient {
	c := AuthClient{
		Meta:         l.meta(n),
		User:         n.str("user"),
		Password:     n.str("password"),
		UserFile:     n.str("user-file"),
		PasswordFile: n.str("password-file"),
	}
	user, knownUser := l.credential(n, "user", directory)
	password, knownPassword := l.credential(n, "password", directory)
	if !knownUser || !knownPassword {
		return c
	}
	l.checkPassword(n, "password", password)
	switch {
	case n.has("user") || n.has("user-file"):
		l.checkUser(n, user)
		c.Secret = user + ":" + password
	case !n.has("password-file"):
		l.fail(n.path, n.v.Pos, "user or user-file is missing")
	case !strings.Contains(password, ":"):
		l.fail(n.at("password-file"), n.pos("password-file"), "without a user the file has to hold user:password")
	default:
		c.Secret = password // both are in the file (ARM 8.9.2)
	}
	return c
}

// checkUser checks a user wherever it comes from.
func (l *loader) checkUser(n node, user string) {
	key := "user"
	if n.has("user-file") {
		key = "user-file"
	}
	switch {
	case user == "":
		l.fail(n.at(key), n.pos(key), "the user is empty")
	case strings.Contains(user, ":"):
		l.fail(n.at(key), n.pos(key), "%q has a colon, which in HTTP ends the user (RFC 7617)", user)
	}
}

// credential returns the text of user or password, from the file if there is one.
func (l *loader) credential(n node, key, directory string) (string, bool) {
	file := key + "-file"
	switch {
	case !n.has(file):
		return n.str(key), true
	case n.has(key):
		return "", false // reported by the checker
	}
	text, err := l.opts.ReadFile(filepath.Join(directory, n.str(file)))
	if err != nil {
		l.fail(n.at(file), n.pos(file), "%v", err)
		return "", false
	}
	// A line end after the text does not count.
	return strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r"), true
}

// showHTTP adds what a listener has beside its address.
func showHTTP(v *element.Value, auth *Authentication, headers []HTTPHeader, anchor, cert, key string, required bool) {
	if auth != nil {
		v.Add("authentication", auth.element())
	}
	if len(headers) > 0 {
		v.Add("http-headers", listOfElements(headers, HTTPHeader.element))
	}
	if anchor == "" && cert == "" && key == "" {
		return
	}
	v.Add("trust-anchor", element.NewString(anchor))
	v.Add("cert-file", element.NewString(cert))
	v.Add("key-file", element.NewString(key))
	v.Add("cert-required", shownBool(required))
}

// element renders authentication for config-get, passwords in clear.
func (a *Authentication) element() *element.Value {
	v := element.NewMap()
	v.Add("type", element.NewString(a.Type))
	v.Add("realm", element.NewString(a.Realm))
	v.Add("directory", shownText(a.Directory))
	v.Add("clients", listOfElements(a.Clients, AuthClient.element))
	a.Meta.show(v)
	return v
}

func (c AuthClient) element() *element.Value {
	v := element.NewMap()
	switch {
	case c.UserFile != "":
		v.Add("user-file", element.NewString(c.UserFile))
	case c.User != "":
		v.Add("user", element.NewString(c.User))
	}
	switch {
	case c.PasswordFile != "":
		v.Add("password-file", element.NewString(c.PasswordFile))
	default:
		v.Add("password", element.NewString(c.Password))
	}
	c.Meta.show(v)
	return v
}

func (h HTTPHeader) element() *element.Value {
	v := element.NewMap()
	v.Add("name", element.NewString(h.Name))
	v.Add("value", element.NewString(h.Value))
	h.Meta.show(v)
	return v
}
