package perf

import (
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"time"
)

// The headings of the report.
var (
	stageNames4 = [kinds]string{"DISCOVER-OFFER", "REQUEST-ACK", "REQUEST-ACK (renewal)", "RELEASE"}
	stageNames6 = [kinds]string{"SOLICIT-ADVERTISE", "REQUEST-REPLY", "RENEW-REPLY", "RELEASE-REPLY"}
)

// stageName returns the heading of a stage.
func (o *Options) stageName(k kind) string {
	if o.V6 {
		return stageNames6[k]
	}
	return stageNames4[k]
}

// stages returns the kinds of message that a run has.
func (o *Options) stages() []kind {
	list := []kind{kindDiscover}
	if !o.OfferOnly {
		list = append(list, kindRequest)
	}
	if o.RenewRate > 0 {
		list = append(list, kindRenew)
	}
	if o.ReleaseRate > 0 {
		list = append(list, kindRelease)
	}
	return list
}

// writePreamble prints what perfdhcp says before it begins.
func writePreamble(w io.Writer, o *Options, args []string) {
	fmt.Fprintf(w, "Running: nestor-perf %s\n", strings.Join(args, " "))
	fmt.Fprintf(w, "Scenario: %s.\n", o.Scenario)
	if o.diagnose('a') {
		writeArguments(w, o)
	}
}

// writeArguments prints the decoded command line (-x a).
func writeArguments(w io.Writer, o *Options) {
	fmt.Fprintf(w, "IPv%d\n", o.family())
	show := func(name string, value any, given bool) {
		if given {
			fmt.Fprintf(w, "%s=%v\n", name, value)
		}
	}
	show("rate[1/s]", o.Rate, o.Rate > 0)
	show("renew-rate[1/s]", o.RenewRate, o.RenewRate > 0)
	show("release-rate[1/s]", o.ReleaseRate, o.ReleaseRate > 0)
	show("in-flight", o.InFlight, o.InFlight > 0)
	show("report[s]", o.ReportEvery.Seconds(), o.ReportEvery > 0)
	show("clients", o.Clients, o.Clients > 0)
	for i := range 2 {
		show(fmt.Sprintf("num-request[%d]", i), o.Requests[i], o.Requests[i] > 0)
	}
	show("test-period", o.Period.Seconds(), o.Period > 0)
	for i := range 2 {
		show(fmt.Sprintf("drop-time[%d]", i), o.DropTime[i].Seconds(), true)
	}
	for i := range 2 {
		show(fmt.Sprintf("max-drop{%d}", i), o.MaxDrop[i], o.MaxDrop[i] > 0)
		show(fmt.Sprintf("max-drop{%d}[%%]", i), o.MaxDropPart[i], o.MaxDropPart[i] > 0)
	}
	show("preload", o.Preload, o.Preload > 0)
	show("base-mac", macText(o.BaseMAC), len(o.MACs) == 0 && o.BaseDUID == nil)
	show("base-duid", hex.EncodeToString(o.BaseDUID), o.BaseDUID != nil)
	show("lease-type", o.Leases, o.V6)
	show("ias", o.IAs, o.V6)
	show("rapid-commit", o.RapidCommit, o.RapidCommit)
	show("encapsulation-level", o.RelayLevels, o.RelayLevels > 0)
	show("mac-list", o.macsFile, o.macsFile != "")
	show("relay-list", o.relaysFile, o.relaysFile != "")
	show("local-addr", o.Local, o.Local != "")
	show("local-port", o.LocalPort, o.LocalPort > 0)
	show("remote-port", o.RemotePort, o.RemotePort > 0)
	show("seed", o.Seed, o.Seed > 0)
	for i := range o.Templates {
		t := &o.Templates[i]
		show("template-file["+fmt.Sprint(i)+"]", o.files[i], true)
		show("xid-offset["+fmt.Sprint(i)+"]", t.XID, true)
		show("rnd-offset["+fmt.Sprint(i)+"]", t.Random, true)
		show("elp-offset", t.Secs, t.Secs >= 0)
		show("sid-offset", t.ServerID, t.ServerID >= 0)
		show("rip-offset", t.Address, t.Address >= 0)
	}
	show("diagnostic-selectors", o.Diagnostics, true)
	show("raw", o.Raw, o.Raw != "")
	show("packet", o.Packet, o.Packet != "")
	show("server", o.Server, o.Server != "")
}

// interim prints a line of numbers every -t seconds.
func (e *engine[B]) interim(now int64) {
	if e.o.ReportEvery == 0 || e.phase == preloading || now < e.nextReport {
		return
	}
	e.nextReport += int64(e.o.ReportEvery)
	if e.o.JSON {
		return
	}
	columns := []struct {
		name  string
		value func(k kind) uint64
	}{
		{"sent", func(k kind) uint64 { return e.tally.stages[k].sent }},
		{"received", func(k kind) uint64 { return e.tally.stages[k].received }},
		{"drops", func(k kind) uint64 { return e.tally.stages[k].drops() }},
		{"rejected", func(k kind) uint64 { return e.tally.stages[k].rejected }},
	}
	inner, outer := "/", "; "
	if e.o.Separator != "" {
		inner, outer = e.o.Separator, e.o.Separator
	}
	var parts []string
	for _, c := range columns {
		var values []string
		for _, k := range e.o.stages() {
			values = append(values, fmt.Sprint(c.value(k)))
		}
		text := strings.Join(values, inner)
		if e.o.Separator == "" {
			text = c.name + ": " + text
		}
		parts = append(parts, text)
	}
	fmt.Fprintln(e.text, strings.Join(parts, outer))
}

// writeReport prints perfdhcp's report, followed by what it does not have.
func (e *engine[B]) writeReport(w io.Writer) {
	o, t := e.o, &e.tally
	if o.diagnose('e') {
		fmt.Fprintln(w, e.reason)
	}
	e.writeRate(w)
	fmt.Fprintf(w, "***Malformed Packets***\nMalformed packets: %d\n", t.malformed)
	for _, k := range o.stages() {
		writeStage(w, o.stageName(k), &t.stages[k])
	}
	fmt.Fprintf(w, "***Packet errors***\ntooshort: %d\norphans: %d\nlocallimit: %d\n\n", t.tooShort, t.orphans(), t.localLimit)
	fmt.Fprintf(w, "***Whole exchanges***\ncompleted: %d\n\n", t.whole.Count())
	writeDelays(w, &t.whole)
	if o.Scenario == Avalanche {
		e.writeAvalanche(w)
	}
	if o.diagnose('i') {
		fmt.Fprintf(w, "Short waits for packets: %d\n", t.waits)
	}
	e.writeDiagnostics(w)
}

func (t *tally) orphans() (n uint64) {
	for k := range kinds {
		n += t.stages[k].orphans
	}
	return n
}

func (e *engine[B]) writeRate(w io.Writer) {
	name := "4-way exchanges"
	if e.o.OfferOnly {
		name = e.o.stageName(kindDiscover)
	}
	fmt.Fprintf(w, "***Rate statistics***\nRate: %.6g %s/second", e.tally.rate(), name)
	if e.o.Rate > 0 {
		fmt.Fprintf(w, ", expected rate: %d\n", e.o.Rate)
	}
	fmt.Fprint(w, "\n")
}

// rate returns the exchanges completed per second.
func (t *tally) rate() float64 {
	if t.elapsed <= 0 {
		return 0
	}
	return float64(t.completed) / t.elapsed.Seconds()
}

func writeStage(w io.Writer, name string, s *stageTally) {
	ratio := 0.0
	if s.sent > 0 {
		ratio = 100 * float64(s.drops()) / float64(s.sent-s.resent)
	}
	fmt.Fprintf(w, "***Statistics for: %s***\n", name)
	fmt.Fprintf(w, "sent packets: %d\nreceived packets: %d\ndrops: %d\ndrops ratio: %.6g %%\n", s.sent, s.received, s.drops(), ratio)
	fmt.Fprintf(w, "orphans: %d\nrejected leases: %d\nnon unique addresses: %d\n\n", s.orphans, s.rejected, s.nonUnique)
	writeDelays(w, &s.delay)
}

// writeDelays prints milliseconds. "collected packets", perfdhcp's count of
// exchanges that it gave up to save memory, is always 0 here.
func writeDelays(w io.Writer, h *Histogram) {
	ms := func(d time.Duration) string {
		if h.Count() == 0 {
			return "n/a"
		}
		return fmt.Sprintf("%.3f ms", float64(d)/1e6)
	}
	fmt.Fprintf(w, "min delay: %s\navg delay: %s\nmax delay: %s\nstd deviation: %s\ncollected packets: 0\n",
		ms(h.Min()), ms(h.Mean()), ms(h.Max()), ms(h.StdDev()))
	fmt.Fprintf(w, "percentiles: p50 %s, p90 %s, p99 %s, p99.9 %s\n\n",
		ms(h.Quantile(0.5)), ms(h.Quantile(0.9)), ms(h.Quantile(0.99)), ms(h.Quantile(0.999)))
}

func (e *engine[B]) writeAvalanche(w io.Writer) {
	var sent, resent, received uint64
	for _, k := range e.o.stages() {
		s := &e.tally.stages[k]
		sent, resent, received = sent+s.sent, resent+s.resent, received+s.received
	}
	d := e.tally.elapsed
	fmt.Fprintf(w, "It took %02d:%02d:%09.6f to provision %d clients.\n",
		int(d.Hours()), int(d.Minutes())%60, (d % time.Minute).Seconds(), e.tally.whole.Count())
	fmt.Fprintf(w, "Requests sent + resent: %d\nRequests resent: %d\nResponses received: %d\n", sent, resent, received)
}

// writeDiagnostics prints what -x asks for at the end.
func (e *engine[B]) writeDiagnostics(w io.Writer) {
	if e.o.diagnose('t') {
		for _, k := range e.o.stages() {
			writeStamps(w, e.o.stageName(k), e.tally.stages[k].stamps)
		}
	}
	if e.o.diagnose('s') && e.tally.firstServer != 0 {
		fmt.Fprintf(w, "Server id: %s\n", e.family.serverText(e.tally.firstServer))
	}
	if e.o.diagnose('T') {
		for i := range e.o.Templates {
			writeTemplate(w, &e.o.Templates[i])
		}
	}
	if e.o.diagnose('l') {
		for _, k := range e.o.stages() {
			e.writeLeases(w, k)
		}
	}
}

func writeStamps(w io.Writer, name string, stamps [][2]int64) {
	fmt.Fprintf(w, "***Timestamps for packets: %s***\n", name)
	if len(stamps) == 0 {
		fmt.Fprintln(w, "Unavailable! No packets received.")
	}
	for _, s := range stamps {
		fmt.Fprintf(w, "sent / received: %06d.%06d / %06d.%06d\n",
			s[0]/1e9, s[0]%1e9/1e3, s[1]/1e9, s[1]%1e9/1e3)
	}
	fmt.Fprintln(w)
}

func writeTemplate(w io.Writer, t *Template) {
	fmt.Fprintf(w, "xid-offset=%d\nrandom-offset=%d\n", t.XID, t.Random)
	for _, f := range []struct {
		name   string
		offset int
	}{{"srvid-offset", t.ServerID}, {"time-offset", t.Secs}, {"ip-offset", t.Address}} {
		if f.offset >= 0 {
			fmt.Fprintf(w, "%s=%d\n", f.name, f.offset)
		}
	}
	fmt.Fprintln(w, "contents: ")
	for at := 0; at < len(t.Bytes); at += 16 {
		fmt.Fprintf(w, "%04x   %s\n", at, hex.EncodeToString(t.Bytes[at:min(at+16, len(t.Bytes))]))
	}
	fmt.Fprintln(w)
}

// writeLeases has perfdhcp's heading, spelling included, since scripts skip it.
func (e *engine[B]) writeLeases(w io.Writer, k kind) {
	fmt.Fprintf(w, "***Leases for %s***\nclient_id,adrress,prefix\n", e.o.stageName(k))
	for i := range e.noted[k] {
		e.family.writeLease(w, e.noted[k][i].mac, &e.noted[k][i].binding)
	}
	fmt.Fprintln(w)
}

func macText(mac uint64) string {
	b := make([]byte, 6)
	putLow(b, mac)
	parts := make([]string, 6)
	for i := range b {
		parts[i] = hex.EncodeToString(b[i : i+1])
	}
	return strings.Join(parts, ":")
}
