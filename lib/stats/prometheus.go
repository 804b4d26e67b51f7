package stats

import (
	"iter"
	"strconv"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"nestor/lib/element"
)

// Values are statistics by name with their current values.
type Values iter.Seq2[string, float64]

// Values gives the current values of a daemon's own statistics.
func (r *Registry) Values() Values {
	return func(yield func(string, float64) bool) {
		for i := range r.All() {
			if !yield(i.Name(), i.Float()) {
				return
			}
		}
	}
}

// AnswerValues gives the values in the arguments of a statistic-get-all answer.
// What has not the form of a statistic is passed over.
func AnswerValues(arguments *element.Value) Values {
	return func(yield func(string, float64) bool) {
		if arguments == nil {
			return
		}
		for _, m := range arguments.Members {
			if v, ok := newestValue(m.Value); ok && !yield(m.Key, v) {
				return
			}
		}
	}
}

// newestValue reads the value of the first sample in [ [ value, "time" ], … ].
func newestValue(samples *element.Value) (float64, bool) {
	if samples == nil || len(samples.List) == 0 || samples.List[0] == nil || len(samples.List[0].List) == 0 {
		return 0, false
	}
	switch v := samples.List[0].List[0]; v.Kind {
	case element.Int:
		return float64(v.Int), true
	case element.Real:
		return v.Real, true
	case element.BigInt:
		f, err := strconv.ParseFloat(v.Str, 64)
		return f, err == nil
	}
	return 0, false
}

// SubnetLabels says how a subnet is labelled: its prefix and the name of its
// shared network, both "" where unknown.
type SubnetLabels func(id uint32) (prefix, sharedNetwork string)

// NewCollector makes the Prometheus view of a daemon's statistics under the
// names that dashboards for Kea read. service is dhcp4, dhcp6 or d2. A
// statistic that those dashboards have no name for is shown as
// nestor_statistic{service,name}. values is called at every scrape; subnets may
// be nil.
func NewCollector(service string, values func() Values, subnets SubnetLabels) prometheus.Collector {
	if subnets == nil {
		subnets = func(uint32) (string, string) { return "", "" }
	}
	return &collector{
		service: service, values: values, subnets: subnets,
		names: metricNames[service],
		other: prometheus.NewDesc("nestor_statistic",
			"Statistic of a daemon that has no metric of its own.", []string{"service", "name"}, nil),
	}
}

type collector struct {
	service string
	values  func() Values
	subnets SubnetLabels
	names   names
	other   *prometheus.Desc
}

// Describe sends nothing: which metrics there are depends on the subnets.
func (c *collector) Describe(chan<- *prometheus.Desc) {}

// Collect sends the metrics of all statistics.
func (c *collector) Collect(to chan<- prometheus.Metric) {
	scrape := scrape{collector: c, descs: map[string]*prometheus.Desc{}, labels: map[uint32][]string{}}
	for name, value := range c.values() {
		to <- scrape.metric(name, value)
	}
}

// scrape is one collection; it keeps descriptions and labels that recur.
type scrape struct {
	*collector
	descs  map[string]*prometheus.Desc // by metric name
	labels map[uint32][]string         // by subnet
}

func (s *scrape) metric(name string, value float64) prometheus.Metric {
	p := parseName(name)
	m, ok := s.names[p.level][p.leaf]
	if !ok {
		return prometheus.MustNewConstMetric(s.other, prometheus.GaugeValue, value, s.service, valid(name))
	}
	kind := prometheus.GaugeValue
	if m.counter {
		kind = prometheus.CounterValue
	}
	return prometheus.MustNewConstMetric(s.desc(m, p.level), kind, value, s.labelValues(m, p)...)
}

var labelNames = [...][]string{
	globalLevel: nil,
	subnetLevel: {"subnet", "subnet_id", "prefix", "shared_network"},
	poolLevel:   {"subnet", "subnet_id", "prefix", "shared_network", "pool_id"},
	pdPoolLevel: {"subnet", "subnet_id", "prefix", "shared_network", "pool_id"},
}

func (s *scrape) desc(m metric, l level) *prometheus.Desc {
	if d := s.descs[m.name]; d != nil {
		return d
	}
	labels := labelNames[l]
	if m.operation != "" {
		labels = []string{"operation"}
	}
	d := prometheus.NewDesc("kea_"+s.service+"_"+m.name, m.help, labels, nil)
	s.descs[m.name] = d
	return d
}

func (s *scrape) labelValues(m metric, p parsedName) []string {
	switch {
	case m.operation != "":
		return []string{m.operation}
	case p.level == globalLevel:
		return nil
	}
	labels := s.labels[p.subnet]
	if labels == nil {
		id := strconv.FormatUint(uint64(p.subnet), 10)
		prefix, network := s.subnets(p.subnet)
		subnet := prefix
		if subnet == "" {
			subnet = id
		}
		labels = []string{valid(subnet), id, valid(prefix), valid(network)}
		s.labels[p.subnet] = labels
	}
	if p.level == subnetLevel {
		return labels
	}
	return append(labels[:len(labels):len(labels)], valid(p.pool))
}

// valid is a text as a label may have it: configurations hold any bytes.
func valid(s string) string { return strings.ToValidUTF8(s, "\ufffd") }

// level says what a statistic belongs to.
type level uint8

const (
	globalLevel level = iota
	subnetLevel
	poolLevel
	pdPoolLevel
)

// parsedName is a statistic's name taken apart.
type parsedName struct {
	level  level
	subnet uint32
	pool   string
	leaf   string
}

// parseName reads leaf, subnet[ID].leaf, subnet[ID].pool[PID].leaf and
// subnet[ID].pd-pool[PID].leaf. A name of another form is a global leaf.
func parseName(name string) parsedName {
	global := parsedName{leaf: name}
	id, rest, ok := index(name, "subnet[")
	if !ok {
		return global
	}
	n, err := strconv.ParseUint(id, 10, 32)
	if err != nil {
		return global
	}
	p := parsedName{level: subnetLevel, subnet: uint32(n), leaf: rest}
	if pool, leaf, ok := index(rest, "pool["); ok {
		p.level, p.pool, p.leaf = poolLevel, pool, leaf
	} else if pool, leaf, ok := index(rest, "pd-pool["); ok {
		p.level, p.pool, p.leaf = pdPoolLevel, pool, leaf
	}
	return p
}

// index takes word and an index up to "]." off the front of s.
func index(s, word string) (id, rest string, ok bool) {
	s, ok = strings.CutPrefix(s, word)
	if !ok {
		return "", "", false
	}
	return strings.Cut(s, "].")
}
