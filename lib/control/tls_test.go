package control

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nestor/lib/config"
)

// authority is a certification authority of the test.
type authority struct {
	file string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T, name string) *authority {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, IsCA: true,
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	a := &authority{file: filepath.Join(t.TempDir(), "ca.pem")}
	a.cert, a.key = sign(t, template, nil, a.file, "")
	return a
}

// issue makes a certificate and returns the files it is in.
func (a *authority) issue(t *testing.T, name string) (cert, key string) {
	t.Helper()
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	sign(t, &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}, a, cert, key)
	return cert, key
}

// sign makes a key and a certificate for it; by is nil for one that signs itself.
func sign(t *testing.T, template *x509.Certificate, by *authority, certFile, keyFile string) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	parent, signer := template, key
	if by != nil {
		parent, signer = by.cert, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	writePEM(t, certFile, "CERTIFICATE", der)
	if keyFile != "" {
		text, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		writePEM(t, keyFile, "PRIVATE KEY", text)
	}
	return cert, key
}

func writePEM(t *testing.T, file, kind string, content []byte) {
	t.Helper()
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content}), 0o600); err != nil {
		t.Fatal(err)
	}
}

// clientTLS trusts an authority and shows a certificate of another, if any.
func clientTLS(t *testing.T, trusted, issuer *authority) *tls.Config {
	t.Helper()
	pool := x509.NewCertPool()
	pool.AddCert(trusted.cert)
	c := &tls.Config{RootCAs: pool}
	if issuer != nil {
		cert, err := tls.LoadX509KeyPair(issuer.issue(t, "client"))
		if err != nil {
			t.Fatal(err)
		}
		// Shown even if the server asks for certificates of somebody else.
		c.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &cert, nil }
	}
	return c
}

func TestTLS(t *testing.T) {
	ours, others := newAuthority(t, "ours"), newAuthority(t, "others")
	cert, key := ours.issue(t, "server")
	withTLS := func(required bool) func(*config.ControlSocket) {
		return func(s *config.ControlSocket) {
			s.Type, s.TrustAnchor, s.CertFile, s.KeyFile, s.CertRequired = "https", ours.file, cert, key, required
		}
	}
	mutual, log := openHTTP(t, Options{}, withTLS(true))
	serverOnly, _ := openHTTP(t, Options{}, withTLS(false))
	tests := []struct {
		name, address string
		client        *tls.Config
		served        bool
	}{
		{"PL.16.1 server authenticated", serverOnly, clientTLS(t, ours, nil), true},
		{"PL.16.1 D4.48.4 mutual", mutual, clientTLS(t, ours, ours), true},
		{"PL.16.1 mutual without a certificate", mutual, clientTLS(t, ours, nil), false},
		{"mutual with a foreign certificate", mutual, clientTLS(t, ours, others), false},
		{"a client that trusts somebody else", serverOnly, clientTLS(t, others, nil), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			conn := tls.Client(dialTCP(t, tt.address), withServerName(tt.client))
			got := ""
			if _, err := io.WriteString(conn, post(echoCommand, "Connection: close")); err == nil {
				b, _ := io.ReadAll(conn)
				got = string(b)
			}
			if served := strings.HasSuffix(got, "\r\n\r\n"+echoBody); served != tt.served {
				t.Errorf("got %q", got)
			}
			if tt.served && conn.ConnectionState().Version != tls.VersionTLS13 {
				t.Errorf("PL.16.4 TLS version %x", conn.ConnectionState().Version)
			}
		})
	}
	t.Run("PL.16.5 failed handshakes are logged", func(t *testing.T) {
		log.wants(t, "HTTP_CONNECTION_HANDSHAKE_FAILED TLS handshake with 127.0.0.1:")
		log.wants(t, "client didn't provide a certificate\n")
	})
	t.Run("PL.16.5 a plain client gets no HTTP answer", func(t *testing.T) {
		conn := dialTCP(t, mutual)
		io.WriteString(conn, post(echoCommand))
		got, _ := io.ReadAll(conn)
		if strings.Contains(string(got), "HTTP") {
			t.Errorf("got %q", got)
		}
	})
	t.Run("PL.16.4 old versions", func(t *testing.T) {
		c := withServerName(clientTLS(t, ours, nil))
		c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
		if err := tls.Client(dialTCP(t, serverOnly), c).Handshake(); err == nil {
			t.Error("TLS 1.1 was accepted")
		}
	})
	t.Run("PL.16.6 TLS and basic authentication", func(t *testing.T) {
		address, _ := openHTTP(t, Options{}, func(s *config.ControlSocket) {
			withTLS(false)(s)
			s.Auth = &config.Authentication{Realm: "r", Clients: []config.AuthClient{{User: "u", Secret: "u:p"}}}
		})
		conn := tls.Client(dialTCP(t, address), withServerName(clientTLS(t, ours, nil)))
		if got := exchangeHTTP(t, conn, post(echoCommand)); !strings.HasPrefix(got, "HTTP/1.1 401 ") {
			t.Errorf("got %q", got)
		}
		if got := exchangeHTTP(t, conn, post(echoCommand, "Authorization: Basic dTpw")); got != response("HTTP/1.1 200 OK", echoBody) {
			t.Errorf("got %q", got)
		}
	})
}

func withServerName(c *tls.Config) *tls.Config {
	c = c.Clone()
	c.ServerName = "127.0.0.1"
	return c
}

func TestTLSFiles(t *testing.T) {
	ours := newAuthority(t, "ours")
	cert, key := ours.issue(t, "server")
	dir := filepath.Dir(ours.file)
	if err := os.Mkdir(filepath.Join(dir, "sub"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("nowhere", filepath.Join(dir, "dangling")); err != nil {
		t.Fatal(err)
	}
	encrypted := filepath.Join(t.TempDir(), "encrypted.pem")
	writePEM(t, encrypted, "ENCRYPTED PRIVATE KEY", []byte("x"))
	tests := []struct {
		name             string
		typ              string
		anchor, cert, ky string
		want             string // of the error
	}{
		{"PL.16.2 files", "https", ours.file, cert, key, ""},
		{"PL.16.2 trust-anchor is a directory", "https", dir, cert, key, ""},
		{"PL.16.2 encrypted key", "https", ours.file, cert, encrypted, "key-file " + encrypted},
		{"trust-anchor missing", "https", ours.file + "x", cert, key, "no such file"},
		{"trust-anchor without certificates", "https", t.TempDir(), cert, key, "there is no PEM certificate"},
		{"trust-anchor of other content", "https", key, cert, key, "there is no PEM certificate"},
		{"certificate missing", "https", ours.file, cert + "x", key, "no such file"},
		{"D4.48.3 https without files", "https", "", "", "", "needs trust-anchor, cert-file and key-file"},
		{"D4.48.4 none: plain HTTP", "http", "", "", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, _ := newServer(t, Options{})
			err := s.Apply(t.Context(), []*config.ControlSocket{{
				Type: tt.typ, Address: "127.0.0.1", TrustAnchor: tt.anchor, CertFile: tt.cert, KeyFile: tt.ky, CertRequired: true,
			}})
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}
