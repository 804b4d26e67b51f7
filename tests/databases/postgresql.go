package databases

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib" // the administrator's connections
)

type postgresql struct{}

func (postgresql) programs() []string    { return []string{"postgres", "initdb"} }
func (postgresql) admin() string         { return "postgres" }
func (postgresql) host(s *Server) string { return s.Dir }

func (postgresql) create(s *Server) error {
	return runProgram(s, "", "initdb", "--pgdata="+filepath.Join(s.Dir, "data"), "--username=postgres",
		"--auth-local=trust", "--auth-host=scram-sha-256", "--encoding=UTF8", "--no-locale", "--no-sync")
}

func (postgresql) args(s *Server) []string {
	args := []string{"-D", filepath.Join(s.Dir, "data"), "-k", s.Dir, "-c", "max_connections=300", "-c", "jit=off"}
	if s.Port == 0 {
		args = append(args, "-c", "listen_addresses=")
	} else {
		args = append(args, "-c", "listen_addresses=127.0.0.1", "-p", strconv.Itoa(s.Port))
	}
	if s.options.NoSync {
		args = append(args, "-c", "fsync=off", "-c", "full_page_writes=off")
	}
	return append(args, s.options.Args...)
}

func (postgresql) setUp(s *Server) []string {
	return []string{fmt.Sprintf(`CREATE USER %s PASSWORD '%s'`, User, strings.ReplaceAll(Password, "'", "''"))}
}

func (postgresql) database(name string) (create, drop []string) {
	return []string{fmt.Sprintf("CREATE DATABASE %s OWNER %s", name, User)},
		[]string{fmt.Sprintf("DROP DATABASE %s WITH (FORCE)", name)}
}
