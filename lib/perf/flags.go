package perf

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"nestor/lib/pkt6"
)

// flagTable has every flag, in the order of the help text. Flags that may be
// given twice have their first value for DISCOVER or SOLICIT, their second for
// REQUEST.
var flagTable = []option{
	{"4", "", "DHCPv4 (default)", func(o *Options, _ string) error { o.family4 = true; return nil }},
	{"6", "", "DHCPv6", setBool(func(o *Options) *bool { return &o.V6 })},
	{"1", "", "take the server identifier from the first answer and keep it", setBool(func(o *Options) *bool { return &o.FirstID })},
	{"A", "LEVELS", "DHCPv6: clients behind so many relays, up to 32; without it they are direct", setRelayLevels},
	{"b", "mac=ADDR|duid=HEX", "first client's hardware address, default mac=00:0c:01:02:03:04, or DUID; the others count up from it", setBase},
	{"B", "", "allow a broadcast server address; with --raw, ask the server to broadcast its answers", setBool(func(o *Options) *bool { return &o.Broadcast })},
	{"c", "", "DHCPv6: ask for rapid commit, so that an exchange is SOLICIT and REPLY", setBool(func(o *Options) *bool { return &o.RapidCommit })},
	{"C", "SEPARATOR", "no preliminary output, interim reports (-t) as values joined by SEPARATOR", setSeparator},
	{"d", "SECONDS", "time after which a message counts as lost, default 1; twice: of DISCOVER, of REQUEST", setDropTime},
	{"D", "N[%]", "stop after N drops, or at N percent of drops once 10 answers were due; may be given twice", setMaxDrop},
	{"e", "TYPE", "kind of lease: address-only (default); DHCPv6: prefix-only, address-and-prefix", setLeaseType},
	{"E", "OFFSET", "offset of the secs field or elapsed time option in the second template, 0 leaves it alone", setOffset(func(f *templateOffsets) **int { return &f.secs }, 0)},
	{"f", "RATE", "REQUESTs or RENEWs per second that renew leases gained before; needs -r", setCount(func(o *Options) *int { return &o.RenewRate }, 1)},
	{"F", "RATE", "RELEASEs per second; needs -r", setCount(func(o *Options) *int { return &o.ReleaseRate }, 1)},
	{"g", "MODE", "thread mode: single is what this program does; multi is refused", setThreads},
	{"h", "", "print this help", show(showHelp)},
	{"help", "", "print this help", show(showHelp)},
	{"i", "", "first half of the exchange only: DISCOVER and OFFER, SOLICIT and ADVERTISE", setBool(func(o *Options) *bool { return &o.OfferOnly })},
	{"ias", "N", "DHCPv6: identity associations of each kind that a client has, up to 8, default 1", setIAs},
	{"in-flight", "N", "closed loop: N clients at a time, each replaced as soon as it is done; without -R every client is new", setCount(func(o *Options) *int { return &o.InFlight }, 1)},
	{"I", "OFFSET", "offset of the requested address option or first IA in the second template", setOffset(func(f *templateOffsets) **int { return &f.address }, 1)},
	{"J", "FILE", "relay addresses, one a line, of which each exchange picks one at random; a DHCPv4 server must answer to the packet's source (KEA_TEST_SEND_RESPONSES_TO_SOURCE)", setText(func(o *Options) *string { return &o.relaysFile })},
	{"json", "", "print the report as one JSON object, and nothing else", setBool(func(o *Options) *bool { return &o.JSON })},
	{"l", "ADDRESS|INTERFACE", "local address, default the one routed to the server; it is also the relay address; DHCPv6 needs it unless the server's address is routed", setText(func(o *Options) *string { return &o.Local })},
	{"L", "PORT", "local port, 0 (default) is 67; DHCPv6: 547 for relays, 546 for clients", setPort(func(o *Options) *uint16 { return &o.LocalPort })},
	{"M", "FILE", "hardware addresses, one a line, of which each exchange picks one at random", setText(func(o *Options) *string { return &o.macsFile })},
	{"n", "N", "exchanges to start; the report follows when all are done or lost; twice: a limit of REQUESTs too", setRequests},
	{"N", "PORT", "remote port, 0 (default) is 67; DHCPv6: 547", setPort(func(o *Options) *uint16 { return &o.RemotePort })},
	{"o", "CODE,HEX", "extra option for every message; -4 or -6 must come before it", setExtra},
	{"or", "[LEVEL:]CODE,HEX", "DHCPv6: extra option of the relay at that level of -A, 1 (default) is nearest the client", setRelayExtra},
	{"O", "OFFSET", "offset of the last octet that differs between clients in the template; may be given twice", appendOffset(func(f *templateOffsets) *[]int { return &f.random }, 4)},
	{"p", "SECONDS", "length of the test", setSeconds(func(o *Options) *time.Duration { return &o.Period })},
	{"packet", "INTERFACE", "be the relay on a packet socket on INTERFACE, which costs less than UDP sockets", setText(func(o *Options) *string { return &o.Packet })},
	{"P", "N", "exchanges to run before the test, all at once", setCount(func(o *Options) *int { return &o.Preload }, 0)},
	{"r", "RATE", "exchanges per second; without it as fast as possible", setCount(func(o *Options) *int { return &o.Rate }, 1)},
	{"raw", "INTERFACE", "be clients without an address on INTERFACE, that broadcast through a packet socket, in place of a relay", setText(func(o *Options) *string { return &o.Raw })},
	{"R", "N", "number of clients, default 1", setClients},
	{"s", "SEED", "seed of random choices, 0 (default) is another one each time", setSeed},
	{"scenario", "NAME", "basic (default) or avalanche: all clients start at once and retransmit until they are answered", setScenario},
	{"S", "OFFSET", "offset of the server identifier option in the second template", setOffset(func(f *templateOffsets) **int { return &f.serverID }, 1)},
	{"t", "SECONDS", "time between interim reports", setSeconds(func(o *Options) *time.Duration { return &o.ReportEvery })},
	{"T", "FILE", "template of a message as hexadecimal digits and spaces; first for DISCOVER, second for REQUEST", setTemplate},
	{"u", "", "check that no address is given twice", setBool(func(o *Options) *bool { return &o.Unique })},
	{"v", "", "print the version", show(showVersion)},
	{"V", "", "print the extended version", show(showExtendedVersion)},
	{"w", "SCRIPT", "program to run with start before and with stop after the test", setText(func(o *Options) *string { return &o.Script })},
	{"W", "MICROSECONDS", "time to go on receiving when the test is over, default 0", setExitWait},
	{"x", "LETTERS", "more output: a arguments, e exit reason, i rate details, l leases, s first server identifier, t time stamps, T templates", setDiagnostics},
	{"X", "OFFSET", "offset of the transaction id in the template; may be given twice", appendOffset(func(f *templateOffsets) *[]int { return &f.xid }, 1)},
	{"y", "SECONDS", "time for which the secs field rises; needs -Y", setSecs(func(o *Options) (*time.Duration, *bool) { return &o.SecsFor, &o.secsForGiven })},
	{"Y", "SECONDS", "time after which the secs field starts to rise; needs -y", setSecs(func(o *Options) (*time.Duration, *bool) { return &o.SecsFrom, &o.secsFromGiven })},
}

func show(what showing) func(*Options, string) error {
	return func(o *Options, _ string) error { o.show = what; return nil }
}

func setBool(field func(*Options) *bool) func(*Options, string) error {
	return func(o *Options, _ string) error { *field(o) = true; return nil }
}

func setText(field func(*Options) *string) func(*Options, string) error {
	return func(o *Options, v string) error {
		if v == "" {
			return errors.New("an empty value is no use here")
		}
		*field(o) = v
		return nil
	}
}

func setCount(field func(*Options) *int, least int) func(*Options, string) error {
	return func(o *Options, v string) error {
		n, err := count(v, least)
		*field(o) = n
		return err
	}
}

func count(v string, least int) (int, error) {
	n, err := strconv.ParseInt(v, 10, 32)
	if err != nil || int(n) < least {
		return 0, fmt.Errorf("must be a whole number from %d to %d", least, math.MaxInt32)
	}
	return int(n), nil
}

func seconds(v string) (time.Duration, error) {
	f, err := strconv.ParseFloat(v, 64)
	if err != nil || !(f > 0) || f > 1e9 {
		return 0, errors.New("must be a number of seconds above 0, for example 0.5")
	}
	return time.Duration(f * float64(time.Second)), nil
}

func setSeconds(field func(*Options) *time.Duration) func(*Options, string) error {
	return func(o *Options, v string) (err error) {
		*field(o), err = seconds(v)
		return err
	}
}

func setPort(field func(*Options) *uint16) func(*Options, string) error {
	return func(o *Options, v string) error {
		n, err := strconv.ParseUint(v, 10, 16)
		if err != nil {
			return errors.New("must be a port from 0 to 65535")
		}
		*field(o) = uint16(n)
		return nil
	}
}

func setOffset(field func(*templateOffsets) **int, least int) func(*Options, string) error {
	return func(o *Options, v string) error {
		n, err := count(v, least)
		*field(&o.offsets) = &n
		return err
	}
}

func appendOffset(field func(*templateOffsets) *[]int, least int) func(*Options, string) error {
	return func(o *Options, v string) error {
		n, err := count(v, least)
		f := field(&o.offsets)
		if err == nil && len(*f) == 2 {
			err = errors.New("may be given twice at most, once for each template")
		}
		*f = append(*f, n)
		return err
	}
}

func setTemplate(o *Options, v string) error {
	if len(o.files) == 2 {
		return errors.New("may be given twice at most: DISCOVER, REQUEST")
	}
	o.files = append(o.files, v)
	return nil
}

func setRequests(o *Options, v string) (err error) {
	if o.requestsSet == 2 {
		return errors.New("may be given twice at most: DISCOVER, REQUEST")
	}
	o.Requests[o.requestsSet], err = count(v, 1)
	o.requestsSet++
	return err
}

func setDropTime(o *Options, v string) error {
	d, err := seconds(v)
	switch o.dropTimeSet {
	case 0:
		o.DropTime = [2]time.Duration{d, d}
	case 1:
		o.DropTime[1] = d
	default:
		return errors.New("may be given twice at most: DISCOVER, REQUEST")
	}
	o.dropTimeSet++
	return err
}

func setMaxDrop(o *Options, v string) error {
	if o.maxDropSet == 2 {
		return errors.New("may be given twice at most: DISCOVER, REQUEST")
	}
	i := o.maxDropSet
	o.maxDropSet++
	if part, ok := strings.CutSuffix(v, "%"); ok {
		f, err := strconv.ParseFloat(part, 64)
		if err != nil || !(f > 0 && f < 100) {
			return errors.New("must be a percentage above 0 and below 100")
		}
		o.MaxDropPart[i] = f
		return nil
	}
	n, err := count(v, 1)
	o.MaxDrop[i] = n
	return err
}

func setClients(o *Options, v string) (err error) {
	o.Clients, err = count(v, 1)
	o.clientsGiven = true
	return err
}

func setSeed(o *Options, v string) (err error) {
	o.Seed, err = strconv.ParseInt(v, 10, 64)
	if err != nil || o.Seed < 0 {
		return errors.New("must be a whole number, 0 or above")
	}
	return nil
}

func setScenario(o *Options, v string) error {
	switch s := Scenario(v); s {
	case Basic, Avalanche:
		o.Scenario = s
		return nil
	}
	return errors.New("must be basic or avalanche")
}

func setSeparator(o *Options, v string) error {
	if v == "" {
		return errors.New("must have at least one character")
	}
	o.Separator = v
	return nil
}

func setExitWait(o *Options, v string) error {
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil || n < 0 || n > math.MaxInt64/1000 {
		return errors.New("must be a whole number of microseconds, 0 or above")
	}
	o.ExitWait = time.Duration(n) * time.Microsecond
	return nil
}

func setSecs(field func(*Options) (*time.Duration, *bool)) func(*Options, string) error {
	return func(o *Options, v string) error {
		n, err := count(v, 1)
		d, given := field(o)
		*d, *given = time.Duration(n)*time.Second, true
		return err
	}
}

func setDiagnostics(o *Options, v string) error {
	if bad := strings.Trim(v, "aeilstT"); bad != "" {
		return fmt.Errorf("%q is no diagnostic; there are a, e, i, l, s, t and T", bad)
	}
	o.Diagnostics += v
	return nil
}

func setLeaseType(o *Options, v string) error {
	switch t := LeaseType(v); t {
	case AddressOnly, PrefixOnly, AddressAndPrefix:
		o.Leases = t
		return nil
	}
	return errors.New("must be address-only, prefix-only or address-and-prefix")
}

func setIAs(o *Options, v string) (err error) {
	o.IAs, err = upTo(v, MaxIAs)
	return err
}

func setRelayLevels(o *Options, v string) (err error) {
	o.RelayLevels, err = upTo(v, pkt6.MaxRelays)
	return err
}

func upTo(v string, most int) (int, error) {
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 || n > most {
		return 0, fmt.Errorf("must be a whole number from 1 to %d", most)
	}
	return n, nil
}

func setThreads(_ *Options, v string) error {
	switch v {
	case "single":
		return nil // what there is
	case "multi":
		return errors.New("packets are sent and received in batches by one thread; leave -g out")
	}
	return errors.New("must be single")
}

func setBase(o *Options, v string) error {
	kind, value, _ := strings.Cut(v, "=")
	switch strings.ToLower(kind) {
	case "mac", "ether":
		mac, err := parseMAC(value)
		o.BaseMAC, o.macGiven = mac, true
		return err
	case "duid":
		duid, err := hex.DecodeString(value)
		if err != nil || len(duid) < 6 || len(duid) > 64 {
			return errors.New("a DUID must have 6 to 64 octets as pairs of hexadecimal digits")
		}
		o.BaseDUID = duid
		return nil
	}
	return errors.New("must be mac=ADDRESS or duid=HEX, for example mac=00:0c:01:02:03:04")
}

// parseMAC reads six octets in hexadecimal with single or double colons between.
func parseMAC(s string) (uint64, error) {
	octets := strings.Split(strings.ReplaceAll(s, "::", ":"), ":")
	var mac uint64
	for _, octet := range octets {
		n, err := strconv.ParseUint(octet, 16, 8)
		if err != nil || len(octets) != 6 {
			return 0, fmt.Errorf("%q is not a hardware address such as 00:0c:01:02:03:04", s)
		}
		mac = mac<<8 | n
	}
	return mac, nil
}

func setExtra(o *Options, v string) error {
	if !o.family4 && !o.V6 {
		return errors.New("-4 or -6 must come before -o, since codes mean different options in each family")
	}
	x, err := parseExtra(v, o.V6)
	o.Extra = append(o.Extra, x)
	return err
}

func setRelayExtra(o *Options, v string) error {
	level := 1
	if before, after, ok := strings.Cut(v, ":"); ok {
		var err error
		if level, err = upTo(before, pkt6.MaxRelays); err != nil {
			return fmt.Errorf("level: %w", err)
		}
		v = after
	}
	x, err := parseExtra(v, true)
	o.RelayExtra = append(o.RelayExtra, RelayOption{level, x})
	return err
}

// parseExtra reads CODE,HEX with the codes and lengths of the family.
func parseExtra(v string, v6 bool) (x ExtraOption, err error) {
	mostCode, mostData := uint64(254), 255
	if v6 {
		mostCode, mostData = math.MaxUint16, maxMessage
	}
	code, digits, ok := strings.Cut(v, ",")
	n, err := strconv.ParseUint(code, 10, 16)
	if !ok || err != nil || n == 0 || n > mostCode {
		return x, fmt.Errorf("must be CODE,HEX with a code from 1 to %d, for example 60,646f63736973", mostCode)
	}
	data, err := hex.DecodeString(digits)
	if err != nil || len(data) > mostData {
		return x, fmt.Errorf("must be CODE,HEX with at most %d octets as pairs of hexadecimal digits", mostData)
	}
	return ExtraOption{Code: uint16(n), Data: data}, nil
}
