package control

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"nestor/lib/config"
)

// tlsFiles are the settings of TLS, which cannot be changed while a socket is
// open.
type tlsFiles struct {
	trustAnchor, cert, key string
	certRequired           bool
}

func tlsFilesOf(s *config.ControlSocket) tlsFiles {
	f := tlsFiles{trustAnchor: s.TrustAnchor, cert: s.CertFile, key: s.KeyFile, certRequired: s.CertRequired}
	if !f.enabled() {
		return tlsFiles{} // cert-required means nothing without TLS
	}
	return f
}

// enabled reports whether TLS is wanted: its files are given all or none (ARM
// 23.1.2).
func (f tlsFiles) enabled() bool { return f.cert != "" }

// server gives the settings of a listener: its certificate and, where clients need
// one, the authorities that theirs may come from.
func (f tlsFiles) server() (*tls.Config, error) {
	cert, err := tls.LoadX509KeyPair(f.cert, f.key)
	if err != nil {
		return nil, fmt.Errorf("cert-file %s with key-file %s: %w", f.cert, f.key, err)
	}
	authorities, err := loadAuthorities(f.trustAnchor)
	if err != nil {
		return nil, fmt.Errorf("trust-anchor %s: %w", f.trustAnchor, err)
	}
	c := &tls.Config{Certificates: []tls.Certificate{cert}, ClientCAs: authorities, MinVersion: tls.VersionTLS12}
	if f.certRequired {
		c.ClientAuth = tls.RequireAndVerifyClientCert
	}
	return c, nil
}

// loadAuthorities reads certificates from a PEM file, or from all files of a
// directory.
func loadAuthorities(path string) (*x509.CertPool, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	files := []string{path}
	if info.IsDir() {
		if files, err = filepath.Glob(filepath.Join(path, "*")); err != nil {
			return nil, err
		}
	}
	pool, found := x509.NewCertPool(), false
	for _, name := range files {
		pem, err := os.ReadFile(name)
		if err != nil {
			if info.IsDir() {
				continue // a directory, or a link to nothing
			}
			return nil, err
		}
		found = pool.AppendCertsFromPEM(pem) || found
	}
	if !found {
		return nil, errors.New("there is no PEM certificate")
	}
	return pool, nil
}
