package dhcp6

import "nestor/lib/explain"

// The decisions that only explanations of this family tell of. Their keys are relied
// upon by programs; a key that DHCPv4 has too means the same.
var (
	whyServerIDMade = &explain.Decision{Step: explain.State, Key: "server-id-made-up", Text: "the server identifier {server-id}, made up: that of the server is in the file kea-dhcp6-serverid beside its leases, give the directory by --leases"}

	whyReceived = &explain.Decision{Step: explain.Receive, Key: "received", Text: "{message-type} (xid {xid}) from {source} port {source-port} to {destination}, interface {interface}"}
	whyClient   = &explain.Decision{Step: explain.Receive, Key: "client", Text: "the client has the identifier {client-id} and the hardware address {hw-address}{hw-source}"}
	whyRelayed  = &explain.Decision{Step: explain.Receive, Key: "relayed", Text: "it came over a relay with the link address {link-address}, which had it from {peer-address}; interface-id {interface-id}"}
	whySkipped  = &explain.Decision{Step: explain.Receive, Key: "options-skipped", Text: "options that cannot be read are left out: {error}"}
	whyManyIAs  = &explain.Decision{Step: explain.Receive, Key: "too-many-ias", Text: "it has more identity associations than are served, only the first {count} are"}

	whyForwards   = &explain.Decision{Step: explain.Checks, Key: "forwarded", Text: "it is passed on to the DHCPv4 server of this host (dhcp4o6-port {port}), whose answer goes to the client"}
	whyForwardOff = &explain.Decision{Step: explain.Checks, Key: "forwarding-off", Text: "it is for a DHCPv4 server, and there is none to pass it on to: dhcp4o6-port is 0"}

	whyByInterfaceID = &explain.Decision{Step: explain.Subnet, Key: "subnet-by-interface-id", Text: "by the interface-id {value} of the relay nearest to the client, which subnets and shared networks name:"}
	whyByRelay       = &explain.Decision{Step: explain.Subnet, Key: "subnet-by-relay", Text: "by the relays that subnets and shared networks name, the link address is {address}:"}
	whyByLink        = &explain.Decision{Step: explain.Subnet, Key: "subnet-by-link", Text: "by the prefix that the link address {address} lies in:"}
	whyBySource      = &explain.Decision{Step: explain.Subnet, Key: "subnet-by-source", Text: "by the prefix that the source {address} lies in:"}

	whyOffers       = &explain.Decision{Step: explain.Address, Key: "offers", Text: "the client looks for servers: it is told what it could have, and nothing is stored"}
	whyRapid        = &explain.Decision{Step: explain.Address, Key: "rapid-commit", Text: "client and subnet agree on rapid commit: the client gets its leases at once"}
	whyNoRapid      = &explain.Decision{Step: explain.Address, Key: "rapid-commit-off", Text: "the client would take its leases at once, but rapid-commit of its subnet is off"}
	whyNoIA         = &explain.Decision{Step: explain.Address, Key: "no-ia", Text: "the client asks for neither addresses nor prefixes"}
	whyOwnLease     = &explain.Decision{Step: explain.Address, Key: "own-lease", Text: "the client has the lease of {address} in subnet {subnet-id}, IAID {lease-iaid}: {state}, expires {expires}"}
	whyIA           = &explain.Decision{Step: explain.Address, Key: "ia", Text: "{ia} with the IAID {iaid}, which names {leases}:"}
	whyRepeat       = &explain.Decision{Step: explain.Address, Key: "ia-repeated", Text: "an association before it has the same IAID: it is answered with the same lease"}
	whyHasReserved  = &explain.Decision{Step: explain.Address, Key: "has-reserved", Text: "the client has {address}, which is reserved for it"}
	whyUnavailable  = &explain.Decision{Step: explain.Address, Key: "reserved-not-free", Text: "{address} is reserved for the client but not free: it is leased, or given to another association of the message"}
	whyOutOfSubnets = &explain.Decision{Step: explain.Address, Key: "reserved-elsewhere", Text: "{address} is reserved for the client globally but fits no subnet that it may use"}
	whyRevoked      = &explain.Decision{Step: explain.Address, Key: "lease-revoked", Text: "{address} is taken away from the client: it is reserved for somebody else, or in no pool that is open to the client"}
	whyReplaced     = &explain.Decision{Step: explain.Address, Key: "lease-replaced", Text: "{address} is taken away from the client, which has something reserved instead"}
	whyMovedAway    = &explain.Decision{Step: explain.Address, Key: "lease-elsewhere", Text: "{address} is taken away from the client: it is outside of its subnet, or in one that the client may no longer use"}
	whyLength       = &explain.Decision{Step: explain.Address, Key: "prefix-length", Text: "prefixes are looked for that are {match} the length {length}, which the client asks for"}
	whyHint         = &explain.Decision{Step: explain.Address, Key: "requested", Text: "the client asks for {address}"}
	whyTaken        = &explain.Decision{Step: explain.Address, Key: "taken", Text: "{address} is not given: it is leased to the client identifier {client-id}, IAID {lease-iaid}; {state}, expires {expires}"}
	whyAlreadyGiven = &explain.Decision{Step: explain.Address, Key: "given-before", Text: "{address} is given to another association of the message already"}
	whyNamed        = &explain.Decision{Step: explain.Address, Key: "named-not-given", Text: "{address}, which the client names, is not its: the lifetimes in the answer are 0"}
	whyStatus       = &explain.Decision{Step: explain.Address, Key: "status", Text: "status {status}: {status-text}"}
	whySilentRebind = &explain.Decision{Step: explain.Address, Key: "silent-rebind", Text: "no answer: another server may know the prefixes"}
	whyNotOnLink    = &explain.Decision{Step: explain.Address, Key: "not-on-link", Text: "{address} does not fit the subnet"}
	whyNoAddress    = &explain.Decision{Step: explain.Address, Key: "confirm-nothing", Text: "no answer: the client names no address to confirm"}
	whyInform       = &explain.Decision{Step: explain.Address, Key: "inform", Text: "the client wants options only"}
	whyUnregistered = &explain.Decision{Step: explain.Address, Key: "registration-refused", Text: "no answer: the message has no address, or one that the client does not send from or that is not of the subnet"}
	whyLeased       = &explain.Decision{Step: explain.Address, Key: "registration-leased", Text: "no answer: {address} is leased to the client identifier {client-id}; {state}, expires {expires}"}
	whyRegisters    = &explain.Decision{Step: explain.Address, Key: "registers", Text: "{address}, which the client made itself, is registered"}

	whyPreferred      = &explain.Decision{Step: explain.Lifetime, Key: "preferred-lifetime", Text: "preferred lifetime {shown} (min {min}, max {max}), from {scope}"}
	whyPreferredAsked = &explain.Decision{Step: explain.Lifetime, Key: "preferred-requested", Text: "the client asks for a preferred lifetime of {shown}, brought within the bounds"}
	whyPreferredShare = &explain.Decision{Step: explain.Lifetime, Key: "preferred-derived", Text: "preferred lifetime {shown}, from {scope}"}
	whyKeptTimes      = &explain.Decision{Step: explain.Lifetime, Key: "lifetimes-kept", Text: "the lifetimes of the lease stay as they are: a new one comes with RENEW or REBIND"}
	whyNoTimer        = &explain.Decision{Step: explain.Lifetime, Key: "timer-unset", Text: "{value} is 0, the client chooses: it is not configured, or not below the other one"}

	whyNameLater = &explain.Decision{Step: explain.Name, Key: "name-later", Text: "the name is made of the first address that the client gets"}

	whyWritten      = &explain.Decision{Step: explain.Store, Key: "lease-written", Text: "{address} for the client identifier {client-id}, IAID {lease-iaid}: {state}, subnet {subnet-id}, valid for {valid-lifetime} s"}
	whyNothingNamed = &explain.Decision{Step: explain.Store, Key: "nothing-named", Text: "the association names nothing"}
	whyNoLease      = &explain.Decision{Step: explain.Store, Key: "no-such-lease", Text: "there is no such lease of {address}"}
	whyWrongClient  = &explain.Decision{Step: explain.Store, Key: "wrong-client", Text: "the lease of {address} is another client's: {client-id}"}
	whyWrongIAID    = &explain.Decision{Step: explain.Store, Key: "wrong-iaid", Text: "the client has the lease of {address} in another association: IAID {lease-iaid}"}
	whyDeletes      = &explain.Decision{Step: explain.Store, Key: "release-deletes", Text: "the lease of {address} is released and deleted"}
	whyAffinity     = &explain.Decision{Step: explain.Store, Key: "release-keeps", Text: "the lease of {address} is released and kept for its client (lease affinity)"}
	whyDeclines     = &explain.Decision{Step: explain.Store, Key: "decline", Text: "{address} is kept from everybody for the probation period"}

	whyToClient = &explain.Decision{Step: explain.Send, Key: "sent-to-client", Text: "to the client, where the query came from"}
	whySends    = &explain.Decision{Step: explain.Send, Key: "sent", Text: "{message-type} to {destination} port {destination-port}"}
)
