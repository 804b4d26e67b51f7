package daemon

import (
	"fmt"
	"io"
	"strconv"
)

// mode is what a daemon was asked to do.
type mode uint8

const (
	serve mode = iota
	showVersion
	showExtended
	showReport
	showSchema
	checkSyntax
	checkDeep
)

// options are the switches of a daemon.
type options struct {
	mode       mode
	file       string // of -c, -t or -T
	verbose    bool
	serverPort uint16
	clientPort uint16
}

// parseOptions reads the switches in the manner of getopt(3): -dc FILE and
// -p6767 are as good as -d -c FILE and -p 6767.
func parseOptions(args []string, dhcp bool) (options, error) {
	var o options
	if len(args) == 1 && args[0] == "schema" {
		o.mode = showSchema
		return o, nil
	}
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		if arg == "--" && len(args) == 0 {
			break
		}
		if len(arg) < 2 || arg[0] != '-' || arg == "--" {
			return o, fmt.Errorf("unexpected argument: %s", arg)
		}
		for letters := arg[1:]; letters != ""; {
			letter := letters[0]
			letters = letters[1:]
			value := ""
			if takesValue(letter, dhcp) {
				switch {
				case letters != "":
					value, letters = letters, ""
				case len(args) > 0:
					value, args = args[0], args[1:]
				default:
					return o, fmt.Errorf("option requires an argument -- '%c'", letter)
				}
			}
			if err := o.set(letter, value, dhcp); err != nil {
				return o, err
			}
		}
	}
	if o.mode == serve && o.file == "" {
		return o, fmt.Errorf("Configuration file not specified.") //nolint:staticcheck // Kea's wording
	}
	return o, nil
}

func takesValue(letter byte, dhcp bool) bool {
	switch letter {
	case 'c', 't':
		return true
	case 'T', 'p', 'P':
		return dhcp
	}
	return false
}

func (o *options) set(letter byte, value string, dhcp bool) (err error) {
	switch letter {
	case 'v':
		o.show(showVersion)
		return nil
	case 'V':
		o.show(showExtended)
		return nil
	case 'W':
		o.show(showReport)
		return nil
	case 'd':
		o.verbose = true
		return nil
	case 'c':
		o.file = value
		return nil
	case 't':
		o.check(checkSyntax, value)
		return nil
	}
	if dhcp {
		switch letter {
		case 'T':
			o.check(checkDeep, value)
			return nil
		case 'p':
			o.serverPort, err = parsePort("server", value)
			return err
		case 'P':
			o.clientPort, err = parsePort("client", value)
			return err
		}
	}
	return fmt.Errorf("invalid option -- '%c'", letter)
}

// show asks for one of the texts; the first one asked for counts.
func (o *options) show(m mode) {
	if !o.shows() {
		o.mode = m
	}
}

func (o *options) shows() bool { return o.mode >= showVersion && o.mode <= showReport }

func (o *options) check(m mode, file string) {
	o.file = file
	if !o.shows() {
		o.mode = m
	}
}

func parsePort(which, text string) (uint16, error) {
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil || n == 0 {
		return 0, fmt.Errorf("Failed to parse %s port number: [%s], 1-65535 allowed.", which, text) //nolint:staticcheck // Kea's wording
	}
	return uint16(n), nil
}

// usage prints the switches of a program.
func usage(w io.Writer, p Program, name, version string) {
	fmt.Fprintf(w, "Nestor %s, version %s\n\n", p.Title, version)
	if p.DHCP {
		fmt.Fprintf(w, "Usage: %s -[v|V|W] [-d] [-{c|t|T} cfgfile] [-p number] [-P number]\n", name)
	} else {
		fmt.Fprintf(w, "Usage: %s -[v|V|W] [-d] [-{c|t} cfgfile]\n", name)
	}
	fmt.Fprintf(w, "       %s schema\n", name)
	for _, t := range p.Tools {
		fmt.Fprintf(w, "       %s %s %s\n", name, t.Name, t.Synopsis)
	}
	lines := []string{
		"  -v: print version number and exit",
		"  -V: print extended version and exit",
		"  -W: display the build report and exit",
		"  -d: debug mode with extra verbosity",
		"  -c file: specify configuration file",
		"  -t file: check the configuration file and exit",
		"  schema: print a JSON Schema of the configuration, for editors, and exit",
	}
	if p.DHCP {
		lines = append(lines,
			"  -T file: check the configuration file doing extra checks and exit",
			"  -p number: specify non-standard server port number 1-65535 (useful for testing only)",
			"  -P number: specify non-standard client port number 1-65535 (useful for testing only)",
		)
	}
	for _, t := range p.Tools {
		lines = append(lines, fmt.Sprintf("  %s: %s", t.Name, t.Help))
	}
	for _, l := range lines {
		fmt.Fprintln(w, l)
	}
}
