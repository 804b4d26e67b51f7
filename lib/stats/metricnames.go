package stats

// metric is what a statistic is called in Prometheus, behind kea_<service>_.
type metric struct {
	name      string
	operation string // label of that name, of the packet counters
	counter   bool   // the value only grows
	help      string
}

// names are the metrics of a service by level and last name part.
type names [pdPoolLevel + 1]map[string]metric

// metricNames are the names that the common Grafana boards for Kea read; they
// go back to the exporter of Stork.
var metricNames = map[string]names{
	"dhcp4": {
		globalLevel: merge(
			packets(receivedPackets, "packets_received_total", "pkt4-", map[string]string{
				"discover-received": "discover", "offer-received": "offer", "request-received": "request",
				"ack-received": "ack", "nak-received": "nak", "release-received": "release",
				"decline-received": "decline", "inform-received": "inform", "unknown-received": "unknown",
				"receive-drop": "drop", "parse-failed": "parse-failed",
			}),
			packets(sentPackets, "packets_sent_total", "pkt4-", map[string]string{
				"offer-sent": "offer", "ack-sent": "ack", "nak-sent": "nak",
			}),
			prefixed("global4_", common, failures("v4-"), map[string]metric{
				"cumulative-assigned-addresses": counter("cumulative_addresses_assigned_total", "Leases ever assigned."),
				"v4-lease-reuses":               counter("lease_reuses_total", "Leases reused from the cache."),
				"v4-reservation-conflicts":      counter("reservation_conflicts_total", "Reserved addresses found in use by others."),
			}),
		),
		subnetLevel: merge(common, failures("v4-"), map[string]metric{
			"total-addresses":               gauge("addresses_total", "Addresses in the pools."),
			"assigned-addresses":            gauge("addresses_assigned_total", "Addresses with a lease."),
			"cumulative-assigned-addresses": counter("cumulative_addresses_assigned_total", "Leases ever assigned."),
			"v4-lease-reuses":               counter("lease_reuses_total", "Leases reused from the cache."),
			"v4-reservation-conflicts":      counter("reservation_conflicts_total", "Reserved addresses found in use by others."),
		}),
		poolLevel: prefixed("pool_", common, map[string]metric{
			"total-addresses":    gauge("addresses_total", "Addresses in the pool."),
			"assigned-addresses": gauge("addresses_assigned_total", "Addresses with a lease."),
		}),
	},
	"dhcp6": {
		globalLevel: merge(
			packets(receivedPackets, "packets_received_total", "pkt6-", map[string]string{
				"solicit-received": "solicit", "advertise-received": "advertise", "request-received": "request",
				"reply-received": "reply", "renew-received": "renew", "rebind-received": "rebind",
				"release-received": "release", "decline-received": "decline", "infrequest-received": "infrequest",
				"unknown-received": "unknown", "receive-drop": "drop", "parse-failed": "parse-failed",
			}),
			packets(sentPackets, "packets_sent_total", "pkt6-", map[string]string{
				"advertise-sent": "advertise", "reply-sent": "reply",
			}),
			packets("DHCPv4-over-DHCPv6 packets received.", "packets_received_dhcp4_total", "pkt6-dhcpv4-", map[string]string{
				"query-received": "query", "response-received": "response",
			}),
			packets("DHCPv4-over-DHCPv6 packets sent.", "packets_sent_dhcp4_total", "pkt6-dhcpv4-", map[string]string{
				"query-sent": "query", "response-sent": "response",
			}),
			prefixed("global6_", common, failures("v6-"), map[string]metric{
				"cumulative-assigned-nas": counter("cumulative_nas_assigned_total", "Addresses ever assigned."),
				"cumulative-assigned-pds": counter("cumulative_pds_assigned_total", "Prefixes ever assigned."),
				"v6-ia-na-lease-reuses":   counter("ia_na_lease_reuses_total", "Address leases reused from the cache."),
				"v6-ia-pd-lease-reuses":   counter("ia_pd_lease_reuses_total", "Prefix leases reused from the cache."),
			}),
		),
		subnetLevel: merge(common, failures("v6-"), map[string]metric{
			"total-nas":               gauge("na_total", "Addresses in the pools."),
			"assigned-nas":            gauge("na_assigned_total", "Addresses with a lease."),
			"total-pds":               gauge("pd_total", "Prefixes in the pools."),
			"assigned-pds":            gauge("pd_assigned_total", "Prefixes with a lease."),
			"cumulative-assigned-nas": counter("cumulative_nas_assigned_total", "Addresses ever assigned."),
			"cumulative-assigned-pds": counter("cumulative_pds_assigned_total", "Prefixes ever assigned."),
		}),
		poolLevel: prefixed("pool_", common, map[string]metric{
			"total-nas":    gauge("na_total", "Addresses in the pool."),
			"assigned-nas": gauge("na_assigned_total", "Addresses with a lease."),
		}),
		pdPoolLevel: prefixed("pool_", map[string]metric{
			"total-pds":    gauge("pd_total", "Prefixes in the pool."),
			"assigned-pds": gauge("pd_assigned_total", "Prefixes with a lease."),
		}),
	},
}

const (
	receivedPackets = "Packets received."
	sentPackets     = "Packets sent."
)

// common are the statistics that both families have at every level.
var common = map[string]metric{
	"declined-addresses":           gauge("addresses_declined_total", "Addresses declined by clients."),
	"reclaimed-declined-addresses": counter("addresses_declined_reclaimed_total", "Declined addresses that came back."),
	"reclaimed-leases":             counter("addresses_reclaimed_total", "Expired leases reclaimed."),
}

func failures(family string) map[string]metric {
	const help = "Clients that could be given nothing."
	return map[string]metric{
		family + "allocation-fail":                counter("allocation_fail_total", help),
		family + "allocation-fail-shared-network": counter("allocation_fail_shared_network_total", help),
		family + "allocation-fail-subnet":         counter("allocation_fail_subnet_total", help),
		family + "allocation-fail-no-pools":       counter("allocation_fail_no_pools_total", help),
		family + "allocation-fail-classes":        counter("allocation_fail_classes_total", help),
	}
}

func gauge(name, help string) metric   { return metric{name: name, help: help} }
func counter(name, help string) metric { return metric{name: name, counter: true, help: help} }

// packets makes the metrics of one packet counter, an operation each.
func packets(help, name, prefix string, operations map[string]string) map[string]metric {
	all := map[string]metric{}
	for statistic, operation := range operations {
		all[prefix+statistic] = metric{name: name, operation: operation, counter: true, help: help}
	}
	return all
}

func prefixed(prefix string, tables ...map[string]metric) map[string]metric {
	all := merge(tables...)
	for statistic, m := range all {
		m.name = prefix + m.name
		all[statistic] = m
	}
	return all
}

func merge(tables ...map[string]metric) map[string]metric {
	all := map[string]metric{}
	for _, t := range tables {
		for statistic, m := range t {
			all[statistic] = m
		}
	}
	return all
}
