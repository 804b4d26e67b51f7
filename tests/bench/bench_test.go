package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nestor/lib/config"
	"nestor/lib/element"
	"nestor/tests/peers"
	"nestor/tests/require"
)

func TestCommandLine(t *testing.T) {
	t.Chdir(peers.Root())
	for _, c := range []struct{ line, fault string }{
		{"-quick", ""},
		{"-sections reload -in-flight 4,8 -repeat 3", ""},
		{"-in-flight 4,x", "no number of clients"},
		{"-in-flight 0", "no number of clients"},
		{"throughput", "is no flag"},
		{"-sections reload,nothing", `there is no "nothing"`},
	} {
		s, err := parse(strings.Fields(c.line))
		if c.fault == "" {
			if err != nil || !filepath.IsAbs(s.bin) {
				t.Errorf("%q: %v", c.line, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), c.fault) {
			t.Errorf("%q: want an error with %q, got %v", c.line, c.fault, err)
		}
	}
}

func TestStoreRows(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		owner  subject
		expire int // column
		want   string
	}{
		{subject{poolID: true}, 4, "10.0.1.0,02:00:00:00:01:00,01:02:00:00:00:01:00,100000,EXPIRE,1,0,0,host-0000256.example.org,0,,0"},
		{subject{}, 4, "10.0.1.0,02:00:00:00:01:00,01:02:00:00:00:01:00,100000,EXPIRE,1,0,0,host-0000256.example.org,0,"},
		{subject{poolID: true, v6: true}, 3, "2001:db8::1:0:100,00:03:00:01:02:00:00:00:01:00,100000,EXPIRE,1,100000,0,1,128,0,0,host-0000256.example.org,02:00:00:00:01:00,0,,1,2,0"},
		{subject{v6: true}, 3, "2001:db8::1:0:100,00:03:00:01:02:00:00:00:01:00,100000,EXPIRE,1,100000,0,1,128,0,0,host-0000256.example.org,02:00:00:00:01:00,0,,1,2"},
	} {
		s := store{n: 300, names: true}
		file := filepath.Join(dir, "leases4.csv")
		if err := s.install(dir, file, &c.owner); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		if len(lines) != 301 {
			t.Fatalf("%d lines, want a header and 300 leases", len(lines))
		}
		fields := strings.Split(lines[257], ",")
		fields[c.expire] = "EXPIRE"
		if got := strings.Join(fields, ","); got != c.want {
			t.Errorf("row is  %s\nwant    %s", got, c.want)
		}
		if len(fields) != len(strings.Split(lines[0], ",")) {
			t.Errorf("%d columns under %q", len(fields), lines[0])
		}
	}
}

func TestConfigCounts(t *testing.T) {
	p := plan{threads: 2, subnets: 300, reservations: 20, way: direct, fsync: true}
	text, err := p.config("/run/x")
	if err != nil {
		t.Fatal(err)
	}
	var c struct {
		Dhcp4 struct {
			Subnet4 []struct {
				Subnet       string
				Reservations []any
			}
			Interfaces struct {
				Kind string `json:"dhcp-socket-type"`
			} `json:"interfaces-config"`
			Database map[string]any `json:"lease-database"`
		}
	}
	if err := json.Unmarshal(text, &c); err != nil {
		t.Fatal(err)
	}
	d := c.Dhcp4
	if len(d.Subnet4) != 301 || len(d.Subnet4[0].Reservations) != 20 || d.Subnet4[300].Subnet != "20.1.43.0/24" {
		t.Errorf("%d subnets, %d reservations, last %q", len(d.Subnet4), len(d.Subnet4[0].Reservations), d.Subnet4[len(d.Subnet4)-1].Subnet)
	}
	if d.Interfaces.Kind != "raw" || d.Database["durability"] != "fsync" {
		t.Errorf("socket type %q, database %v", d.Interfaces.Kind, d.Database)
	}
}

func TestConfig6(t *testing.T) {
	p := plan{threads: 2, fsync: true}
	text, err := p.config6("/run/x")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := element.ParseWire(text)
	if err != nil {
		t.Fatal(err)
	}
	cfg, _, err := config.LoadDhcp6(doc, config.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(cfg.Subnets) != 1 || len(cfg.Subnets[0].Pools) != 1 || cfg.LeaseDatabase.Name != "/run/x/leases6.csv" {
		t.Errorf("subnets %v, leases in %q", cfg.Subnets, cfg.LeaseDatabase.Name)
	}
}

func TestRichConfig(t *testing.T) {
	p := plan{threads: -1, rich: &rich}
	text, err := p.config("/run/x")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := element.ParseWire(text)
	if err != nil {
		t.Fatal(err)
	}
	cfg, _, err := config.LoadDhcp4(doc, config.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(cfg.Classes) != rich.classes || len(cfg.Options) != rich.options || len(cfg.SharedNetworks) != 1 || len(cfg.Subnets) != 0 {
		t.Errorf("%d classes, %d options, %d networks, %d subnets beside", len(cfg.Classes), len(cfg.Options), len(cfg.SharedNetworks), len(cfg.Subnets))
	}
	if n := len(cfg.SharedNetworks[0].Subnets); n != rich.subnets {
		t.Errorf("%d subnets in the network, want %d", n, rich.subnets)
	}
	if got := strings.Join(p.flags(), " "); !strings.HasPrefix(got, "-4 -o 60,4d53465420352e30 -o 55,060f1c02") {
		t.Errorf("flags %q", got)
	}
	if (&plan{}).flags() != nil {
		t.Error("plain clients send more than their own options")
	}
}

func TestGoals(t *testing.T) {
	b := &bench{}
	b.aim("faster", 90, 10, true, 8)
	b.aim("cheaper", 10, 90, false, 0.125)
	b.aim("slower", 70, 10, true, 8)
	b.aim("not measured", 0, 10, true, 8)
	if len(b.goals) != 3 || !b.goals[0].met() || !b.goals[1].met() || b.goals[2].met() {
		t.Errorf("goals %+v", b.goals)
	}
}

func TestProcessReadings(t *testing.T) {
	self := process(os.Getpid())
	if rss, err := self.rss(); err != nil || rss < 1<<20 {
		t.Errorf("memory %d, %v", rss, err)
	}
	before, err := self.cpu()
	if err != nil {
		t.Fatal(err)
	}
	for begun := time.Now(); time.Since(begun) < 50*time.Millisecond; { // burn
	}
	if after, err := self.cpu(); err != nil || after <= before {
		t.Errorf("CPU time went from %v to %v, %v", before, after, err)
	}
	if h, err := syncLatency(filepath.Join(t.TempDir(), "disk"), 3); err != nil || h.Count() != 3 {
		t.Errorf("disk: %v", err)
	}
}

// The whole way with the one server that needs nothing: namespaces, start,
// load, readings.
func TestMeasureResponder(t *testing.T) {
	if os.Geteuid() != 0 {
		require.Skip(t, "network namespaces need root")
	}
	root, bin := peers.Root(), t.TempDir()
	build := exec.Command("go", "build", "-buildvcs=false", "-o", bin, "./cmd/nestor-perf")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	b, err := newBench(&settings{root: root, bin: bin, window: 100 * time.Millisecond, repeat: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer b.close()
	for w, name := range map[way]string{relayed: responder, direct: responder, relayed6: responder6} {
		r, err := b.measure(t.Context(), b.subject(name), plan{way: w}, 4)
		if err != nil {
			t.Fatal(err)
		}
		if r.Completed < 100 || r.perExchange() <= 0 || lost(r) > 0 || r.Raw != (w == direct) || (r.Family == 6) != (w == relayed6) {
			t.Errorf("%v: %d exchanges, %v CPU each, %d lost", w, r.Completed, r.perExchange(), lost(r))
		}
	}
}
