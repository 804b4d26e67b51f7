package lfc

import (
	"fmt"
	"io"
	"strings"

	"nestor/lib/lease/leasefile"
)

// show is what is printed instead of a clean-up.
type show uint8

const (
	showNothing show = iota
	showVersion
	showExtended
	showReport
	showHelp
)

// options are the switches of the program (ARM 25.7).
type options struct {
	show   show
	debug  bool
	family leasefile.Family
	files  leasefile.Names
	config string // must be given, is not read
}

// flag is a switch with a value.
type flag struct {
	letter byte
	to     func(*options) *string
	name   string // as the complaint about its absence has it
	help   string
}

var flags = []flag{
	{'p', func(o *options) *string { return &o.files.PID }, "PID file", "file that holds the process id while a clean-up runs"},
	{'x', func(o *options) *string { return &o.files.Previous }, "Previous file", "result of the previous clean-up, and of this one when it is done"},
	{'i', func(o *options) *string { return &o.files.Copy }, "Copy file", "lease file that the server has set aside"},
	{'o', func(o *options) *string { return &o.files.Output }, "Output file", "file that is being written"},
	{'f', func(o *options) *string { return &o.files.Finish }, "Finish file", "name of the output once it is complete"},
	{'c', func(o *options) *string { return &o.config }, "Config file", "configuration file; must be given, is not read"},
}

// parse reads the switches in the manner of getopt(3).
func parse(args []string) (o options, err error) {
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		if len(arg) < 2 || arg[0] != '-' {
			return o, fmt.Errorf("Extraneous parameters: %s", arg) //nolint:staticcheck // Kea's wording
		}
		for letters := arg[1:]; letters != ""; {
			letter := letters[0]
			letters = letters[1:]
			f := flagOf(letter)
			if f == nil {
				if err := o.set(letter); err != nil {
					return o, err
				}
				continue
			}
			switch {
			case letters != "":
				*f.to(&o), letters = letters, ""
			case len(args) > 0:
				*f.to(&o), args = args[0], args[1:]
			default:
				return o, fmt.Errorf("option requires an argument -- '%c'", letter)
			}
		}
	}
	return o, o.complete()
}

func flagOf(letter byte) *flag {
	for i := range flags {
		if flags[i].letter == letter {
			return &flags[i]
		}
	}
	return nil
}

// set takes a switch without a value.
func (o *options) set(letter byte) error {
	want := showNothing
	switch letter {
	case '4', '6':
		family := leasefile.Family(letter - '0')
		if o.family != 0 && o.family != family {
			return fmt.Errorf("-4 and -6 exclude each other")
		}
		o.family = family
	case 'd':
		o.debug = true
	case 'v':
		want = showVersion
	case 'V':
		want = showExtended
	case 'W':
		want = showReport
	case 'h':
		want = showHelp
	default:
		return fmt.Errorf("invalid option -- '%c'", letter)
	}
	if o.show == showNothing {
		o.show = want
	}
	return nil
}

// complete says which switch is missing.
func (o *options) complete() error {
	if o.show != showNothing {
		return nil
	}
	if o.family == 0 {
		return fmt.Errorf("DHCP version not specified") //nolint:staticcheck // Kea's wording
	}
	for _, f := range flags {
		if *f.to(o) == "" {
			return fmt.Errorf("%s not specified", f.name)
		}
	}
	o.files.Live = o.files.Previous // names the directory
	return nil
}

func usage(w io.Writer, program string) {
	var names strings.Builder
	for _, f := range flags {
		fmt.Fprintf(&names, " -%c FILE", f.letter)
	}
	fmt.Fprintf(w, "Usage: %s (-4 | -6)%s [-d] | -v | -V | -W | -h\n", program, names.String())
	fmt.Fprintln(w, "  -4, -6   clean up DHCPv4 or DHCPv6 lease files")
	for _, f := range flags {
		fmt.Fprintf(w, "  -%c FILE  %s\n", f.letter, f.help)
	}
	fmt.Fprintln(w, "  -d       log everything, to standard output")
	fmt.Fprintln(w, "  -v       print the version number and exit")
	fmt.Fprintln(w, "  -V       print the extended version and exit")
	fmt.Fprintln(w, "  -W       print the build report and exit")
	fmt.Fprintln(w, "  -h       print this text and exit")
}
