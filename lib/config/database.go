package config

import (
	"strings"

	"nestor/lib/element"
)

// database decodes the access to a database; every such map has the keywords of
// databaseKeywords.
func (l *loader) database(n node) *Database {
	d := &Database{
		Meta:              Meta{Pos: n.v.Pos},
		Type:              n.str("type"),
		Name:              n.str("name"),
		Host:              n.str("host"),
		User:              n.str("user"),
		Password:          n.str("password"),
		Port:              n.uint32("port"),
		Persist:           n.bool("persist"),
		LFCInterval:       n.uint32("lfc-interval"),
		MaxRowErrors:      n.uint32("max-row-errors"),
		ReadOnly:          n.bool("readonly"),
		ConnectTimeout:    n.uint32("connect-timeout"),
		ReadTimeout:       n.uint32("read-timeout"),
		WriteTimeout:      n.uint32("write-timeout"),
		TCPUserTimeout:    n.uint32("tcp-user-timeout"),
		MaxReconnectTries: n.uint32("max-reconnect-tries"),
		ReconnectWaitTime: n.uint32("reconnect-wait-time"),
		OnFail:            n.str("on-fail"),
		RetryOnStartup:    n.bool("retry-on-startup"),
		TrustAnchor:       n.str("trust-anchor"),
		CertFile:          n.str("cert-file"),
		KeyFile:           n.str("key-file"),
		CipherList:        n.str("cipher-list"),
	}
	l.checkPassword(n, "password", d.Password)
	if _, ok := n.scope.index["durability"]; ok && n.str("durability") == "fsync" {
		d.Durability = "fsync"
	}
	if d.Durability != "" && d.Type != "memfile" && n.has("type") {
		l.fail(n.at("durability"), n.pos("durability"), "it is for memfile: %s says itself what it keeps", d.Type)
	}
	l.checkTimeouts(n, d)
	d.shown = ownKeywords(n)
	return d
}

// checkTimeouts refuses what the database does not have (ARM 8.2.2.4); 0 is none.
func (l *loader) checkTimeouts(n node, d *Database) {
	for _, timeout := range []struct {
		key, kind string
		seconds   uint32
	}{
		{"read-timeout", "mysql", d.ReadTimeout},
		{"write-timeout", "mysql", d.WriteTimeout},
		{"tcp-user-timeout", "postgresql", d.TCPUserTimeout},
	} {
		if timeout.seconds != 0 && d.Type != "" && d.Type != timeout.kind {
			l.fail(n.at(timeout.key), n.pos(timeout.key), "it is for %s, %s has no such timeout: leave it out", timeout.kind, d.Type)
		}
	}
}

// checkPassword refuses those of the examples, as Kea does.
func (l *loader) checkPassword(n node, key, password string) {
	switch password {
	case "1234", "*****", "keatest":
		l.fail(n.at(key), n.pos(key), "this is the password of an example, which everybody knows: choose another one")
	}
}

// ownKeywords returns a copy of the scalar members that a map has, for maps of
// which config-get shows only those.
func ownKeywords(n node) *element.Value {
	v := element.NewMap()
	for _, m := range n.v.Members {
		k := n.scope.index[m.Key]
		if k != nil && k.fits(m.Value) && k.kind != kindFree && m.Key != "comment" {
			v.Add(k.name, m.Value)
		}
	}
	return v
}

// databases decodes a list of databases.
func (l *loader) databases(n node, key string) []*Database {
	var dbs []*Database
	for dn := range n.each(key) {
		dbs = append(dbs, l.database(dn))
	}
	return dbs
}

// hostsDatabases decodes hosts-databases, and the map for a single one, which
// comes before them.
func (l *loader) hostsDatabases(n node) []*Database {
	var dbs []*Database
	if one, ok := n.sub("hosts-database"); ok {
		dbs = append(dbs, l.database(one))
	}
	return append(dbs, l.databases(n, "hosts-databases")...)
}

// configBackend decodes config-control (ARM 8.14).
func (l *loader) configBackend(n node) *ConfigControl {
	return &ConfigControl{
		Databases:     l.databases(n, "config-databases"),
		FetchWaitTime: n.uint32("config-fetch-wait-time"),
	}
}

// AccessString describes the database for log lines: key=value, without the
// password.
func (d *Database) AccessString() string {
	var parts []string
	for _, m := range d.element().Members {
		if m.Key == "password" {
			parts = append(parts, "password=*****")
			continue
		}
		s := m.Value.Str
		if m.Value.Kind != element.String {
			s = m.Value.String()
		}
		parts = append(parts, m.Key+"="+s)
	}
	return strings.Join(parts, " ")
}

// element renders the access for config-get: what was configured, no more.
func (d *Database) element() *element.Value {
	if d.shown == nil {
		return element.NewMap().Add("type", element.NewString(d.Type))
	}
	return d.shown
}

// element renders config-control.
func (c *ConfigControl) element() *element.Value {
	v := element.NewMap()
	v.Add("config-databases", listOfElements(c.Databases, (*Database).element))
	return v.Add("config-fetch-wait-time", shownUint(c.FetchWaitTime))
}
