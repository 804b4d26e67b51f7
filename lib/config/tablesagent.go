package config

// agentScope is the map Control-agent (ARM 29.3).
var agentScope = (&scope{name: "Control-agent", keywords: merge(
	[]keyword{
		text("http-host", "127.0.0.1").like(formAddress),
		bounded("http-port", 0, maxUint16, int64(8000)),
		mapOf("authentication", authenticationScope),
		mapOf("control-sockets", agentSocketsScope),
		listOf("hooks-libraries", hookLibraryScope),
		listOf("loggers", loggerScope).notEmpty(),
		listOf("http-headers", httpHeaderScope),
	}, tlsKeywords, contextKeywords,
)}).build()

// services are the daemons that the agent forwards to.
var services = []string{"dhcp4", "dhcp6", "d2"}

var agentSocketsScope = (&scope{name: "control-sockets", keywords: []keyword{
	mapOf("dhcp4", agentSocketScope),
	mapOf("dhcp6", agentSocketScope),
	mapOf("d2", agentSocketScope),
}}).build()

var agentSocketScope = (&scope{name: "control-socket", keywords: merge(
	[]keyword{
		oneOf("socket-type", "unix", "unix"),
		text("socket-name", ""),
	}, contextKeywords,
)}).build()
