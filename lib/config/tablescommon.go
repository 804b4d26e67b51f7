package config

// The maps here are the same for every daemon.

var databaseKeywords = []keyword{
	text("name", ""),
	text("host", ""),
	text("user", ""),
	text("password", ""),
	bounded("port", 0, maxUint16, int64(0)),
	boolean("persist", true),
	integer("lfc-interval", int64(3600)),
	integer("max-row-errors", int64(0)),
	boolean("readonly", false),
	integer("connect-timeout", int64(5)),
	integer("read-timeout", int64(0)),
	integer("write-timeout", int64(0)),
	integer("tcp-user-timeout", int64(0)),
	integer("max-reconnect-tries", int64(0)),
	integer("reconnect-wait-time", int64(0)),
	oneOf("on-fail", "stop-retry-exit", "stop-retry-exit", "serve-retry-exit", "serve-retry-continue"),
	boolean("retry-on-startup", false),
	text("trust-anchor", ""),
	text("cert-file", ""),
	text("key-file", ""),
	text("cipher-list", ""),
}

// leaseDatabaseScope has one keyword that Kea has not: durability says what a
// lease acknowledged to a client survives, the end of the process ("written") or
// a power cut ("fsync").
var leaseDatabaseScope = (&scope{name: "lease-database", keywords: merge(
	[]keyword{
		oneOf("type", nil, "memfile", "mysql", "postgresql").required(),
		oneOf("durability", "written", "written", "fsync"),
	}, databaseKeywords,
)}).build()

var hostsDatabaseScope = (&scope{name: "hosts-database", keywords: merge(
	[]keyword{oneOf("type", nil, "mysql", "postgresql").required()}, databaseKeywords,
)}).build()

var configDatabaseScope = (&scope{name: "config-database", keywords: merge(
	[]keyword{oneOf("type", nil, "mysql", "postgresql").required()}, databaseKeywords,
)}).build()

var configControlScope = (&scope{name: "config-control", keywords: []keyword{
	listOf("config-databases", configDatabaseScope),
	bounded("config-fetch-wait-time", 0, maxUint16, int64(30)),
}}).build()

// hookLibraryScope may have no user-context (ARM 29).
var hookLibraryScope = (&scope{name: "hooks-libraries", keywords: []keyword{
	text("library", nil).required(),
	{name: "parameters", kind: kindFree},
}}).build()

var loggerScope = (&scope{name: "loggers", keywords: merge(
	[]keyword{
		text("name", nil).required(),
		text("severity", nil),
		bounded("debuglevel", 0, maxUint16, nil),
		listOf("output-options", logOutputScope).spelled("output_options").notEmpty(),
	}, contextKeywords,
)}).build()

var logOutputScope = (&scope{name: "output-options", keywords: []keyword{
	text("output", nil).required(),
	boolean("flush", true),
	bounded("maxsize", 0, 1<<51, int64(10240000)),
	bounded("maxver", 0, maxUint16, int64(1)),
	text("pattern", ""),
}}).build()

var oneControlSocket = choice{keywords: []string{"control-socket", "control-sockets"}}

func controlSocketScope(address string) *scope {
	return (&scope{name: "control-socket", keywords: merge(
		[]keyword{
			oneOf("socket-type", nil, "unix", "http", "https").required(),
			text("socket-name", nil),
			text("socket-address", address).like(formAddress),
			bounded("socket-port", 0, maxUint16, int64(8000)),
			mapOf("authentication", authenticationScope),
			listOf("http-headers", httpHeaderScope),
		}, tlsKeywords, contextKeywords,
	)}).build()
}

// tlsKeywords are those of a listener: the three files go together (ARM 23.1).
var tlsKeywords = []keyword{
	text("trust-anchor", ""),
	text("cert-file", ""),
	text("key-file", ""),
	boolean("cert-required", true),
}

// httpHeaderScope is of Kea 2.7.8 and later.
var httpHeaderScope = (&scope{name: "http-headers", keywords: merge(
	[]keyword{
		text("name", nil).required(),
		text("value", nil).required(),
	}, contextKeywords,
)}).build()

var authenticationScope = (&scope{name: "authentication", keywords: merge(
	[]keyword{
		oneOf("type", nil, "basic").required(),
		text("realm", nil),
		text("directory", ""),
		listOf("clients", authClientScope),
	}, contextKeywords,
)}).build()

var authClientScope = (&scope{name: "clients", keywords: merge(
	[]keyword{
		text("user", nil),
		text("user-file", nil),
		text("password", nil),
		text("password-file", nil),
	}, contextKeywords,
), choices: []choice{{keywords: []string{"user", "user-file"}}, {keywords: []string{"password", "password-file"}}}}).build()
