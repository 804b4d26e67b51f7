package admin

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"nestor/lib/config"
	"nestor/lib/sqldb"
)

// The commands for databases are those of kea-admin: the same arguments, output and
// exit statuses, so that scripts made for it work. What its database client would
// write to standard error, the reason of a failure, goes there too.

const databaseUsage = `usage: %[1]s BACKEND [OPTIONS]

%[2]s

BACKEND is mysql (also for MariaDB), pgsql or memfile.

  -h, --host HOST       where the server is: a name, an address, or the path of its
                        socket (for pgsql of the socket's directory); localhost
  -P, --port PORT       its TCP port
  -u, --user USER       account; keatest
  -p, --password [PASSWORD]
                        without PASSWORD it is asked for; KEA_ADMIN_DB_PASSWORD of the
                        environment may hold it, which other users cannot see
  -n, --name DATABASE   keatest
  -4, -6                DHCPv4 or DHCPv6 leases (lease-dump, lease-upload)
  -i, --input FILE      lease file that lease-upload reads
  -o, --output FILE     lease file that lease-dump writes
  -y, --yes             overwrite the output file without asking
  -x, --extra ARGUMENTS arguments as the mysql client has them: --socket, --ssl-ca,
                        --ssl-cert, --ssl-key, --ssl-cipher; for pgsql --port
  -d, --directory DIR   accepted for kea-admin's sake: the SQL is part of the program
      --help            this text
`

// databaseCall is a call of such a command.
type databaseCall struct {
	call
	command, backend string
	access           config.Database
	dialect          sqldb.Dialect
	family           int // 4, 6, 0: not given
	input, output    string
	yes              bool
	passwordGiven    bool
}

// logError, logWarning and logInfo write lines in kea-admin's form, under the name
// that the program was called by.
func (c *databaseCall) logError(format string, args ...any)   { c.log("ERROR", format, args...) }
func (c *databaseCall) logWarning(format string, args ...any) { c.log("WARNING", format, args...) }
func (c *databaseCall) logInfo(format string, args ...any)    { c.log("INFO", format, args...) }

func (c *databaseCall) log(level, format string, args ...any) {
	name, _, _ := strings.Cut(c.program, " ")
	fmt.Fprintf(c.stdout, "%s/%s: %s\n", level, name, fmt.Sprintf(format, args...))
}

func (c *databaseCall) say(format string, args ...any) { fmt.Fprintf(c.stdout, format+"\n", args...) }

// because writes the reason of a failure.
func (c *databaseCall) because(err error) { fmt.Fprintln(c.stderr, err) }

// errUsage has been reported: the usage text is to follow.
var errUsage = errors.New("usage")

// databaseCommand makes the run function of a command. memfile is what the command
// does without a database.
func databaseCommand(name string, memfile, run func(c *databaseCall) int) func(call) int {
	return func(plain call) int {
		c := &databaseCall{call: plain, command: name, access: config.Database{
			Host: "localhost", User: "keatest", Password: "keatest", Name: "keatest", ConnectTimeout: 5,
		}}
		switch err := c.parse(); {
		case errors.Is(err, errUsage):
			c.usage()
			return failure
		case errors.Is(err, errHelp):
			c.usage()
			return success
		case err != nil:
			return failure
		}
		if c.backend == "memfile" {
			return memfile(c)
		}
		return run(c)
	}
}

func (c *databaseCall) usage() {
	for _, k := range commands {
		if k.name == c.command {
			fmt.Fprintf(c.stdout, databaseUsage, c.program, k.summary)
		}
	}
}

var errHelp = errors.New("help")

// parse reads the arguments as kea-admin does: options stand apart from their values.
func (c *databaseCall) parse() error {
	args := c.args
	if len(args) > 0 && args[0] == "--help" {
		return errHelp
	}
	if len(args) == 0 {
		c.logError("missing backend")
		return errUsage
	}
	c.backend, args = args[0], args[1:]
	if c.backend != "memfile" {
		var ok bool
		if c.dialect, ok = sqldb.DialectOfBackend(c.backend); !ok {
			c.logError("invalid backend: %s", c.backend)
			return errors.New("reported")
		}
		c.access.Type = c.dialect.String()
	}
	for len(args) > 0 {
		used, err := c.option(args)
		if err != nil {
			return err
		}
		args = args[used:]
	}
	if password, ok := os.LookupEnv("KEA_ADMIN_DB_PASSWORD"); ok && !c.passwordGiven {
		c.say("Using the value of KEA_ADMIN_DB_PASSWORD for authentication...")
		c.access.Password = password
	}
	return nil
}

// option reads the first option of args and says how many words it has.
func (c *databaseCall) option(args []string) (used int, err error) {
	option := args[0]
	for _, o := range []struct {
		short, long string
		take        func(value string) error
	}{
		{"-h", "--host", func(v string) error { c.access.Host = v; return nil }},
		{"-P", "--port", c.setPort},
		{"-u", "--user", func(v string) error { c.access.User = v; return nil }},
		{"-n", "--name", func(v string) error { c.access.Name = v; return nil }},
		{"-i", "--input", func(v string) error { c.input = v; return nil }},
		{"-o", "--output", func(v string) error { c.output = v; return nil }},
		{"-x", "--extra", c.setExtra},
		{"-d", "--directory", func(v string) error {
			c.logWarning("%s is not looked at: the SQL is part of this program", v)
			return nil
		}},
	} {
		if option != o.short && option != o.long {
			continue
		}
		if len(args) < 2 || args[1] == "" {
			c.logError("%s or %s requires a parameter", o.short, o.long)
			return 0, errUsage
		}
		return 2, o.take(args[1])
	}
	switch option {
	case "-p", "--password":
		c.passwordGiven = true
		if len(args) > 1 {
			c.access.Password = args[1]
			return 2, nil
		}
		return 1, c.askPassword()
	case "-4", "-6":
		family := int(option[1] - '0')
		if c.family != 0 && c.family != family {
			c.logError("you may not specify both -4 and -6")
			return 0, errUsage
		}
		c.family = family
	case "-y", "--yes":
		c.yes = true
	case "--help":
		return 0, errHelp
	default:
		c.logError("invalid option: %s", option)
		return 0, errUsage
	}
	return 1, nil
}

func (c *databaseCall) setPort(value string) error {
	port, err := strconv.ParseUint(value, 10, 16)
	if err != nil {
		c.logError("the port %q is no number from 0 to 65535", value)
		return errUsage
	}
	c.access.Port = uint32(port)
	return nil
}

// setExtra understands those arguments of the databases' clients that say how to
// connect.
func (c *databaseCall) setExtra(value string) error {
	words := strings.Fields(value)
	for i := 0; i < len(words); i++ {
		name, v, found := strings.Cut(words[i], "=")
		set, ok := map[string]*string{
			"--socket": &c.access.Host, "-S": &c.access.Host, "--host": &c.access.Host, "-h": &c.access.Host,
			"--ssl-ca": &c.access.TrustAnchor, "--ssl-cert": &c.access.CertFile, "--ssl-key": &c.access.KeyFile,
			"--ssl-cipher": &c.access.CipherList, "--user": &c.access.User,
		}[name]
		if name == "--port" || name == "-P" || name == "-p" {
			var port string
			set, ok = &port, true
			defer func() { c.setPort(port) }()
		}
		if !ok {
			c.logError("-x: %s is not known: of the arguments of the database's client there are --socket, --host, --port, --user, --ssl-ca, --ssl-cert, --ssl-key and --ssl-cipher", words[i])
			return errUsage
		}
		if !found {
			if i++; i == len(words) {
				c.logError("-x: %s requires a value", name)
				return errUsage
			}
			v = words[i]
		}
		*set = v
	}
	return nil
}

// askPassword reads the password from the terminal, without showing it.
func (c *databaseCall) askPassword() error {
	fd := int(os.Stdin.Fd())
	old, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		c.logWarning("Non-interactive tty detected. Assuming empty password.")
		c.access.Password = ""
		return nil
	}
	silent := *old
	silent.Lflag &^= unix.ECHO
	if err := unix.IoctlSetTermios(fd, unix.TCSETS, &silent); err != nil {
		return err
	}
	defer unix.IoctlSetTermios(fd, unix.TCSETS, old)
	fmt.Fprint(c.stdout, "Password: ")
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil && err != io.EOF {
		return err
	}
	c.say("")
	c.access.Password = strings.TrimRight(line, "\r\n")
	return nil
}

// open connects. When it fails, what says in kea-admin's words what was tried.
func (c *databaseCall) open(what string) (*sqldb.DB, bool) {
	db, err := sqldb.Open(context.Background(), &c.access)
	if err != nil {
		c.logError("%s", what)
		c.because(err)
		return nil, false
	}
	return db, true
}

// mayOverwrite asks before a file is replaced.
func (c *databaseCall) mayOverwrite(file string) bool {
	if info, err := os.Stat(file); err != nil || c.yes || !info.Mode().IsRegular() {
		return true
	}
	c.say("Output file, %s, exists and will be overwritten.", file)
	c.say("Do you wish to continue? (y/N)")
	answer := "N"
	if _, err := unix.IoctlGetTermios(int(os.Stdin.Fd()), unix.TCGETS); err == nil {
		line, _ := bufio.NewReader(os.Stdin).ReadString('\n') // no answer is no
		answer = strings.TrimSpace(line)
	} else {
		c.logWarning("Non-interactive tty detected. Assuming no.")
	}
	if answer != "y" {
		c.say("%s aborted by user.", c.command)
		return false
	}
	return true
}

// writeFile writes a file beside its name and gives it that when it is whole. What is
// no file (/dev/stdout) is written to.
func writeFile(name string, write func(w *bufio.Writer) error) (err error) {
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		defer f.Close()
		w := bufio.NewWriter(f)
		return cmp.Or(write(w), w.Flush())
	}
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*.tmp")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	w := bufio.NewWriter(f)
	if err := write(w); err != nil {
		return err
	}
	if err := cmp.Or(w.Flush(), f.Chmod(0o640), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
