package logging

import (
	"regexp"
	"strings"

	"nestor/lib/element"
)

const hidden = "*****"

// Secret reports whether values under a key are hidden in logs (ARM 23.2.5):
// keys that end in password or secret.
func Secret(key string) bool {
	key = strings.ToLower(key)
	return strings.HasSuffix(key, "password") || strings.HasSuffix(key, "secret")
}

// Redact gives a copy of v fit for a log, with the values of secret keys
// replaced by asterisks. What has no secrets in it is shared with v.
func Redact(v *element.Value) *element.Value {
	if v == nil {
		return nil
	}
	switch v.Kind {
	case element.List:
		c := *v
		c.List = make([]*element.Value, len(v.List))
		for i, e := range v.List {
			c.List[i] = Redact(e)
		}
		return &c
	case element.Map:
		c := *v
		c.Members = make([]element.Member, len(v.Members))
		for i, m := range v.Members {
			if Secret(m.Key) {
				m.Value = &element.Value{Kind: element.String, Str: hidden}
			} else {
				m.Value = Redact(m.Value)
			}
			c.Members[i] = m
		}
		return &c
	}
	return v
}

var accessSecret = regexp.MustCompile(`(?i)(\S*(?:password|secret)=)('[^']*'|"[^"]*"|\S*)`)

// RedactAccess hides the password of a database access string such as
// "name=kea user=kea password=x".
func RedactAccess(access string) string {
	return accessSecret.ReplaceAllString(access, "${1}"+hidden)
}
