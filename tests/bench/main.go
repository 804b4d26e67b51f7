// Bench measures nestor-dhcp4, nestor-dhcp6 and nestor-ddns beside Debian's Kea and beside the bare responder
// in one run: the same machine, the same wire, the same load generator
// (nestor-perf). It prints tables and, at the end, the ratios that Nestor's goals
// speak of. Absolute figures vary from machine to machine and from minute to
// minute; only the ratios of one run mean something, and none of them fails it.
//
//	make bench
//	make bench BENCHFLAGS=-quick
//	make bench BENCHFLAGS='-sections throughput -in-flight 64 -time 10s'
//
// It needs root, for network namespaces and packet sockets, the programs of
// make build in bin/, and Kea from scripts/test-deps. What is missing is left
// out, and said so.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// settings are the command line.
type settings struct {
	sections     []string
	levels       []int         // clients in flight
	window       time.Duration // length of one measurement
	repeat       int           // measurements of which the median is taken
	settle       time.Duration // from a load or reload to reading memory
	leases       int           // of the large store
	subnets      int
	reservations int
	bin          string
	keep         bool
	root         string
}

// A section is one part of the benchmark that can run alone.
type section struct {
	name string
	what string
	run  func(ctx context.Context, b *bench) error
}

var sections = []section{
	{"throughput", "exchanges a second, CPU and latency, relayed and direct, at each number in flight", throughput},
	{"cores", "one packet loop against two", cores},
	{"exhausted", "a stranger's DISCOVER when the pool has no address left", exhausted},
	{"leases", "start-up, memory and exchanges with a large lease store", largeStore},
	{"classes", "exchanges with client classes, options and a shared network, against plain ones", classes},
	{"updates", "exchanges of clients with names, with requests for updates of the DNS, against plain ones", updates},
	{"reload", "config-reload with many subnets, with many reservations", reloads},
	{"databases", "exchanges a second and CPU with leases in MariaDB and PostgreSQL, of both families, relayed, 64 in flight", sqlStores},
	{"throughput6", "DHCPv6: exchanges a second, CPU and latency, relayed, at each number in flight", throughput6},
	{"names", "DNS updates: name change requests a second and CPU, into one BIND", names},
	{"leases6", "DHCPv6: start-up, memory and exchanges with a large lease store", largeStore6},
}

func main() {
	s, err := parse(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err == nil {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		err = run(ctx, s)
		stop()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func parse(args []string) (*settings, error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	names := make([]string, len(sections))
	for i, s := range sections {
		names[i] = s.name
	}
	list := flags.String("sections", strings.Join(names, ","), "comma separated `list` of what to measure")
	levels := flags.String("in-flight", "1,16,64,256", "comma separated `list` of how many clients are in flight")
	window := flags.Duration("time", 3*time.Second, "length of one measurement")
	repeat := flags.Int("repeat", 1, "measurements of which the median is taken")
	settle := flags.Duration("settle", 10*time.Second, "from a load or reload to reading memory")
	leases := flags.Int("leases", 1_000_000, "leases of the large store")
	subnets := flags.Int("subnets", 10_000, "subnets of the reload")
	reservations := flags.Int("reservations", 100_000, "reservations of the reload")
	bin := flags.String("bin", "bin", "`directory` of Nestor's programs")
	keep := flags.Bool("keep", false, "keep the servers' configurations and logs")
	quick := flags.Bool("quick", false, "everything short and small: whether it works, not how well")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if flags.NArg() > 0 {
		return nil, fmt.Errorf("%q is no flag; -h lists them", flags.Arg(0))
	}
	s := &settings{
		sections: strings.Split(*list, ","), window: *window, repeat: max(*repeat, 1), settle: *settle,
		leases: *leases, subnets: *subnets, reservations: *reservations, bin: *bin, keep: *keep,
	}
	if *quick {
		s.window, s.settle = 500*time.Millisecond, time.Second
		s.leases, s.subnets, s.reservations = 50_000, 1000, 5000
	}
	for _, n := range strings.Split(*levels, ",") {
		level, err := strconv.Atoi(n)
		if err != nil || level < 1 {
			return nil, fmt.Errorf("-in-flight %s: %q is no number of clients", *levels, n)
		}
		s.levels = append(s.levels, level)
	}
	for _, name := range s.sections {
		if _, err := find(name); err != nil {
			return nil, err
		}
	}
	return s, s.locate()
}

// locate finds the checkout and makes paths absolute, since servers run elsewhere.
func (s *settings) locate() (err error) {
	if s.root, err = os.Getwd(); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(s.root, "go.mod")); err != nil {
		return errors.New("run it from the top directory of the checkout, or with make bench")
	}
	s.bin, err = filepath.Abs(s.bin)
	return err
}

func run(ctx context.Context, s *settings) error {
	b, err := newBench(s)
	if err != nil {
		return err
	}
	defer b.close()
	if slices.ContainsFunc(s.sections, func(name string) bool { return !strings.HasSuffix(name, "6") && name != "names" }) {
		if err := b.chooseThreads(ctx, kea); err != nil {
			return err
		}
	}
	for _, name := range s.sections {
		part, err := find(name)
		if err != nil {
			return err
		}
		b.title(part.what)
		begun := time.Now()
		err = part.run(ctx, b)
		if ctx.Err() != nil {
			return errors.New("interrupted")
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		fmt.Printf("(%s took %.0f s)\n", name, time.Since(begun).Seconds())
	}
	b.printGoals()
	return nil
}

func find(name string) (*section, error) {
	for i := range sections {
		if sections[i].name == name {
			return &sections[i], nil
		}
	}
	return nil, fmt.Errorf("-sections: there is no %q", name)
}
