package control

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"nestor/lib/config"
)

// basicAuth checks HTTP basic authentication (ARM 8.9.2).
type basicAuth struct {
	realm   string
	clients []authClient
}

// authClient is one accepted user, by the digest of the base64 text that it sends.
type authClient struct {
	user   string
	digest [sha256.Size]byte
}

// newBasicAuth prepares the check; nil when there are no clients, which means
// that everybody may come in.
func newBasicAuth(a *config.Authentication) *basicAuth {
	if a == nil || len(a.Clients) == 0 {
		return nil
	}
	b := &basicAuth{realm: a.Realm}
	for _, c := range a.Clients {
		user, _, _ := strings.Cut(c.Secret, ":")
		text := base64.StdEncoding.EncodeToString([]byte(c.Secret))
		b.clients = append(b.clients, authClient{user, sha256.Sum256([]byte(text))})
	}
	return b
}

// errNotMatching says that credentials are well formed, but not known.
var errNotMatching = errors.New("credentials match no client")

// check returns the user that an Authorization header names. Its time does not
// depend on how much of the credentials is right.
func (b *basicAuth) check(header string) (user string, err error) {
	text, ok := strings.CutPrefix(header, "Basic ")
	if !ok {
		return "", fmt.Errorf("header content doesn't begin with 'Basic '")
	}
	text = strings.Trim(text, " \t")
	if _, err := base64.StdEncoding.DecodeString(text); err != nil {
		return "", fmt.Errorf("the credentials are not in base64: %w", err)
	}
	digest := sha256.Sum256([]byte(text))
	err = errNotMatching
	for _, c := range b.clients {
		if subtle.ConstantTimeCompare(digest[:], c.digest[:]) == 1 {
			user, err = c.user, nil
		}
	}
	return user, err
}

// challenge is the value of WWW-Authenticate.
func (b *basicAuth) challenge() string { return `Basic realm="` + b.realm + `"` }
