package config

// The maps here are the same for both DHCP servers.

// serverKeywords are those of global scope that both servers have, beside the
// ones of networks: what listens, stores, logs and is managed.
func serverKeywords(controlSocket, queueControl *scope) []keyword {
	return []keyword{
		mapOf("lease-database", leaseDatabaseScope),
		mapOf("hosts-database", hostsDatabaseScope),
		listOf("hosts-databases", hostsDatabaseScope),
		mapOf("expired-leases-processing", expiredLeasesScope),
		mapOf("control-socket", controlSocket),
		listOf("control-sockets", controlSocket),
		listOf("hooks-libraries", hookLibraryScope),
		listOf("loggers", loggerScope).notEmpty(),
		mapOf("multi-threading", multiThreadingScope),
		mapOf("dhcp-queue-control", queueControl),
		mapOf("dhcp-ddns", dhcpDDNSScope),
		mapOf("sanity-checks", sanityChecksScope),
		mapOf("config-control", configControlScope),

		integer("decline-probation-period", int64(86400)),
		boolean("early-global-reservations-lookup", false),
		boolean("reservations-lookup-first", false),
		boolean("ip-reservations-unique", true),
		integer("statistic-default-sample-count", int64(20)),
		integer("statistic-default-sample-age", int64(0)),
		integer("parked-packet-limit", int64(256)),
		// The second port is the one after it.
		bounded("dhcp4o6-port", 0, maxUint16-1, int64(0)),
		text("server-tag", ""),
	}
}

// identifiers is host-reservation-identifiers: the kinds that there are, and those
// that are looked for by default.
func identifiers(all []string, def ...string) keyword {
	return keyword{name: "host-reservation-identifiers", kind: kindStrings, oneOrMore: true, enum: all, def: def}
}

// interfaceKeywords are those of interfaces-config.
var interfaceKeywords = merge([]keyword{
	texts("interfaces"),
	boolean("re-detect", true),
	boolean("service-sockets-require-all", false),
	integer("service-sockets-max-retries", int64(0)),
	integer("service-sockets-retry-wait-time", int64(5000)),
}, contextKeywords)

var expiredLeasesScope = (&scope{name: "expired-leases-processing", keywords: []keyword{
	bounded("reclaim-timer-wait-time", 0, maxUint16, int64(10)),
	bounded("flush-reclaimed-timer-wait-time", 0, maxUint16, int64(25)),
	integer("hold-reclaimed-time", int64(3600)),
	integer("max-reclaim-leases", int64(100)),
	bounded("max-reclaim-time", 0, 10000, int64(250)),
	bounded("unwarned-reclaim-cycles", 0, maxUint16, int64(5)),
}}).build()

var multiThreadingScope = (&scope{name: "multi-threading", keywords: merge(
	[]keyword{
		boolean("enable-multi-threading", true),
		bounded("thread-pool-size", 0, maxUint16, int64(0)),
		bounded("packet-queue-size", 0, maxUint16, int64(64)),
	}, contextKeywords,
)}).build()

// queueControlScope alone takes keys that nobody knows: they are for queues that
// hooks bring (ARM 12).
func queueControlScope(queueType string) *scope {
	return (&scope{name: "dhcp-queue-control", open: true, keywords: merge(
		[]keyword{
			boolean("enable-queue", false),
			text("queue-type", queueType),
			integer("capacity", int64(64)),
		}, contextKeywords,
	)}).build()
}

var dhcpDDNSScope = (&scope{name: "dhcp-ddns", keywords: merge(
	[]keyword{
		boolean("enable-updates", false).required(),
		text("server-ip", "127.0.0.1").like(formAddress),
		bounded("server-port", 0, maxUint16, int64(53001)),
		text("sender-ip", "").like(formSender),
		bounded("sender-port", 0, maxUint16, int64(0)),
		integer("max-queue-size", int64(1024)),
		{name: "ncr-protocol", kind: kindString, def: "UDP", anyCase: true, enum: []string{"UDP", "TCP"}},
		{name: "ncr-format", kind: kindString, def: "JSON", anyCase: true, enum: []string{"JSON"}},
	}, contextKeywords,
)}).build()

var sanityChecksScope = (&scope{name: "sanity-checks", keywords: []keyword{
	oneOf("lease-checks", "warn", "none", "warn", "fix", "fix-del", "del"),
	oneOf("extended-info-checks", "fix", "none", "fix", "strict", "pedantic"),
}}).build()
