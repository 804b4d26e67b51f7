package sqldb

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// readRoots reads the certificates of a trust anchor: a PEM file, or a directory
// of such files.
func readRoots(path string) (*x509.CertPool, error) {
	files := []string{path}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		files, _ = filepath.Glob(filepath.Join(path, "*"))
	}
	roots, found := x509.NewCertPool(), false
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("trust-anchor: %w", err)
		}
		found = roots.AppendCertsFromPEM(text) || found
	}
	if !found {
		return nil, fmt.Errorf("trust-anchor %s holds no certificate in PEM form", path)
	}
	return roots, nil
}

// verifyChain checks the server's certificate against the roots, whatever its name.
func verifyChain(roots *x509.CertPool) func(tls.ConnectionState) error {
	return func(state tls.ConnectionState) error {
		if len(state.PeerCertificates) == 0 {
			return errors.New("the server shows no certificate")
		}
		options := x509.VerifyOptions{Roots: roots, Intermediates: x509.NewCertPool()}
		for _, certificate := range state.PeerCertificates[1:] {
			options.Intermediates.AddCert(certificate)
		}
		_, err := state.PeerCertificates[0].Verify(options)
		return err
	}
}

// opensslNames are the ciphers of TLS 1.2 by the names that cipher-list has for
// them, which are OpenSSL's. Those of TLS 1.3 cannot be chosen.
var opensslNames = map[string]uint16{
	"ECDHE-ECDSA-AES128-GCM-SHA256": tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
	"ECDHE-ECDSA-AES256-GCM-SHA384": tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
	"ECDHE-ECDSA-CHACHA20-POLY1305": tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
	"ECDHE-ECDSA-AES128-SHA":        tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA,
	"ECDHE-ECDSA-AES256-SHA":        tls.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA,
	"ECDHE-RSA-AES128-GCM-SHA256":   tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	"ECDHE-RSA-AES256-GCM-SHA384":   tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
	"ECDHE-RSA-CHACHA20-POLY1305":   tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
	"ECDHE-RSA-AES128-SHA":          tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
	"ECDHE-RSA-AES256-SHA":          tls.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA,
	"AES128-GCM-SHA256":             tls.TLS_RSA_WITH_AES_128_GCM_SHA256,
	"AES256-GCM-SHA384":             tls.TLS_RSA_WITH_AES_256_GCM_SHA384,
	"AES128-SHA":                    tls.TLS_RSA_WITH_AES_128_CBC_SHA,
	"AES256-SHA":                    tls.TLS_RSA_WITH_AES_256_CBC_SHA,
}

// cipherSuites reads a cipher-list: names with colons, commas or spaces between.
// Names that are not known are passed over while one is known, as OpenSSL does;
// the groups of OpenSSL's language (HIGH, !aNULL, @STRENGTH) choose nothing here,
// and a list of nothing but groups leaves the choice to Go.
func cipherSuites(list string) ([]uint16, error) {
	var suites []uint16
	var unknown []string
	for _, name := range strings.FieldsFunc(list, func(r rune) bool { return strings.ContainsRune(":, ", r) }) {
		suite, ok := opensslNames[name]
		switch {
		case ok:
			suites = append(suites, suite)
		case name == strings.ToUpper(name) && strings.Contains(name, "-"), strings.HasPrefix(name, "TLS_"):
			unknown = append(unknown, name)
		}
	}
	if suites == nil && unknown != nil {
		return nil, fmt.Errorf("cipher-list: none of %s is known; a name that is: ECDHE-RSA-AES128-GCM-SHA256", strings.Join(unknown, ", "))
	}
	return suites, nil
}
