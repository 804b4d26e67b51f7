package perf

import (
	"errors"
	"net/netip"
	"slices"
	"time"
)

// Options say what a run does. Parse fills them from a command line; a program
// that embeds the generator starts from Defaults and sets fields.
type Options struct {
	V6     bool   // -6: DHCPv6
	Server string // -l's interface alone stands for "all": the limited broadcast address, ff02::1:2
	Local  string // -l: address, host name (DHCPv4 only) or interface; empty: as routed

	LocalPort, RemotePort uint16 // 0: the standard ones of clients, relays and servers

	Rate        int           // -r: exchanges per second; 0: as fast as the socket takes them
	RenewRate   int           // -f, per second
	ReleaseRate int           // -F, per second
	InFlight    int           // --in-flight: closed loop with so many clients; 0: open loop
	Preload     int           // -P
	Clients     int           // -R; 0: every exchange is a client not seen before
	Requests    [2]int        // -n: DISCOVERs, REQUESTs to send; 0: no limit
	Period      time.Duration // -p; 0: no limit
	DropTime    [2]time.Duration
	MaxDrop     [2]int     // -D N; 0: no limit
	MaxDropPart [2]float64 // -D N%: in percent; 0: no limit
	ReportEvery time.Duration
	Separator   string // -C: interim reports as values joined by it; "": as text
	ExitWait    time.Duration
	Scenario    Scenario

	Raw       string // --raw: interface to be direct clients on; "": be a relay agent
	Packet    string // --packet: interface to be a relay agent on through a packet socket; "": UDP
	Broadcast bool   // -B
	OfferOnly bool   // -i
	FirstID   bool   // -1
	Unique    bool   // -u

	Leases      LeaseType     // -e
	IAs         int           // --ias: identity associations of each type that a client has; 1 to MaxIAs
	RapidCommit bool          // -c
	RelayLevels int           // -A: relays on the way of DHCPv6; 0: direct clients
	RelayExtra  []RelayOption // --or

	BaseMAC   uint64 // -b mac=: first client's address; client i has BaseMAC+i
	BaseDUID  []byte // -b duid=: first client's; the last six octets count up
	MACs      []uint64
	Relays    []netip.Addr  // -J
	Extra     []ExtraOption // -o
	Templates []Template    // -T -X -O -E -S -I
	SecsFrom  time.Duration // -Y: when the secs field begins to rise
	SecsFor   time.Duration // -y: for how long it rises
	Seed      int64         // -s; 0: another one each run

	Diagnostics string // -x
	Script      string // -w
	JSON        bool   // --json

	family4, macGiven, clientsGiven, secsFromGiven, secsForGiven bool

	files       []string // -T, not yet read
	offsets     templateOffsets
	relaysFile  string
	macsFile    string
	show        showing
	requestsSet int
	dropTimeSet int
	maxDropSet  int
}

// A Scenario is what perfdhcp calls so: the pattern of a run.
type Scenario string

const (
	// Basic starts exchanges at a rate, or as fast as it can.
	Basic Scenario = "basic"
	// Avalanche starts all clients at once and has each retransmit until it is answered.
	Avalanche Scenario = "avalanche"
)

// A LeaseType says what clients ask for.
type LeaseType string

// Names as perfdhcp has them. DHCPv4 has addresses only.
const (
	AddressOnly      LeaseType = "address-only"
	PrefixOnly       LeaseType = "prefix-only"
	AddressAndPrefix LeaseType = "address-and-prefix"
)

// MaxIAs is how many identity associations of each type a client may have.
const MaxIAs = 8

// An ExtraOption is a DHCP option that goes into every message as it is. In
// DHCPv4 its code is from 1 to 254.
type ExtraOption struct {
	Code uint16
	Data []byte
}

// A RelayOption is an option that a relay adds to every message.
type RelayOption struct {
	Level int // 1: the relay nearest the client
	ExtraOption
}

// showing says that the command line asked for a text in place of a run.
type showing uint8

const (
	showNothing showing = iota
	showHelp
	showVersion
	showExtendedVersion
)

// defaultMAC is perfdhcp's 00:0c:01:02:03:04.
const defaultMAC = 0x000c01020304

// Defaults returns the options of an empty command line.
func Defaults() Options {
	return Options{
		Clients:  1,
		DropTime: [2]time.Duration{time.Second, time.Second},
		BaseMAC:  defaultMAC,
		Scenario: Basic,
		Leases:   AddressOnly,
		IAs:      1,
	}
}

// family returns 4 or 6.
func (o *Options) family() int {
	if o.V6 {
		return 6
	}
	return 4
}

// idBits returns the size of a transaction id in bits.
func (o *Options) idBits() int {
	if o.V6 {
		return 24
	}
	return 32
}

// Parse reads a command line without the program's name. Its errors are the
// user's to mend: they make exit status 2.
func Parse(args []string) (*Options, error) {
	o := Defaults()
	operands, err := getopt(flagTable, args, &o)
	if err != nil {
		return nil, err
	}
	if o.show != showNothing {
		return &o, nil
	}
	switch len(operands) {
	case 0:
	case 1:
		o.Server = operands[0]
	default:
		return nil, errors.New("more than one server given: " + operands[1])
	}
	if o.InFlight > 0 && !o.clientsGiven {
		o.Clients = 0
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	return &o, nil
}

// check refuses combinations that contradict each other or that would leave a
// flag without effect.
func (o *Options) check() error {
	for _, rule := range []struct {
		broken bool
		text   string
	}{
		{o.family4 && o.V6, "-4 and -6 exclude each other"},
		{o.RenewRate > 0 && o.Rate == 0, "-f needs -r: a renew rate is a part of the exchange rate"},
		{o.ReleaseRate > 0 && o.Rate == 0, "-F needs -r: a release rate is a part of the exchange rate"},
		{o.RenewRate+o.ReleaseRate > o.Rate, "-f and -F together exceed the exchange rate given by -r"},
		{o.OfferOnly && o.FirstID, "-i excludes -1"},
		{o.OfferOnly && o.dropTimeSet > 0, "-i excludes -d"},
		{o.OfferOnly && o.maxDropSet > 0, "-i excludes -D"},
		{o.OfferOnly && o.requestsSet > 1, "-i excludes a second -n: there are no REQUESTs to count"},
		{o.OfferOnly && o.offsets.secs != nil, "-i excludes -E"},
		{o.OfferOnly && o.offsets.serverID != nil, "-i excludes -S"},
		{o.OfferOnly && o.offsets.address != nil, "-i excludes -I"},
		{o.OfferOnly && o.RenewRate > 0, "-i excludes -f: without REQUESTs there are no leases to renew"},
		{o.OfferOnly && o.ReleaseRate > 0, "-i excludes -F"},
		{o.OfferOnly && len(o.offsets.random) > 1, "-i excludes a second -O"},
		{o.OfferOnly && len(o.files) > 1, "-i excludes a second -T"},
		{o.OfferOnly && len(o.offsets.xid) > 1, "-i excludes a second -X"},
		{len(o.offsets.xid) > len(o.files), "-X needs a -T of its own"},
		{len(o.offsets.random) > len(o.files), "-O needs a -T of its own"},
		{len(o.files) < 2 && o.offsets.secs != nil, "-E needs a second -T: it is an offset in the REQUEST template"},
		{len(o.files) < 2 && o.offsets.serverID != nil, "-S needs a second -T: it is an offset in the REQUEST template"},
		{len(o.files) < 2 && o.offsets.address != nil, "-I needs a second -T: it is an offset in the REQUEST template"},
		{o.macsFile != "" && o.macGiven, "-M excludes -b"},
		{o.secsFromGiven != o.secsForGiven, "-Y and -y need each other"},
		{o.Separator != "" && o.ReportEvery == 0, "-C needs -t: it shapes interim reports"},
		{o.InFlight > 0 && o.Rate > 0, "--in-flight excludes -r: a closed loop has no rate of its own"},
		{o.Scenario == Avalanche && !o.clientsGiven && o.macsFile == "", "--scenario avalanche needs -R: the number of clients that start at once"},
		{o.Scenario == Avalanche && o.InFlight > 0, "--scenario avalanche excludes --in-flight"},
		{o.Scenario == Avalanche && o.Rate > 0, "--scenario avalanche excludes -r"},
		{o.Scenario == Avalanche && o.Preload > 0, "--scenario avalanche excludes -P"},
		{o.Raw != "" && o.Local != "", "--raw excludes -l: a direct client has no address yet"},
		{o.Raw != "" && o.LocalPort != 0, "--raw excludes -L: clients use port 68"},
		{o.Raw != "" && o.Server != "", "--raw takes no server: its clients broadcast"},
		{o.Raw != "" && o.relaysFile != "", "--raw excludes -J: direct clients pass no relay"},
		{o.Packet != "" && o.Raw != "", "--packet excludes --raw: direct clients pass no relay"},
		{o.Packet != "" && (o.Server == "" || o.LocalPort != 0 || o.RemotePort != 0), "--packet needs a server and the standard ports"},
		{o.Packet != "" && o.relaysFile != "", "--packet excludes -J"},
		{o.Raw == "" && o.Server == "" && o.Local == "", "without a server, an interface must be given with -l or --raw"},
	} {
		if rule.broken {
			return errors.New(rule.text)
		}
	}
	return o.checkFamily()
}

// checkFamily refuses flags that the family does not have.
func (o *Options) checkFamily() error {
	for _, rule := range []struct {
		broken bool
		text   string
	}{
		{!o.V6 && o.Leases != AddressOnly, "-e " + string(o.Leases) + " needs -6: prefixes are leased by DHCPv6 only"},
		{!o.V6 && o.IAs > 1, "--ias needs -6: a DHCPv4 client has one address"},
		{!o.V6 && o.RapidCommit, "-c needs -6"},
		{!o.V6 && o.RelayLevels > 0, "-A needs -6"},
		{!o.V6 && o.BaseDUID != nil, "-b duid= needs -6"},
		{len(o.RelayExtra) > 0 && o.RelayLevels == 0, "--or needs -A: without a relay nobody adds its options"},
		{slices.ContainsFunc(o.RelayExtra, func(x RelayOption) bool { return x.Level > o.RelayLevels }), "--or has a level beyond the relays of -A"},
		{o.macGiven && o.BaseDUID != nil, "-b mac= excludes -b duid="},
		{o.macsFile != "" && o.BaseDUID != nil, "-M excludes -b"},
		{o.V6 && o.Broadcast, "-B needs -4: DHCPv6 has no broadcast"},
		{o.V6 && o.Raw != "", "--raw needs -4: clients of DHCPv6 have a link-local address; leave --raw and -A out for direct ones"},
		{o.V6 && o.Packet != "", "--packet needs -4"},
		{o.V6 && o.RelayLevels == 0 && o.relaysFile != "", "-J needs -A: direct clients pass no relay"},
	} {
		if rule.broken {
			return errors.New(rule.text)
		}
	}
	return nil
}

// diagnose tells whether -x asks for the diagnostic of that letter.
func (o *Options) diagnose(letter byte) bool {
	for i := range len(o.Diagnostics) {
		if o.Diagnostics[i] == letter {
			return true
		}
	}
	return false
}
