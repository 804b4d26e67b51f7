package dhcp4

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"

	"nestor/lib/alloc"
	"nestor/lib/config"
	"nestor/lib/daemon"
	"nestor/lib/element"
	"nestor/lib/explain"
	"nestor/lib/lease/memfile"
	"nestor/lib/logging"
	"nestor/lib/packetinput"
	"nestor/lib/server"
)

// explainTool is nestor-dhcp4 explain.
var explainTool = daemon.Tool{
	Name:     "explain",
	Synopsis: explainSynopsis,
	Help:     "tell step by step what the server would do with a query, and exit (explain -h tells more)",
	Run:      runExplain,
}

const explainSynopsis = "-c file [--leases dir] [--interface name[/address]] [--source address] [--destination address] [--json] packet..."

const explainHelp = `Tells step by step what the server would do with each packet, and changes nothing.

A packet is a description, such as

    discover hw=02:00:00:00:00:01 giaddr=192.0.2.1 prl=1,3,6

or hexadecimal digits of the UDP payload, or a file with one of these or with a
capture of tcpdump or Wireshark (pcap, pcapng). It is explained as if it came now.

`

// Exit statuses of the tool.
const (
	explained     = 0
	notExplained  = 1 // the configuration, the leases or a packet cannot be read
	wrongArgument = 2
)

// explainOptions are the switches of the tool.
type explainOptions struct {
	config, leases string
	arrival        map[string]string // by the names of the command's arguments
	json           bool
	packets        []string
}

func runExplain(program string, args []string, stdout, stderr io.Writer) int {
	o, err := parseExplain(program, args, stdout)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return explained
	case err != nil:
		fmt.Fprintf(stderr, "%s explain: %v\n", program, err)
		return wrongArgument
	}
	if err := o.run(stdout); err != nil {
		fmt.Fprintf(stderr, "%s explain: %v\n", program, err)
		return notExplained
	}
	return explained
}

// parseExplain reads the switches; packets may stand before and between them.
func parseExplain(program string, args []string, stdout io.Writer) (*explainOptions, error) {
	o := &explainOptions{arrival: map[string]string{}}
	f := flag.NewFlagSet("explain", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.StringVar(&o.config, "c", "", "the configuration `file`")
	f.StringVar(&o.leases, "leases", "", "the `directory` of the lease file, or the file; it is only read, and a server may be using it")
	f.BoolVar(&o.json, "json", false, "print JSON: a list of explanations, in the form of the command explain4")
	for _, name := range []string{"interface", "source", "destination"} {
		f.Func(name, explainArguments[name], func(value string) error { o.arrival[name] = value; return nil })
	}
	for len(args) > 0 {
		if err := f.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				fmt.Fprintf(stdout, "Usage: %s explain %s\n\n%s", program, explainSynopsis, explainHelp)
				f.SetOutput(stdout)
				f.PrintDefaults()
			}
			return nil, err
		}
		if args = f.Args(); len(args) > 0 {
			o.add(args[0])
			args = args[1:]
		}
	}
	switch {
	case o.config == "":
		return nil, errors.New("-c is missing: give the configuration file")
	case len(o.packets) == 0:
		return nil, errors.New("there is no packet: give a description such as 'discover hw=02:00:00:00:00:01', hexadecimal digits or a capture file")
	}
	return o, nil
}

// add takes over an argument. The words of a description need not be quoted: what
// has the form name=value belongs to the description before it.
func (o *explainOptions) add(arg string) {
	_, err := os.Stat(arg)
	word := err != nil && (strings.Contains(arg, "=") || arg == "broadcast") && !strings.Contains(arg, " ")
	if n := len(o.packets); word && n > 0 {
		o.packets[n-1] += " " + arg
		return
	}
	o.packets = append(o.packets, arg)
}

func (o *explainOptions) run(stdout io.Writer) error {
	srv, basis, err := o.server()
	if err != nil {
		return err
	}
	defer srv.Close()
	list := element.NewList()
	for _, arg := range o.packets {
		packets, err := packetinput.Read4(arg, srv.Config().Definitions)
		if err != nil {
			return fmt.Errorf("packet: %w", err)
		}
		for _, p := range packets {
			e, err := o.explain(srv, p, basis)
			if err != nil {
				return err
			}
			if o.json {
				list.Append(e.element())
				continue
			}
			if len(o.packets)+len(packets) > 2 {
				fmt.Fprintf(stdout, "== %s\n", orText(p.Origin, arg))
			}
			fmt.Fprint(stdout, e.text())
		}
	}
	if o.json {
		_, err = fmt.Fprintf(stdout, "%s\n", list.Pretty())
	}
	return err
}

func (o *explainOptions) explain(srv *Server, p packetinput.Packet, basis []explain.Note) (*explanation, error) {
	var open []*arrival
	// An interface that is configured and not on this machine is no reason to give up.
	if plan, err := srv.sockets.plan(srv.Config(), false); err == nil {
		for _, w := range plan.Sockets {
			open = append(open, &arrival{name: w.name, index: w.index, addr: w.addr})
		}
	}
	if len(open) == 0 && o.arrival["interface"] == "" {
		a := configuredArrival(srv.Config())
		open = []*arrival{a}
		if a.addr == 0 {
			basis = append(basis, explain.Note{Decision: whyNoInterface, Fields: []explain.Field{explain.String("interface", a.name)}})
		}
	}
	at, err := arrivalOf(p, o.arrival, open)
	if err != nil {
		return nil, err
	}
	return srv.explain(p, at, basis...)
}

// configuredArrival is the first interface of a configuration, for one that is
// meant for another machine.
func configuredArrival(cfg *config.Dhcp4) *arrival {
	for _, spec := range cfg.Interfaces.Interfaces {
		name, addr, _ := strings.Cut(spec, "/")
		if name == "*" {
			continue
		}
		a := &arrival{name: name}
		if parsed, err := netip.ParseAddr(addr); err == nil && parsed.Is4() {
			a.addr = addr4(parsed)
		}
		return a
	}
	return &arrival{name: "any"}
}

// server makes a server of the configuration and the leases, which has no sockets
// and writes nothing.
func (o *explainOptions) server() (srv *Server, basis []explain.Note, err error) {
	doc, _, err := element.ParseFile(o.config, element.FileOptions{})
	if err != nil {
		return nil, nil, err
	}
	cfg, _, err := config.LoadDhcp4(doc, config.Options{})
	if err != nil {
		return nil, nil, err
	}
	quiet := logging.New("kea-dhcp4")
	quiet.SetConsole(io.Discard, io.Discard)
	srv = New(Options{Log: quiet})
	leases, basis, err := o.readLeases(srv, cfg)
	if err != nil {
		return nil, nil, err
	}
	snap, err := compile(cfg, keepers{srv.stats, leases.allocators})
	if err != nil {
		leases.close()
		return nil, nil, err
	}
	srv.state.Store(&state{snap: snap, leases: leases})
	return srv, append(basis, explain.Note{Decision: whyAllocatorsNew}), nil
}

// readLeases reads the leases, if there are any to read.
func (o *explainOptions) readLeases(srv *Server, cfg *config.Dhcp4) (*leaseStore, []explain.Note, error) {
	settings, maxRowErrors := srv.settingsOf(cfg)
	options := memfile.Options4{
		Path: o.leases, MaxRowErrors: maxRowErrors,
		Checks: server.LeaseChecks[settings.Checks], SubnetOf: subnetFinder(cfg),
	}
	if info, err := os.Stat(o.leases); o.leases != "" && err != nil {
		return nil, nil, fmt.Errorf("--leases: %w", err)
	} else if o.leases != "" && info.IsDir() {
		options.Path = filepath.Join(o.leases, filepath.Base(settings.Path))
	}
	open, basis := memfile.Open4, []explain.Note{{Decision: whyNoLeases}}
	if o.leases != "" {
		open = memfile.Read4
	}
	store, report, err := open(options)
	if err != nil {
		return nil, nil, fmt.Errorf("--leases: %w", err)
	}
	if o.leases != "" {
		var files []string
		for _, f := range report.Files {
			files = append(files, f.Path)
		}
		if len(files) == 0 {
			store.Close4()
			return nil, nil, fmt.Errorf("--leases: there is no lease file %s: give the directory or the name of the one that the server writes", options.Path)
		}
		basis = []explain.Note{{Decision: whyLeasesRead, Fields: []explain.Field{
			explain.Int("count", report.Leases), explain.Strings("files", files),
		}}}
	}
	return &leaseStore{Manager4: store, memfile: store, settings: settings, allocators: alloc.NewState4(store, nil)}, basis, nil
}
