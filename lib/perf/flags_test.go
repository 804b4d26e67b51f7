package perf

import (
	"os"
	"reflect"
	"strings"
	"testing"
	"time"
)

// flagCases are command lines (without the server) and what must come of them:
// an error that holds text, or options that differ from the defaults as change
// says.
var flagCases = []struct {
	line   string
	text   string
	change func(o *Options)
}{
	{line: "-4"},
	{line: "-4 -6", text: "exclude each other"},
	{line: "-6", change: func(o *Options) { o.V6 = true }},
	{line: "-1", change: func(o *Options) { o.FirstID = true }},
	{line: "-6 -A 32", change: func(o *Options) { o.V6, o.RelayLevels = true, 32 }},
	{line: "-6 -A 33", text: "must be a whole number from 1 to 32"},
	{line: "-A 1", text: "-A needs -6"},
	{line: "-6 -c", change: func(o *Options) { o.V6, o.RapidCommit = true, true }},
	{line: "-c", text: "-c needs -6"},
	{line: "-6 -A 2 --or 38,31 --or 2:37,000008ae", change: func(o *Options) {
		o.V6, o.RelayLevels = true, 2
		o.RelayExtra = []RelayOption{{1, ExtraOption{38, []byte("1")}}, {2, ExtraOption{37, []byte{0, 0, 8, 0xae}}}}
	}},
	{line: "-6 --or 38,31", text: "--or needs -A"},
	{line: "-6 -A 1 --or 2:38,31", text: "beyond the relays of -A"},
	{line: "-6 -A 1 --or 0:38,31", text: "level: must be"},
	{line: "-6 --ias 8", change: func(o *Options) { o.V6, o.IAs = true, 8 }},
	{line: "-6 --ias 9", text: "must be a whole number from 1 to 8"},
	{line: "--ias 2", text: "--ias needs -6"},
	{line: "-6 -b duid=010101010101010101", change: func(o *Options) {
		o.V6, o.BaseDUID = true, []byte{1, 1, 1, 1, 1, 1, 1, 1, 1}
	}},
	{line: "-6 -b duid=0101", text: "6 to 64 octets"},
	{line: "-6 -b duid=0101010101xx", text: "6 to 64 octets"},
	{line: "-6 -b duid=010101010101 -b mac=02:00:00:00:00:09", text: "excludes -b duid="},
	{line: "-6 -b duid=010101010101 -M macs", text: "-M excludes -b"},
	{line: "-6 -B", text: "-B needs -4"},
	{line: "-6 --packet eth0", text: "--packet needs -4"},
	{line: "-6 -J relays", text: "-J needs -A"},
	{line: "-6 -o 65000,01", change: func(o *Options) { o.V6, o.Extra = true, []ExtraOption{{65000, []byte{1}}} }},
	{line: "-6 -e prefix-only", change: func(o *Options) { o.V6, o.Leases = true, PrefixOnly }},
	{line: "-6 -e address-and-prefix", change: func(o *Options) { o.V6, o.Leases = true, AddressAndPrefix }},
	{line: "-b mac=02:00:00:00:00:09", change: func(o *Options) { o.BaseMAC = 0x020000000009 }},
	{line: "-b ether=02::00::00::00::00::09", change: func(o *Options) { o.BaseMAC = 0x020000000009 }},
	{line: "-b mac=02:00:00:00:00", text: "not a hardware address"},
	{line: "-b mac=02:00:00:00:00:100", text: "not a hardware address"},
	{line: "-b duid=0101010101010101", text: "needs -6"},
	{line: "-b ip=192.0.2.1", text: "must be mac="},
	{line: "-B", change: func(o *Options) { o.Broadcast = true }},
	{line: "-t 1 -C ;", change: func(o *Options) { o.ReportEvery = time.Second; o.Separator = ";" }},
	{line: "-C ;", text: "-C needs -t"},
	{line: "-d 0.5", change: func(o *Options) { o.DropTime = [2]time.Duration{500 * time.Millisecond, 500 * time.Millisecond} }},
	{line: "-d 2 -d3", change: func(o *Options) { o.DropTime = [2]time.Duration{2 * time.Second, 3 * time.Second} }},
	{line: "-d 0", text: "above 0"},
	{line: "-d 1 -d 1 -d 1", text: "twice at most"},
	{line: "-D 1", change: func(o *Options) { o.MaxDrop[0] = 1 }},
	{line: "-D 5% -D 7", change: func(o *Options) { o.MaxDropPart[0] = 5; o.MaxDrop[1] = 7 }},
	{line: "-D 0", text: "must be a whole number from 1"},
	{line: "-D 100%", text: "below 100"},
	{line: "-D 1 -D 1 -D 1", text: "twice at most"},
	{line: "-e address-only"},
	{line: "-e prefix-only", text: "needs -6"},
	{line: "-e address-and-prefix", text: "needs -6"},
	{line: "-e other", text: "must be address-only"},
	{line: "-E 8", text: "-E needs a second -T"},
	{line: "-E -1", text: "must be a whole number from 0"},
	{line: "-S 250", text: "-S needs a second -T"},
	{line: "-S 0", text: "must be a whole number from 1"},
	{line: "-I 240", text: "-I needs a second -T"},
	{line: "-X 4", text: "-X needs a -T"},
	{line: "-X 0 -T x", text: "must be a whole number from 1"},
	{line: "-O 33", text: "-O needs a -T"},
	{line: "-O 3 -T x", text: "must be a whole number from 4"},
	{line: "-T a -T b -T c", text: "twice at most"},
	{line: "-T a -O 4 -O 5 -O 6", text: "twice at most"},
	{line: "-T a -X 4 -X 4", text: "-X needs a -T of its own"},
	{line: "-T a -T b -X 4 -X 4 -O 33 -O 33 -S 250 -I 244 -E 8", change: func(o *Options) {
		sid, address, secs := 250, 244, 8
		o.files = []string{"a", "b"}
		o.offsets = templateOffsets{xid: []int{4, 4}, random: []int{33, 33}, serverID: &sid, address: &address, secs: &secs}
	}},
	{line: "-r 10 -f 4 -F 6", change: func(o *Options) { o.Rate, o.RenewRate, o.ReleaseRate = 10, 4, 6 }},
	{line: "-f 4", text: "-f needs -r"},
	{line: "-F 4", text: "-F needs -r"},
	{line: "-r 10 -f 5 -F 6", text: "exceed the exchange rate"},
	{line: "-r 0", text: "must be a whole number from 1"},
	{line: "-g single"},
	{line: "-g multi", text: "one thread"},
	{line: "-g both", text: "must be single"},
	{line: "-h", change: func(o *Options) { o.show = showHelp }},
	{line: "--help", change: func(o *Options) { o.show = showHelp }},
	{line: "-v", change: func(o *Options) { o.show = showVersion }},
	{line: "-V", change: func(o *Options) { o.show = showExtendedVersion }},
	{line: "-i", change: func(o *Options) { o.OfferOnly = true }},
	{line: "-i -1", text: "-i excludes -1"},
	{line: "-i -d 1", text: "-i excludes -d"},
	{line: "-i -D 1", text: "-i excludes -D"},
	{line: "-i -T a -T b -E 8", text: "-i excludes -E"},
	{line: "-i -T a -T b -S 8", text: "-i excludes -S"},
	{line: "-i -T a -T b -I 8", text: "-i excludes -I"},
	{line: "-i -r 10 -F 1", text: "-i excludes -F"},
	{line: "-i -r 10 -f 1", text: "-i excludes -f"},
	{line: "-i -T a -T b", text: "-i excludes a second -T"},
	{line: "-i -T a -T b -O 33 -O 33", text: "-i excludes a second -O"},
	{line: "-i -T a -T b -X 4 -X 4", text: "-i excludes a second -"},
	{line: "-i -n 1 -n 1", text: "-i excludes a second -n"},
	{line: "--in-flight 16", change: func(o *Options) { o.InFlight, o.Clients = 16, 0 }},
	{line: "--in-flight=16 -R 100", change: func(o *Options) { o.InFlight, o.Clients, o.clientsGiven = 16, 100, true }},
	{line: "--in-flight 16 -r 10", text: "--in-flight excludes -r"},
	{line: "--in-flight 0", text: "must be a whole number from 1"},
	{line: "--in-flight", text: "needs a value"},
	{line: "-J relays", change: func(o *Options) { o.relaysFile = "relays" }},
	{line: "--json", change: func(o *Options) { o.JSON = true }},
	{line: "--json=yes", text: "takes no value"},
	{line: "-l eth0", change: func(o *Options) { o.Local = "eth0" }},
	{line: "-L 0 -N 0"},
	{line: "-L 1067 -N 65535", change: func(o *Options) { o.LocalPort, o.RemotePort = 1067, 65535 }},
	{line: "-L 65536", text: "port from 0 to 65535"},
	{line: "-N -1", text: "port from 0 to 65535"},
	{line: "-M macs", change: func(o *Options) { o.macsFile = "macs" }},
	{line: "-M macs -b mac=02:00:00:00:00:09", text: "-M excludes -b"},
	{line: "-n 5 -n 6", change: func(o *Options) { o.Requests, o.requestsSet = [2]int{5, 6}, 2 }},
	{line: "-n 0", text: "must be a whole number from 1"},
	{line: "-n 1 -n 1 -n 1", text: "twice at most"},
	{line: "-4 -o 60,646f63 -o 77,", change: func(o *Options) {
		o.Extra = []ExtraOption{{60, []byte("doc")}, {77, []byte{}}}
	}},
	{line: "-o 60,646f63", text: "-4 or -6 must come before -o"},
	{line: "-4 -o 255,00", text: "from 1 to 254"},
	{line: "-4 -o 60", text: "CODE,HEX"},
	{line: "-4 -o 60,6", text: "hexadecimal"},
	{line: "-p 1.5", change: func(o *Options) { o.Period = 1500 * time.Millisecond }},
	{line: "-p x", text: "number of seconds"},
	{line: "-P 0"},
	{line: "-P 9", change: func(o *Options) { o.Preload = 9 }},
	{line: "-P -1", text: "must be a whole number from 0"},
	{line: "-R 500", change: func(o *Options) { o.Clients = 500 }},
	{line: "-R 0", text: "must be a whole number from 1"},
	{line: "-s 7", change: func(o *Options) { o.Seed = 7 }},
	{line: "-s -7", text: "0 or above"},
	{line: "--scenario basic"},
	{line: "--scenario avalanche -R 5", change: func(o *Options) { o.Scenario, o.Clients = Avalanche, 5 }},
	{line: "--scenario avalanche", text: "needs -R"},
	{line: "--scenario avalanche -R 5 -r 5", text: "excludes -r"},
	{line: "--scenario avalanche -R 5 -P 5", text: "excludes -P"},
	{line: "--scenario avalanche -R 5 --in-flight 5", text: "excludes --in-flight"},
	{line: "--scenario storm", text: "basic or avalanche"},
	{line: "-t 0", text: "above 0"},
	{line: "-u", change: func(o *Options) { o.Unique = true }},
	{line: "-w script", change: func(o *Options) { o.Script = "script" }},
	{line: "-W 1500", change: func(o *Options) { o.ExitWait = 1500 * time.Microsecond }},
	{line: "-W -1", text: "microseconds"},
	{line: "-xaei -x lstT", change: func(o *Options) { o.Diagnostics = "aeilstT" }},
	{line: "-x q", text: "no diagnostic"},
	{line: "-Y 3 -y 10", change: func(o *Options) { o.SecsFrom, o.SecsFor = 3*time.Second, 10*time.Second }},
	{line: "-Y 3", text: "need each other"},
	{line: "-y 3", text: "need each other"},
	{line: "--raw eth0", text: "--raw takes no server"},
	{line: "--packet eth0", change: func(o *Options) { o.Packet = "eth0" }},
	{line: "--packet eth0 -L 1067", text: "standard ports"},
	{line: "--packet eth0 -J relays", text: "--packet excludes -J"},
	{line: "-uir100 -xi", change: func(o *Options) { o.Unique, o.OfferOnly, o.Rate, o.Diagnostics = true, true, 100, "i" }},
	{line: "-q", text: "-q: no such flag"},
	{line: "-r", text: "needs a value"},
	{line: "--rate 5", text: "--rate: no such flag"},
	{line: "--r 5", text: "--r: no such flag"},
	{line: "198.51.100.1", text: "more than one server"},
}

func TestFlags(t *testing.T) {
	for _, c := range flagCases {
		t.Run(c.line, func(t *testing.T) {
			words := strings.Fields(c.line)
			// the server stands first, so that a flag can lack its value
			got, err := Parse(append([]string{"192.0.2.1"}, words...))
			if c.text != "" {
				if err == nil || !strings.Contains(err.Error(), c.text) {
					t.Fatalf("want an error with %q, got %v", c.text, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			want := Defaults()
			want.Server = "192.0.2.1"
			if got.show != showNothing {
				want.Server = ""
			}
			if c.change != nil {
				c.change(&want)
			}
			if got, want := comparable4(*got), comparable4(want); !reflect.DeepEqual(got, want) {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
		})
	}
}

// comparable4 drops what only remembers that a flag was there.
func comparable4(o Options) Options {
	o.family4, o.macGiven, o.clientsGiven, o.secsFromGiven, o.secsForGiven = false, false, false, false, false
	o.requestsSet, o.dropTimeSet, o.maxDropSet = 0, 0, 0
	return o
}

// Every flag of the table must stand in a case above.
func TestEveryFlagIsTested(t *testing.T) {
	for _, p := range flagTable {
		seen := false
		for _, c := range flagCases {
			for _, word := range strings.Fields(c.line) {
				seen = seen || strings.HasPrefix(word, p.spelled())
			}
		}
		if !seen {
			t.Errorf("no case has %s", p.spelled())
		}
	}
}

func TestRawFlags(t *testing.T) {
	for _, c := range []struct{ line, text string }{
		{"--raw eth0 -l eth0", "excludes -l"},
		{"--raw eth0 -L 68", "excludes -L"},
		{"--raw eth0 -J relays", "excludes -J"},
		{"--raw eth0 --packet eth0", "--packet excludes --raw"},
		{"-l eth0 --packet eth0", "--packet needs a server"},
		{"-6 --raw eth0", "--raw needs -4"},
		{"", "without a server"},
	} {
		if _, err := Parse(strings.Fields(c.line)); err == nil || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%q: want an error with %q, got %v", c.line, c.text, err)
		}
	}
	if o, err := Parse([]string{"--raw", "eth0"}); err != nil || o.Raw != "eth0" {
		t.Errorf("--raw eth0: %v", err)
	}
	if o, err := Parse([]string{"-l", "eth0"}); err != nil || o.Local != "eth0" {
		t.Errorf("-l eth0 without a server: %v", err)
	}
	if o, err := Parse([]string{"-r", "5", "--", "-odd"}); err != nil || o.Server != "-odd" {
		t.Errorf("-- before a server: %v", err)
	}
}

func TestTemplateText(t *testing.T) {
	for _, c := range []struct{ name, text, want, fault string }{
		{"PL.1.4 digits", "0101 06 00", "01010600", ""},
		{"PL.1.4 spaces mean nothing", "0 1 0 1 0 6 0 0", "01010600", ""},
		{"PL.1.4 upper and lower case", "aB Cd", "abcd", ""},
		{"PL.1.4 line end", "0101\n", "0101", ""},
		{"PL.1.4 other characters", "0101 0x06", "", "\"x\" is neither a hexadecimal digit nor a space"},
		{"PL.1.4 half an octet", "01010", "", "whole octets"},
		{"empty", "  ", "", "whole octets"},
		{"too long", strings.Repeat("00", 1473), "", "do not fit"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := parseTemplate(c.text)
			if c.fault != "" {
				if err == nil || !strings.Contains(err.Error(), c.fault) {
					t.Errorf("want an error with %q, got %v", c.fault, err)
				}
				return
			}
			if err != nil || strings.ReplaceAll(c.want, " ", "") != hexOf(got) {
				t.Errorf("got %x, %v; want %s", got, err, c.want)
			}
		})
	}
	t.Run("PL.1.4 content begins at the DHCP header", func(t *testing.T) {
		o := Defaults()
		o.files = []string{hexTemplate(t, captured(typeDiscover))}
		if err := o.loadTemplates(); err != nil {
			t.Fatal(err)
		}
		p := o.Templates[0].blueprint4(&o)
		b := append([]byte(nil), p.octets...)
		p.fill(b, &values[binding4]{xid: 0x11223344, mac: 0x0000000000aa}, 0)
		if hexOf(b[4:8]) != "11223344" || b[33] != 0xaa || b[0] != 1 {
			t.Errorf("transaction id %x, client %x", b[4:8], b[28:34])
		}
	})
	t.Run("offsets beyond the end", func(t *testing.T) {
		o := Defaults()
		o.files = []string{hexTemplate(t, make([]byte, 20))}
		if err := o.loadTemplates(); err == nil || !strings.Contains(err.Error(), "-O") {
			t.Errorf("want an error about -O, got %v", err)
		}
	})
	t.Run("missing file", func(t *testing.T) {
		o := Defaults()
		o.files = []string{"/nonexistent"}
		if err := o.loadTemplates(); !os.IsNotExist(unwrapAll(err)) {
			t.Errorf("got %v", err)
		}
	})
}

func TestRandomOctets(t *testing.T) {
	for _, c := range []struct{ clients, want int }{
		{1, 1}, {255, 1}, {256, 2}, {65535, 2}, {65536, 3}, {1<<24 - 1, 3}, {1 << 24, 4},
	} {
		// PL.1.5
		if got := randomOctets(c.clients); got != c.want {
			t.Errorf("%d octets for %d clients, want %d", got, c.clients, c.want)
		}
	}
	t.Run("PL.1.5 they end at -O", func(t *testing.T) {
		o := Defaults()
		o.Clients = 300
		tpl := Template{Bytes: make([]byte, 300), XID: 4, Random: 100, Secs: -1, ServerID: -1, Address: -1}
		p := tpl.blueprint4(&o)
		b := append([]byte(nil), p.octets...)
		p.fill(b, &values[binding4]{mac: 0xffffffffffff}, 0)
		for i, octet := range b[98:103] {
			if want := i == 1 || i == 2; (octet == 0xff) != want {
				t.Errorf("octet %d is %#x", 98+i, octet)
			}
		}
	})
}
