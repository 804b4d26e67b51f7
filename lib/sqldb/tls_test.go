package sqldb_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nestor/lib/config"
	"nestor/lib/sqldb"
	"nestor/tests/databases"
)

// authority signs certificates, and writes all it makes into a directory.
type authority struct {
	t    *testing.T
	dir  string
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
}

func newAuthority(t *testing.T, name string) *authority {
	a := &authority{t: t, dir: t.TempDir()}
	// Servers that are not run by root must reach it.
	if err := os.Chmod(filepath.Dir(a.dir), 0o755); err != nil {
		t.Fatal(err)
	}
	a.key, a.cert = a.issue(name, true, nil, nil)
	return a
}

// issue makes NAME.pem and NAME.key.
func (a *authority) issue(name string, isCA bool, parent *x509.Certificate, parentKey *ecdsa.PrivateKey) (*ecdsa.PrivateKey, *x509.Certificate) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: isCA, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	if parent == nil {
		parent, parentKey = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, parentKey)
	if err != nil {
		a.t.Fatal(err)
	}
	private, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		a.t.Fatal(err)
	}
	a.write(name+".pem", "CERTIFICATE", der)
	a.write(name+".key", "EC PRIVATE KEY", private)
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		a.t.Fatal(err)
	}
	return key, cert
}

func (a *authority) write(name, kind string, der []byte) {
	if err := os.WriteFile(a.path(name), pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		a.t.Fatal(err)
	}
}

func (a *authority) path(name string) string { return filepath.Join(a.dir, name) }

// The parameters of TLS and the timeouts, over TCP.
func TestOverTCP(t *testing.T) {
	ours, others := newAuthority(t, "ca"), newAuthority(t, "other")
	ours.issue("server", false, ours.cert, ours.key) // the name is not that of the host
	ours.issue("client", false, ours.cert, ours.key)
	for name, make := range map[string]func(testing.TB, databases.Options) *databases.Server{"mysql": databases.NewMariaDB, "postgresql": databases.NewPostgreSQL} {
		t.Run(name, func(t *testing.T) {
			args := []string{"--ssl-cert=" + ours.path("server.pem"), "--ssl-key=" + ours.path("server.key"), "--ssl-ca=" + ours.path("ca.pem")}
			if name == "postgresql" {
				args = []string{"-c", "ssl=on", "-c", "ssl_cert_file=" + ours.path("server.pem"), "-c", "ssl_key_file=" + ours.path("server.key"), "-c", "ssl_ca_file=" + ours.path("ca.pem")}
			}
			s := make(t, databases.Options{TCP: true, NoSync: true, Args: args})
			local := s.Database(t)
			access := s.TCP(local)
			checkTLS(t, access, ours, others)
			checkTimeouts(t, s, local, access)
		})
	}
}

// checkTLS shows what each parameter of TLS does (D6.5.10).
func checkTLS(t *testing.T, access *config.Database, ours, others *authority) {
	for _, row := range []struct {
		name   string
		change func(*config.Database)
		fails  string // what the error says, "": it connects
	}{
		{"trust-anchor", func(a *config.Database) { a.TrustAnchor = ours.path("ca.pem") }, ""},
		{"another trust-anchor", func(a *config.Database) { a.TrustAnchor = others.path("other.pem") }, "unknown authority"},
		{"cert-file and key-file", func(a *config.Database) {
			a.TrustAnchor, a.CertFile, a.KeyFile = ours.path("ca.pem"), ours.path("client.pem"), ours.path("client.key")
		}, ""},
		{"a missing key-file", func(a *config.Database) { a.CertFile, a.KeyFile = ours.path("client.pem"), "/nowhere/x.key" }, "/nowhere/x.key"},
		{"cipher-list", func(a *config.Database) { a.CipherList = "HIGH:ECDHE-ECDSA-AES128-GCM-SHA256:!aNULL" }, ""},
		{"an unknown cipher-list", func(a *config.Database) { a.CipherList = "ROT13-SHA" }, "none of ROT13-SHA is known"},
	} {
		t.Run(row.name, func(t *testing.T) {
			with := *access
			row.change(&with)
			db, err := sqldb.Open(ctx, &with)
			if err != nil || row.fails != "" {
				if err == nil {
					db.Close()
				}
				if err == nil || row.fails == "" || !strings.Contains(err.Error(), row.fails) {
					t.Errorf("want %q, got %v", row.fails, err)
				}
				return
			}
			defer db.Close()
			if on, err := db.Encrypted(ctx); err != nil || !on {
				t.Errorf("encrypted: %v, %v", on, err)
			}
		})
	}
}

// checkTimeouts pauses the server. read-timeout is of TCP only, and of MySQL only.
func checkTimeouts(t *testing.T, s *databases.Server, local, access *config.Database) {
	with := *access
	with.ConnectTimeout, with.TCPUserTimeout = 1, 1
	if s.Dialect == sqldb.MySQL {
		with.ReadTimeout, with.WriteTimeout = 2, 2
	}
	db := open(t, &with)
	over := *local
	over.ReadTimeout = 2
	byPath := open(t, &over)
	conn, err := byPath.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if s.Dialect == sqldb.MySQL { // D4.6.18: localhost is the socket
		t.Setenv("MYSQL_UNIX_PORT", local.Host)
		named := *local
		named.Host, named.Port = "localhost", 1
		if db := open(t, &named); !strings.HasSuffix(db.String(), " at "+local.Host) {
			t.Errorf("localhost is %s", db)
		}
	}
	s.Pause(t)
	defer s.Resume(t)
	t.Run("D4.6.7 connect-timeout", func(t *testing.T) {
		begin := time.Now()
		if _, err := sqldb.Open(ctx, &with); sqldb.Classify(err) != sqldb.Lost || !strings.Contains(err.Error(), "no answer in time") {
			t.Errorf("%v", err)
		}
		if took := time.Since(begin); took > 20*time.Second {
			t.Errorf("it took %v", took)
		}
	})
	if s.Dialect == sqldb.MySQL {
		t.Run("D4.6.16 D4.6.18 D6.5.8 read-timeout", func(t *testing.T) {
			silent := make(chan error, 1)
			go func() {
				_, err := conn.ExecContext(ctx, "DO 1")
				silent <- err
			}()
			if _, err := db.Exec("DO 1"); sqldb.Classify(err) != sqldb.Lost {
				t.Errorf("by TCP: %v", err)
			}
			time.Sleep(500 * time.Millisecond)
			select {
			case err := <-silent:
				t.Errorf("by the socket it does not wait: %v", err)
			default:
			}
			s.Resume(t)
			if err := <-silent; err != nil {
				t.Errorf("by the socket: %v", err)
			}
		})
	}
}
