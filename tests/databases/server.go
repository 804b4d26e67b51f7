package databases

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"nestor/lib/config"
	"nestor/lib/sqldb"
	"nestor/tests/peers"
)

// Password is that of the account "nestor", which owns the databases of the tests.
const Password = "not-the-example"

// User is the account with which Database's databases are used.
const User = "nestor"

// Options are those of a server of a test's own.
type Options struct {
	// TCP also has it listen on a port of 127.0.0.1.
	TCP bool
	// NoSync lets it leave to the system when its writes reach the disk: for tests
	// that make very many tables, which this makes much faster.
	NoSync bool
	// Args are further arguments of the server program: mariadbd's --name=value,
	// postgres' -c name=value (two words).
	Args []string
}

// Server is a database server. Its methods that change its state are for one
// goroutine at a time.
type Server struct {
	Dialect sqldb.Dialect
	// Dir is the server's directory; the sockets, the log and the data are in it.
	Dir string
	// Port is that on 127.0.0.1, 0 when it does not listen there.
	Port int

	engine  engine
	options Options
	process *process
	admin   *sql.DB
	count   atomic.Int32 // databases made
	pool    pool
}

// engine is what differs between the servers.
type engine interface {
	// programs are those that it needs, the server first.
	programs() []string
	// create fills s.Dir/data.
	create(s *Server) error
	// args are the server's arguments.
	args(s *Server) []string
	// host is what a client gives as host to reach the socket.
	host(s *Server) string
	// setUp makes the account of the tests, over the connection of an administrator.
	setUp(s *Server) []string
	// admin is the administrator's account.
	admin() string
	// database makes and removes a database.
	database(name string) (create, drop []string)
}

// MariaDB returns the MariaDB server of this test binary, which it starts when it is
// the first to ask. The test is skipped where there is none.
func MariaDB(t testing.TB) *Server { t.Helper(); return shared(t, &mariadbs[0], mariadb{}, Options{}) }

// PostgreSQL returns the PostgreSQL server of this test binary, as MariaDB does.
func PostgreSQL(t testing.TB) *Server {
	t.Helper()
	return shared(t, &postgresqls[0], postgresql{}, Options{})
}

// Each runs a test on both servers, as subtests named mysql and postgresql.
func Each(t *testing.T, test func(t *testing.T, s *Server)) {
	t.Run("mysql", func(t *testing.T) { test(t, MariaDB(t)) })
	t.Run("postgresql", func(t *testing.T) { test(t, PostgreSQL(t)) })
}

// EachNoSync is Each with servers that have Options.NoSync.
func EachNoSync(t *testing.T, test func(t *testing.T, s *Server)) {
	noSync := Options{NoSync: true}
	t.Run("mysql", func(t *testing.T) { test(t, shared(t, &mariadbs[1], mariadb{}, noSync)) })
	t.Run("postgresql", func(t *testing.T) { test(t, shared(t, &postgresqls[1], postgresql{}, noSync)) })
}

// NewMariaDB starts a MariaDB server for this test only; it ends with the test.
func NewMariaDB(t testing.TB, options Options) *Server { t.Helper(); return own(t, mariadb{}, options) }

// NewPostgreSQL starts a PostgreSQL server for this test only; it ends with the test.
func NewPostgreSQL(t testing.TB, options Options) *Server {
	t.Helper()
	return own(t, postgresql{}, options)
}

// once is a server of the test binary, as soon as it was asked for.
type once struct {
	sync.Mutex
	server *Server
	err    error
}

// Those with the usual durability, and those without.
var mariadbs, postgresqls [2]once

func shared(t testing.TB, s *once, e engine, options Options) *Server {
	t.Helper()
	need(t, e)
	s.Lock()
	defer s.Unlock()
	if s.server == nil && s.err == nil {
		s.server, s.err = start(e, options)
	}
	if s.err != nil {
		t.Fatal(s.err)
	}
	return s.server
}

func own(t testing.TB, e engine, options Options) *Server {
	t.Helper()
	need(t, e)
	s, err := start(e, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.admin.Close()
		s.process.kill()
		os.RemoveAll(s.Dir)
	})
	return s
}

// need skips the test where a program is missing.
func need(t testing.TB, e engine) {
	t.Helper()
	for _, name := range e.programs() {
		peers.Program(t, name)
	}
}

// start makes a server and starts it.
func start(e engine, options Options) (*Server, error) {
	dir, err := serverDir()
	if err != nil {
		return nil, err
	}
	s := &Server{Dir: dir, engine: e, options: options, Dialect: sqldb.MySQL}
	if _, ok := e.(postgresql); ok {
		s.Dialect = sqldb.PostgreSQL
	}
	if options.TCP {
		if s.Port, err = freePort(); err != nil {
			return nil, err
		}
	}
	if err := e.create(s); err != nil {
		return nil, fmt.Errorf("%s: the data directory could not be made: %w", e.programs()[0], err)
	}
	if s.admin, err = s.connectAdmin(""); err != nil {
		return nil, err
	}
	if err := s.run(); err != nil {
		return nil, err
	}
	return s, s.exec(e.setUp(s)...)
}

// run starts the program and waits until it answers.
func (s *Server) run() error {
	process, err := spawn(s.Dir, s.engine.programs()[0], s.engine.args(s)...)
	if err != nil {
		return err
	}
	s.process = process
	probe := "SELECT 1"
	if s.Dialect == sqldb.MySQL {
		probe = "SELECT COUNT(*) FROM mysql.global_priv" // nodes of a cluster refuse that before they are part of it
	}
	for end := time.Now().Add(60 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		_, err := s.admin.ExecContext(ctx, probe)
		cancel()
		if err == nil {
			return nil
		}
		if process.over() || time.Now().After(end) {
			process.kill()
			return fmt.Errorf("%s does not come up: %w\n%s", s.engine.programs()[0], err, s.log())
		}
	}
}

// log is the end of the server's log.
func (s *Server) log() string {
	text, _ := os.ReadFile(filepath.Join(s.Dir, "log"))
	return string(bytes.TrimSpace(text[max(0, len(text)-4000):]))
}

// connectAdmin opens a pool of the administrator's connections, lazily.
func (s *Server) connectAdmin(database string) (*sql.DB, error) {
	host := s.engine.host(s)
	if s.Dialect == sqldb.MySQL {
		c := mysql.NewConfig()
		c.User, c.Net, c.Addr, c.DBName, c.Logger = s.engine.admin(), "unix", host, database, &mysql.NopLogger{}
		connector, err := mysql.NewConnector(c)
		if err != nil {
			return nil, err
		}
		return sql.OpenDB(connector), nil
	}
	if database == "" {
		database = "postgres"
	}
	return sql.Open("pgx", fmt.Sprintf("host=%s port=%d user=%s dbname=%s sslmode=disable", host, cmp.Or(s.Port, 5432), s.engine.admin(), database))
}

func (s *Server) exec(statements ...string) error {
	for _, statement := range statements {
		if _, err := s.admin.Exec(statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

// Admin returns connections of the server's administrator to a database ("" is
// none). They are closed with the test.
func (s *Server) Admin(t testing.TB, database string) *sql.DB {
	t.Helper()
	db, err := s.connectAdmin(database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// Database makes an empty database, which goes with the test, and says how to
// reach it: over the socket, as User.
func (s *Server) Database(t testing.TB) *config.Database {
	t.Helper()
	access := s.newDatabase(t)
	s.dropAfter(t, access.Name)
	return access
}

func (s *Server) newName() string { return fmt.Sprintf("t%d_%d", os.Getpid(), s.count.Add(1)) }

func (s *Server) newDatabase(t testing.TB) *config.Database {
	t.Helper()
	name := s.newName()
	create, _ := s.engine.database(name)
	if err := s.exec(create...); err != nil {
		t.Fatal(err)
	}
	return s.access(name)
}

// dropAfter removes a database after the test; where the server has gone there is
// nothing to remove.
func (s *Server) dropAfter(t testing.TB, name string) {
	_, drop := s.engine.database(name)
	t.Cleanup(func() { s.exec(drop...) })
}

// access says how User reaches a database.
func (s *Server) access(name string) *config.Database {
	access := &config.Database{
		Type: s.Dialect.String(), Name: name, Host: s.engine.host(s), User: User, Password: Password, ConnectTimeout: 5,
	}
	if s.Dialect == sqldb.PostgreSQL {
		access.Port = uint32(s.Port) // it is part of the socket's name
	}
	return access
}

// TCP is access by way of 127.0.0.1, on a server that was made with that option.
func (s *Server) TCP(access *config.Database) *config.Database {
	over := *access
	over.Host, over.Port = "127.0.0.1", uint32(s.Port)
	return &over
}

// JSON writes access as a database map of a configuration, less the braces.
func JSON(access *config.Database) string {
	port := ""
	if access.Port != 0 {
		port = `"port": ` + strconv.Itoa(int(access.Port)) + ", "
	}
	return fmt.Sprintf(`"type": %q, "name": %q, "host": %q, %s"user": %q, "password": %q`, access.Type, access.Name, access.Host, port, access.User, access.Password)
}

// Stop ends the server in order, and Start begins it again on the same data.
func (s *Server) Stop(t testing.TB) {
	t.Helper()
	if err := s.process.stop(); err != nil {
		t.Fatal(err)
	}
}

// Kill ends it at once, as a crash does.
func (s *Server) Kill(t testing.TB) { t.Helper(); s.process.kill() }

// Start starts it again after Stop or Kill and waits until it answers.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	if err := s.run(); err != nil {
		t.Fatal(err)
	}
}

// Restart is Stop and Start.
func (s *Server) Restart(t testing.TB) { t.Helper(); s.Stop(t); s.Start(t) }

// Pause halts the server and its processes: connections stay, nothing is answered.
// What still runs when the test ends is resumed.
func (s *Server) Pause(t testing.TB) {
	t.Helper()
	s.process.signalAll(syscall.SIGSTOP)
	t.Cleanup(func() { s.process.signalAll(syscall.SIGCONT) })
	for range 1000 {
		if s.process.stands() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("the database server does not stand still")
}

// Resume ends a pause.
func (s *Server) Resume(t testing.TB) { t.Helper(); s.process.signalAll(syscall.SIGCONT) }

// Disconnect ends all connections to a database, as an administrator would.
func (s *Server) Disconnect(t testing.TB, access *config.Database) {
	t.Helper()
	query, end := "SELECT id FROM information_schema.processlist WHERE db = '%s'", "KILL %d"
	if s.Dialect == sqldb.PostgreSQL {
		query, end = "SELECT pid FROM pg_stat_activity WHERE datname = '%s'", "SELECT pg_terminate_backend(%d)"
	}
	rows, err := s.admin.Query(fmt.Sprintf(query, access.Name))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id int
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		s.exec(fmt.Sprintf(end, id)) // it may have gone by itself
	}
}

func freePort() (int, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// Environment is the environment for the programs of the databases and of Kea
// (mysql, psql, kea-admin), which find each other by PATH.
func Environment(t testing.TB) []string {
	t.Helper()
	bin := filepath.Dir(peers.Program(t, "psql"))
	var env []string
	for _, word := range os.Environ() {
		if !strings.HasPrefix(word, "PATH=") && !strings.HasPrefix(word, "PG") && !strings.HasPrefix(word, "MYSQL_") {
			env = append(env, word)
		}
	}
	return append(env, "PATH="+bin+":"+os.Getenv("PATH"))
}

// Client feeds a file to the server's own client program (mysql, psql), which must
// take all of it.
func (s *Server) Client(t testing.TB, access *config.Database, file string) {
	t.Helper()
	c := exec.Command(peers.Program(t, "mysql"), "--socket="+access.Host, "--user="+access.User, "--password="+access.Password, access.Name)
	if s.Dialect == sqldb.PostgreSQL {
		c = exec.Command(peers.Program(t, "psql"), "--quiet", "--set=ON_ERROR_STOP=1", "--host="+access.Host, "--username="+access.User, access.Name)
	}
	input, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer input.Close()
	c.Stdin, c.Env = input, Environment(t)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", c.Args[0], err, out)
	}
}
