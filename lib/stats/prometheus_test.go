package stats

import (
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/expfmt"
)

// labels knows one subnet in a shared network, and one outside.
func labels(id uint32) (prefix, network string) {
	switch id {
	case 1:
		return "192.0.2.0/24", "floor1"
	case 2:
		return "2001:db8::/64", ""
	}
	return "", ""
}

// exposition is what a scrape of the collector gives, without comments.
func exposition(t *testing.T, c prometheus.Collector) []string {
	t.Helper()
	reg := prometheus.NewPedanticRegistry()
	if err := reg.Register(c); err != nil {
		t.Fatal(err)
	}
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, f := range families {
		if _, err := expfmt.MetricFamilyToText(&text, f); err != nil {
			t.Fatal(err)
		}
	}
	var lines []string
	for line := range strings.Lines(text.String()) {
		if !strings.HasPrefix(line, "#") {
			lines = append(lines, strings.TrimSuffix(line, "\n"))
		}
	}
	return lines
}

func TestMetricNames(t *testing.T) {
	const (
		one  = `prefix="192.0.2.0/24",shared_network="floor1",subnet="192.0.2.0/24",subnet_id="1"`
		two  = `prefix="2001:db8::/64",shared_network="",subnet="2001:db8::/64",subnet_id="2"`
		nine = `prefix="",shared_network="",subnet="9",subnet_id="9"`
	)
	for _, tc := range []struct{ service, statistic, want string }{
		{"dhcp4", "pkt4-discover-received", `kea_dhcp4_packets_received_total{operation="discover"}`},
		{"dhcp4", "pkt4-offer-received", `kea_dhcp4_packets_received_total{operation="offer"}`},
		{"dhcp4", "pkt4-request-received", `kea_dhcp4_packets_received_total{operation="request"}`},
		{"dhcp4", "pkt4-ack-received", `kea_dhcp4_packets_received_total{operation="ack"}`},
		{"dhcp4", "pkt4-nak-received", `kea_dhcp4_packets_received_total{operation="nak"}`},
		{"dhcp4", "pkt4-release-received", `kea_dhcp4_packets_received_total{operation="release"}`},
		{"dhcp4", "pkt4-decline-received", `kea_dhcp4_packets_received_total{operation="decline"}`},
		{"dhcp4", "pkt4-inform-received", `kea_dhcp4_packets_received_total{operation="inform"}`},
		{"dhcp4", "pkt4-unknown-received", `kea_dhcp4_packets_received_total{operation="unknown"}`},
		{"dhcp4", "pkt4-receive-drop", `kea_dhcp4_packets_received_total{operation="drop"}`},
		{"dhcp4", "pkt4-parse-failed", `kea_dhcp4_packets_received_total{operation="parse-failed"}`},
		{"dhcp4", "pkt4-offer-sent", `kea_dhcp4_packets_sent_total{operation="offer"}`},
		{"dhcp4", "pkt4-ack-sent", `kea_dhcp4_packets_sent_total{operation="ack"}`},
		{"dhcp4", "pkt4-nak-sent", `kea_dhcp4_packets_sent_total{operation="nak"}`},
		{"dhcp4", "declined-addresses", `kea_dhcp4_global4_addresses_declined_total`},
		{"dhcp4", "reclaimed-declined-addresses", `kea_dhcp4_global4_addresses_declined_reclaimed_total`},
		{"dhcp4", "reclaimed-leases", `kea_dhcp4_global4_addresses_reclaimed_total`},
		{"dhcp4", "v4-allocation-fail", `kea_dhcp4_global4_allocation_fail_total`},
		{"dhcp4", "v4-allocation-fail-shared-network", `kea_dhcp4_global4_allocation_fail_shared_network_total`},
		{"dhcp4", "v4-allocation-fail-subnet", `kea_dhcp4_global4_allocation_fail_subnet_total`},
		{"dhcp4", "v4-allocation-fail-no-pools", `kea_dhcp4_global4_allocation_fail_no_pools_total`},
		{"dhcp4", "v4-allocation-fail-classes", `kea_dhcp4_global4_allocation_fail_classes_total`},
		{"dhcp4", "cumulative-assigned-addresses", `kea_dhcp4_global4_cumulative_addresses_assigned_total`},
		{"dhcp4", "v4-lease-reuses", `kea_dhcp4_global4_lease_reuses_total`},
		{"dhcp4", "v4-reservation-conflicts", `kea_dhcp4_global4_reservation_conflicts_total`},
		{"dhcp4", "subnet[1].total-addresses", `kea_dhcp4_addresses_total{` + one + `}`},
		{"dhcp4", "subnet[1].assigned-addresses", `kea_dhcp4_addresses_assigned_total{` + one + `}`},
		{"dhcp4", "subnet[1].declined-addresses", `kea_dhcp4_addresses_declined_total{` + one + `}`},
		{"dhcp4", "subnet[1].reclaimed-declined-addresses", `kea_dhcp4_addresses_declined_reclaimed_total{` + one + `}`},
		{"dhcp4", "subnet[1].reclaimed-leases", `kea_dhcp4_addresses_reclaimed_total{` + one + `}`},
		{"dhcp4", "subnet[1].cumulative-assigned-addresses", `kea_dhcp4_cumulative_addresses_assigned_total{` + one + `}`},
		{"dhcp4", "subnet[1].v4-allocation-fail-no-pools", `kea_dhcp4_allocation_fail_no_pools_total{` + one + `}`},
		{"dhcp4", "subnet[1].v4-lease-reuses", `kea_dhcp4_lease_reuses_total{` + one + `}`},
		{"dhcp4", "subnet[9].v4-reservation-conflicts", `kea_dhcp4_reservation_conflicts_total{` + nine + `}`},
		{"dhcp4", "subnet[1].pool[3].total-addresses", `kea_dhcp4_pool_addresses_total{pool_id="3",` + one + `}`},
		{"dhcp4", "subnet[1].pool[3].assigned-addresses", `kea_dhcp4_pool_addresses_assigned_total{pool_id="3",` + one + `}`},
		{"dhcp4", "subnet[1].pool[3].declined-addresses", `kea_dhcp4_pool_addresses_declined_total{pool_id="3",` + one + `}`},
		{"dhcp4", "subnet[1].pool[3].reclaimed-declined-addresses", `kea_dhcp4_pool_addresses_declined_reclaimed_total{pool_id="3",` + one + `}`},
		{"dhcp4", "subnet[1].pool[3].reclaimed-leases", `kea_dhcp4_pool_addresses_reclaimed_total{pool_id="3",` + one + `}`},
		{"dhcp6", "pkt6-infrequest-received", `kea_dhcp6_packets_received_total{operation="infrequest"}`},
		{"dhcp6", "pkt6-reply-sent", `kea_dhcp6_packets_sent_total{operation="reply"}`},
		{"dhcp6", "pkt6-dhcpv4-query-received", `kea_dhcp6_packets_received_dhcp4_total{operation="query"}`},
		{"dhcp6", "pkt6-dhcpv4-response-sent", `kea_dhcp6_packets_sent_dhcp4_total{operation="response"}`},
		{"dhcp6", "v6-allocation-fail-classes", `kea_dhcp6_global6_allocation_fail_classes_total`},
		{"dhcp6", "cumulative-assigned-nas", `kea_dhcp6_global6_cumulative_nas_assigned_total`},
		{"dhcp6", "v6-ia-pd-lease-reuses", `kea_dhcp6_global6_ia_pd_lease_reuses_total`},
		{"dhcp6", "subnet[2].total-nas", `kea_dhcp6_na_total{` + two + `}`},
		{"dhcp6", "subnet[2].assigned-pds", `kea_dhcp6_pd_assigned_total{` + two + `}`},
		{"dhcp6", "subnet[2].cumulative-assigned-pds", `kea_dhcp6_cumulative_pds_assigned_total{` + two + `}`},
		{"dhcp6", "subnet[2].pool[0].assigned-nas", `kea_dhcp6_pool_na_assigned_total{pool_id="0",` + two + `}`},
		{"dhcp6", "subnet[2].pd-pool[4].total-pds", `kea_dhcp6_pool_pd_total{pool_id="4",` + two + `}`},
		// What those dashboards have no name for.
		{"dhcp4", "pkt4-received", `nestor_statistic{name="pkt4-received",service="dhcp4"}`},
		{"dhcp4", "subnet[1].odd", `nestor_statistic{name="subnet[1].odd",service="dhcp4"}`},
		{"dhcp4", "subnet[x].total-addresses", `nestor_statistic{name="subnet[x].total-addresses",service="dhcp4"}`},
		{"d2", "ncr-received", `nestor_statistic{name="ncr-received",service="d2"}`},
	} {
		t.Run(tc.service+" "+tc.statistic, func(t *testing.T) {
			r, _ := newTest()
			r.Int(tc.statistic).Set(42, start)
			got := exposition(t, NewCollector(tc.service, r.Values, labels))
			if len(got) != 1 || got[0] != tc.want+" 42" {
				t.Errorf("got %q, want %s 42", got, tc.want)
			}
		})
	}
}

func TestCollectorTogether(t *testing.T) {
	r, _ := newTest()
	for _, name := range []string{"pkt4-received", "pkt4-ack-sent", "pkt4-nak-sent", "subnet[1].total-addresses", "subnet[9].total-addresses", "subnet[1].pool[0].total-addresses"} {
		r.Int(name)
	}
	r.Lazy("subnet[1].v4-allocation-fail")
	c := NewCollector("dhcp4", r.Values, nil)
	want := exposition(t, c)
	if len(want) != 6 {
		t.Errorf("%d metrics: %q", len(want), want)
	}
	t.Run("the same from an answer", func(t *testing.T) {
		answer := commands{r}.getAll(t.Context(), nil).Args
		got := exposition(t, NewCollector("dhcp4", func() Values { return AnswerValues(answer) }, nil))
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}
