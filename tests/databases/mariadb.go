package databases

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

type mariadb struct{}

func (mariadb) programs() []string    { return []string{"mariadbd"} }
func (mariadb) admin() string         { return "root" }
func (mariadb) host(s *Server) string { return filepath.Join(s.Dir, "mysql.sock") }
func (mariadb) common(s *Server) []string {
	return []string{
		"--user=root", // allowed for a server that is started by root; otherwise of no effect
		"--datadir=" + filepath.Join(s.Dir, "data"), "--tmpdir=" + s.Dir,
		"--innodb-buffer-pool-size=64M", "--innodb-log-file-size=16M", "--skip-log-bin",
	}
}

// create does what mariadb-install-db does, with less to write to the disk.
func (m mariadb) create(s *Server) error {
	if err := os.Mkdir(filepath.Join(s.Dir, "data"), 0o777); err != nil {
		return err
	}
	if err := os.Chmod(filepath.Join(s.Dir, "data"), 0o777); err != nil {
		return err
	}
	script := "CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket = NULL;\nSET @skip_auth_anonymous = 1;\n"
	share := filepath.Join(filepath.Dir(filepath.Dir(path("mariadbd"))), "root/usr/share/mysql")
	for _, name := range []string{"mysql_system_tables.sql", "mysql_performance_tables.sql", "mysql_system_tables_data.sql"} {
		text, err := os.ReadFile(filepath.Join(share, name))
		if err != nil {
			return err
		}
		for line := range strings.Lines(string(text)) {
			if !strings.Contains(line, "@current_hostname") {
				script += line
			}
		}
	}
	return runProgram(s, script, "mariadbd", append(m.common(s), "--bootstrap", "--debug-no-sync", "--innodb-flush-log-at-trx-commit=0", "--sync-frm=0")...)
}

func (m mariadb) args(s *Server) []string {
	args := append(m.common(s), "--socket="+m.host(s), "--pid-file="+filepath.Join(s.Dir, "pid"),
		"--character-set-server=utf8mb4", "--collation-server=utf8mb4_general_ci", // as Debian has it
		"--skip-name-resolve", "--max-connections=500")
	if s.Port == 0 {
		args = append(args, "--skip-networking")
	} else {
		args = append(args, "--bind-address=127.0.0.1", "--port="+strconv.Itoa(s.Port))
	}
	if s.options.NoSync {
		args = append(args, "--debug-no-sync", "--sync-frm=0", "--innodb-flush-log-at-trx-commit=0")
	}
	return append(args, s.options.Args...)
}

func (mariadb) setUp(s *Server) []string {
	password := strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(Password)
	return []string{
		fmt.Sprintf("CREATE USER IF NOT EXISTS %s@localhost IDENTIFIED BY '%s'", User, password),
		fmt.Sprintf("CREATE USER IF NOT EXISTS %s@127.0.0.1 IDENTIFIED BY '%s'", User, password),
	}
}

func (mariadb) database(name string) (create, drop []string) {
	return []string{
		"CREATE DATABASE " + name,
		fmt.Sprintf("GRANT ALL ON %s.* TO %s@localhost", name, User),
		fmt.Sprintf("GRANT ALL ON %s.* TO %s@127.0.0.1", name, User),
	}, []string{"DROP DATABASE " + name}
}
