package dhcp4

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"nestor/lib/config"
	"nestor/lib/pkt4"
)

// nameState is what became of the client's name.
type nameState struct {
	stored   []byte // in the lease, lower case
	hostname []byte // content of option 12 of the answer, nil: none
	fqdn     []byte // content of option 81 of the answer, nil: none
}

func (n *nameState) reset() { *n = nameState{} }

// FQDN option flags (RFC 4702 section 2.1).
const (
	fqdnS = 1
	fqdnO = 2
	fqdnE = 4
	fqdnN = 8
)

// errBadName is of a name that cannot be read.
var errBadName = errors.New("the name has a label that is broken")

// checkFQDN refuses an FQDN option that Kea cannot read: shorter than its fixed
// fields, N and S both set, or a broken name.
func checkFQDN(o []byte) error {
	if len(o) < 3 {
		return fmt.Errorf("option 81 is %d bytes long, at least 3 are needed", len(o))
	}
	if o[0]&(fqdnN|fqdnS) == fqdnN|fqdnS {
		return errors.New("option 81 has both flags N and S set")
	}
	if o[0]&fqdnE != 0 {
		if _, _, err := wireName(o[3:]); err != nil {
			return fmt.Errorf("option 81: %w", err)
		}
		return nil
	}
	if name := strings.TrimSuffix(string(o[3:]), "."); name != "" && !usableName(name) {
		return fmt.Errorf("option 81: %w", errBadName)
	}
	return nil
}

// wireName reads an uncompressed name in wire form up to the root label or the end.
// complete tells a full name, whose last byte is the root label, from a partial one.
func wireName(b []byte) (name string, complete bool, err error) {
	complete = len(b) > 0 && b[len(b)-1] == 0
	var labels []string
	for len(b) > 0 && b[0] != 0 {
		n := int(b[0])
		if n > 63 || n+1 > len(b) {
			return "", false, errBadName
		}
		labels = append(labels, string(b[1:1+n]))
		b = b[1+n:]
	}
	return strings.Join(labels, "."), complete, nil
}

// appendWireName appends the name, which ends with a dot if it is complete.
func appendWireName(b []byte, name string) []byte {
	complete := strings.HasSuffix(name, ".")
	for label := range strings.SplitSeq(strings.TrimSuffix(name, "."), ".") {
		if label == "" || len(label) > 63 {
			continue
		}
		b = append(append(b, byte(len(label))), label...)
	}
	if complete {
		b = append(b, 0)
	}
	return b
}

// nameLease decides the name that the lease stores and the answer carries: from
// option 81, else option 12, else the reservation, else a generated one
// (ARM 8.2.20). Clients without any name are the common case and cost nothing.
func (x *exchange) nameLease() {
	x.name.reset()
	d := &x.subnet.DDNS
	reserved := ""
	if h := x.currentHost(); h != nil {
		reserved = h.Hostname
	}
	switch {
	case x.query.Has(pkt4.OptFQDN):
		x.trace.note(whyFromFQDN)
		x.nameFromFQDN(d, reserved)
	case x.query.Has(pkt4.OptHostName):
		x.trace.note(whyFromHostName)
		x.nameFromHostname(d, reserved)
	case reserved != "":
		x.answerHostname(qualify(reserved, d.QualifyingSuffix))
	case d.ReplaceClientName == "always" || d.ReplaceClientName == "when-not-present":
		x.answerHostname(x.generatedName(d))
	default:
		x.trace.note(whyNoName)
	}
	x.lease.Hostname = x.name.stored
	x.trace.name(reserved)
}

func (x *exchange) nameFromHostname(d *config.DDNSParams, reserved string) {
	sent := strings.TrimSpace(string(x.query.Option(pkt4.OptHostName)))
	switch {
	case reserved != "":
		x.answerHostname(qualify(reserved, d.QualifyingSuffix))
	case sent != "." && !usableName(strings.TrimSuffix(sent, ".")):
	case d.ReplaceClientName == "always" || d.ReplaceClientName == "when-present" || sent == ".":
		x.answerHostname(x.generatedName(d))
	default:
		name := x.subnet.charset.clean(sent)
		if !usableName(strings.TrimSuffix(name, ".")) {
			return
		}
		if !strings.Contains(strings.TrimSuffix(sent, "."), ".") {
			name = qualify(name, d.QualifyingSuffix)
		}
		x.answerHostname(name)
	}
}

func (x *exchange) answerHostname(name string) {
	if name == "" {
		return
	}
	x.name.stored = []byte(lower(name))
	x.name.hostname = x.name.stored
}

func (x *exchange) nameFromFQDN(d *config.DDNSParams, reserved string) {
	o := x.query.Option(pkt4.OptFQDN)
	flags, text := x.fqdnFlags(d, o[0])
	name := ""
	switch {
	case reserved != "":
		name = qualify(reserved, d.QualifyingSuffix) + "."
	case d.ReplaceClientName == "always" || d.ReplaceClientName == "when-present":
		name = x.generatedName(d) + "."
	default:
		name = x.clientFQDN(d, o)
	}
	if name == "" {
		return
	}
	name = lower(name)
	b := append(make([]byte, 0, len(name)+6), flags, o[1], o[2])
	if text {
		b = append(b, name...)
	} else {
		b = appendWireName(b, name)
	}
	x.name.fqdn = b
	x.name.stored = []byte(name)
}

// fqdnFlags gives the flags of the answer. Updates are decided on by the DDNS
// settings; where they are disabled N is set. Encoding follows the client.
func (x *exchange) fqdnFlags(d *config.DDNSParams, client byte) (flags byte, text bool) {
	e := client & fqdnE
	c := x.snap.cfg.DhcpDDNS
	if c == nil || !c.EnableUpdates || !d.SendUpdates {
		if client&fqdnS != 0 {
			return e | fqdnN | fqdnO, e == 0
		}
		return e | fqdnN, e == 0
	}
	switch {
	case client&fqdnN != 0 && d.OverrideNoUpdate:
		return e | fqdnS | fqdnO, e == 0
	case client&fqdnN != 0:
		return e | fqdnN, e == 0
	case client&fqdnS == 0 && d.OverrideClientUpdate:
		return e | fqdnS | fqdnO, e == 0
	}
	return e | client&fqdnS, e == 0
}

// clientFQDN is the client's own name, sanitised label by label and qualified, or one
// made of the address for a client without any. It is "" when sanitising has left
// what is no name; where nothing at all is left, it is the root.
func (x *exchange) clientFQDN(d *config.DDNSParams, o []byte) string {
	var name string
	var complete bool
	if o[0]&fqdnE != 0 {
		name, complete, _ = wireName(o[3:])
	} else {
		name, complete = strings.CutSuffix(string(o[3:]), ".")
	}
	if name == "" && !complete {
		return x.generatedName(d) + "."
	}
	labels := strings.Split(lower(name), ".")
	for i, label := range labels {
		labels[i] = x.subnet.charset.clean(label)
	}
	name = strings.Join(labels, ".")
	switch {
	case name == "" && (complete || d.QualifyingSuffix == ""):
		return "."
	case !usableName(name):
		return ""
	case complete:
		return name + "."
	}
	return qualify(name, d.QualifyingSuffix) + "."
}

// generatedName makes a name of the address: prefix-192-0-2-1.suffix.
func (x *exchange) generatedName(d *config.DDNSParams) string {
	x.trace.text(whyReplaced, d.ReplaceClientName)
	a := strings.ReplaceAll(ip4(x.lease.Addr).String(), ".", "-")
	return qualify(d.GeneratedPrefix+"-"+a, d.QualifyingSuffix)
}

// lower turns ASCII letters to lower case, as DNS compares names (RFC 4343), and
// leaves all other bytes alone: they need not be UTF-8.
func lower(name string) string {
	b := []byte(name)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// qualify appends the suffix, unless the name ends with it already. The name comes
// back without a final dot.
func qualify(name, suffix string) string {
	suffix = strings.TrimSuffix(suffix, ".")
	name = strings.TrimSuffix(name, ".")
	if suffix == "" || name == suffix || strings.HasSuffix(name, "."+suffix) {
		return name
	}
	return name + "." + suffix
}

// usableName reports whether the name can be answered: no empty label, none over
// 63 bytes, 255 bytes at most.
func usableName(name string) bool {
	if name == "" || len(name) > 255 {
		return false
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 {
			return false
		}
	}
	return true
}

// hostnameFilter replaces the characters of client names that a scope does not
// want (hostname-char-set, hostname-char-replacement). NUL never passes.
type hostnameFilter struct {
	invalid     *regexp.Regexp
	replacement string
}

func newHostnameFilter(set, replacement string) (*hostnameFilter, error) {
	re, err := config.CompileCharSet(set)
	if err != nil {
		return nil, fmt.Errorf("hostname-char-set: %w", err)
	}
	return &hostnameFilter{invalid: re, replacement: replacement}, nil
}

func (f *hostnameFilter) clean(name string) string {
	name = strings.ReplaceAll(name, "\x00", f.replacement)
	if f.invalid == nil {
		return name
	}
	return fromLatin1(f.invalid.ReplaceAllLiteralString(toLatin1(name), f.replacement))
}

// toLatin1 gives each byte of a name the character of its number, so that a regular
// expression sees bytes: names of clients need not be UTF-8.
func toLatin1(name string) string {
	var b strings.Builder
	for i := range len(name) {
		b.WriteRune(rune(name[i]))
	}
	return b.String()
}

// fromLatin1 undoes toLatin1, but for what a replacement has brought beyond it.
func fromLatin1(name string) string {
	var b []byte
	for _, r := range name {
		if r > 0xff {
			b = utf8.AppendRune(b, r)
			continue
		}
		b = append(b, byte(r))
	}
	return string(b)
}
