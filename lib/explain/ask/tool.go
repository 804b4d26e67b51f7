package ask

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"nestor/lib/daemon"
	"nestor/lib/element"
	"nestor/lib/explain"
	"nestor/lib/packetinput"
)

// Offline is a server that was made of files to explain, and serves nobody.
type Offline struct {
	Server
	Close func() error
	// Interfaces are those that the configuration names: where the machine has none of
	// them, queries come by the first.
	Interfaces []string
	Basis      []explain.Note // what its answers rest on
}

// Loader makes a server of a configuration file, and of the leases in a file or
// directory; "" stands for none.
type Loader func(config, leases string) (*Offline, error)

// Tool is the tool explain of a daemon.
func (f *Family) Tool(load Loader) daemon.Tool {
	return daemon.Tool{
		Name:     "explain",
		Synopsis: synopsis,
		Help:     "tell step by step what the server would do with a query, and exit (explain -h tells more)",
		Run: func(program string, args []string, stdout, stderr io.Writer) int {
			return f.run(load, program, args, stdout, stderr)
		},
	}
}

const synopsis = "-c file [--leases dir] [--interface name[/address]] [--source address] [--destination address] [--json] packet..."

const help = `Tells step by step what the server would do with each packet, and changes nothing.

A packet is a description, such as

    %s

or hexadecimal digits of the UDP payload, or a file with one of these or with a
capture of tcpdump or Wireshark (pcap, pcapng). It is explained as if it came now.

`

// Exit statuses of the tool.
const (
	explained     = 0
	notExplained  = 1 // the configuration, the leases or a packet cannot be read
	wrongArgument = 2
)

// options are the switches of the tool.
type options struct {
	*Family
	config, leases string
	arrival        map[string]string // by the names of the command's arguments
	json           bool
	packets        []string
}

func (f *Family) run(load Loader, program string, args []string, stdout, stderr io.Writer) int {
	o, err := f.parseOptions(program, args, stdout)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return explained
	case err != nil:
		fmt.Fprintf(stderr, "%s explain: %v\n", program, err)
		return wrongArgument
	}
	if err := o.explainAll(load, stdout); err != nil {
		fmt.Fprintf(stderr, "%s explain: %v\n", program, err)
		return notExplained
	}
	return explained
}

// parseOptions reads the switches; packets may stand before and between them.
func (f *Family) parseOptions(program string, args []string, stdout io.Writer) (*options, error) {
	o := &options{Family: f, arrival: map[string]string{}}
	fs := o.flags()
	for len(args) > 0 {
		if err := fs.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				fmt.Fprintf(stdout, "Usage: %s explain %s\n\n", program, synopsis)
				fmt.Fprintf(stdout, help, f.query)
				fs.SetOutput(stdout)
				fs.PrintDefaults()
			}
			return nil, err
		}
		if args = fs.Args(); len(args) > 0 {
			o.add(args[0])
			args = args[1:]
		}
	}
	switch {
	case o.config == "":
		return nil, errors.New("-c is missing: give the configuration file")
	case len(o.packets) == 0:
		return nil, fmt.Errorf("there is no packet: give a description such as '%s', hexadecimal digits or a capture file", f.short)
	}
	return o, nil
}

func (o *options) flags() *flag.FlagSet {
	fs := flag.NewFlagSet("explain", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.StringVar(&o.config, "c", "", "the configuration `file`")
	fs.StringVar(&o.leases, "leases", "", "the `directory` of the lease file, or the file; it is only read, and a server may be using it")
	fs.BoolVar(&o.json, "json", false, "print JSON: a list of explanations, in the form of the command "+o.command)
	for _, name := range []string{"interface", "source", "destination"} {
		fs.Func(name, arguments[name], func(value string) error { o.arrival[name] = value; return nil })
	}
	return fs
}

// add takes over an argument. The words of a description need not be quoted: what
// has the form name=value belongs to the description before it.
func (o *options) add(arg string) {
	_, err := os.Stat(arg)
	word := err != nil && (strings.Contains(arg, "=") || packetinput.IsWord(arg)) && !strings.Contains(arg, " ")
	if n := len(o.packets); word && n > 0 {
		o.packets[n-1] += " " + arg
		return
	}
	o.packets = append(o.packets, arg)
}

func (o *options) explainAll(load Loader, stdout io.Writer) error {
	srv, err := load(o.config, o.leases)
	if err != nil {
		return err
	}
	defer srv.Close()
	list := element.NewList()
	for _, arg := range o.packets {
		packets, err := o.read(arg, srv.Definitions())
		if err != nil {
			return fmt.Errorf("packet: %w", err)
		}
		for _, p := range packets {
			e, err := o.explain(srv, p)
			if err != nil {
				return err
			}
			if o.json {
				list.Append(e.Element())
				continue
			}
			if len(o.packets)+len(packets) > 2 {
				fmt.Fprintf(stdout, "== %s\n", p.Origin)
			}
			fmt.Fprint(stdout, e.Text())
		}
	}
	if o.json {
		_, err = fmt.Fprintf(stdout, "%s\n", list.Pretty())
	}
	return err
}

func (o *options) explain(srv *Offline, p packetinput.Packet) (*explain.Explanation, error) {
	open, basis := srv.Arrivals(), srv.Basis
	if named := o.arrival["interface"]; len(open) == 0 && named == "" {
		a := o.configured(srv.Interfaces)
		open = []Arrival{a}
		if o.addressed && !a.Addr.IsValid() {
			basis = append(basis, explain.Note{Decision: noInterface, Fields: []explain.Field{explain.String("interface", a.Interface)}})
		}
	} else if named != "" && !o.addressed {
		open = append(open, Arrival{Interface: named})
	}
	at, err := o.arrivalOf(p, o.arrival, open)
	if err != nil {
		return nil, err
	}
	return srv.Explain(p, at, basis...)
}

// configured is the first interface of a configuration, for one that is meant for
// another machine.
func (f *Family) configured(interfaces []string) Arrival {
	for _, spec := range interfaces {
		if name, _, _ := strings.Cut(spec, "/"); name != "*" {
			if a, err := f.choose(spec, []Arrival{{Interface: name}}); err == nil {
				return a
			}
		}
	}
	return Arrival{Interface: "any"}
}
