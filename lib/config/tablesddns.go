package config

// ddnsScope is the map DhcpDdns (ARM 29.4). It has one keyword that Kea has not:
// ncr-journal.
var ddnsScope = (&scope{name: "DhcpDdns", keywords: merge(
	[]keyword{
		text("ip-address", "127.0.0.1").like(formAddress),
		bounded("port", 1, maxUint16, int64(53001)),
		bounded("dns-server-timeout", 1, maxUint32, int64(500)),
		{name: "ncr-protocol", kind: kindString, def: "UDP", anyCase: true, enum: []string{"UDP", "TCP"}},
		{name: "ncr-format", kind: kindString, def: "JSON", anyCase: true, enum: []string{"JSON"}},
		mapOf("forward-ddns", ddnsCatalogScope("forward-ddns")),
		mapOf("reverse-ddns", ddnsCatalogScope("reverse-ddns")),
		listOf("tsig-keys", tsigKeyScope),
		mapOf("control-socket", ddnsControlSocketScope),
		listOf("control-sockets", ddnsControlSocketScope),
		listOf("hooks-libraries", hookLibraryScope),
		listOf("loggers", loggerScope).notEmpty(),
		text("ncr-journal", ""),
	}, contextKeywords,
), choices: []choice{oneControlSocket}}).build()

var ddnsControlSocketScope = controlSocketScope("127.0.0.1")

// ddnsCatalogScope is the map forward-ddns or reverse-ddns.
func ddnsCatalogScope(name string) *scope {
	return (&scope{name: name, mayBeEmpty: true, keywords: []keyword{
		listOf("ddns-domains", ddnsDomainScope),
	}}).build()
}

var ddnsDomainScope = (&scope{name: "ddns-domains", keywords: merge(
	[]keyword{
		text("name", nil).required(),
		text("key-name", ""),
		listOf("dns-servers", dnsServerScope).notEmpty(),
	}, contextKeywords,
)}).build()

var dnsServerScope = (&scope{name: "dns-servers", keywords: merge(
	[]keyword{
		text("hostname", ""),
		text("ip-address", nil).required().like(formAddress),
		bounded("port", 0, maxUint16, int64(53)),
		text("key-name", ""),
	}, contextKeywords,
)}).build()

var tsigKeyScope = (&scope{name: "tsig-keys", keywords: merge(
	[]keyword{
		text("name", nil).required(),
		{name: "algorithm", kind: kindString, anyCase: true, mandatory: true, enum: tsigAlgorithms},
		bounded("digest-bits", 0, 512, int64(0)),
		text("secret", nil),
		text("secret-file", nil),
	}, contextKeywords,
), choices: []choice{{
	keywords: []string{"secret", "secret-file"},
	missing:  "secret is missing: give secret or secret-file",
}}}).build()

// tsigAlgorithms are the names of ARM 13.3.3.
var tsigAlgorithms = []string{"HMAC-MD5", "HMAC-SHA1", "HMAC-SHA224", "HMAC-SHA256", "HMAC-SHA384", "HMAC-SHA512"}
