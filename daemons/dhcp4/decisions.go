package dhcp4

import "nestor/lib/explain"

// The decisions that an explanation tells of. Their keys are relied upon by programs.
var (
	whyReceived = &explain.Decision{Step: explain.Receive, Key: "received", Text: "{message-type} (xid {xid}) from {source} port {source-port} to {destination}, interface {interface} with address {interface-address}"}
	whyRelayed  = &explain.Decision{Step: explain.Receive, Key: "relayed", Text: "it came over the relay {giaddr}"}
	whyStashed  = &explain.Decision{Step: explain.Receive, Key: "agent-options-recovered", Text: "it is a renewal past the relay: option 82 is taken from the lease, where it was kept (stash-agent-options)"}

	whySelector        = &explain.Decision{Step: explain.Subnet, Key: "subnet-selector", Text: "what it is selected by, in this order: link or subnet selection ({selection-option}), giaddr ({giaddr}), ciaddr ({ciaddr}), source ({source}), interface ({interface}), address of the interface ({interface-address})"}
	whyByOption        = &explain.Decision{Step: explain.Subnet, Key: "subnet-by-option", Text: "by link selection (option 82) or subnet selection (option 118), which name {address}:"}
	whyByRelay         = &explain.Decision{Step: explain.Subnet, Key: "subnet-by-relay", Text: "by the relays that subnets and shared networks name, giaddr is {address}:"}
	whyByGIAddr        = &explain.Decision{Step: explain.Subnet, Key: "subnet-by-giaddr", Text: "by the prefix that giaddr {address} lies in:"}
	whyByCIAddr        = &explain.Decision{Step: explain.Subnet, Key: "subnet-by-ciaddr", Text: "by the prefix that ciaddr {address} lies in, for the query came by unicast:"}
	whyBySource        = &explain.Decision{Step: explain.Subnet, Key: "subnet-by-source", Text: "by the prefix that the source {address} lies in, for the query came by unicast:"}
	whyByInterfaceAddr = &explain.Decision{Step: explain.Subnet, Key: "subnet-by-interface-address", Text: "by the prefix that the address {address} of the interface lies in:"}
	whyNoInterfaceAddr = &explain.Decision{Step: explain.Subnet, Key: "subnet-no-interface-address", Text: "the interface has no address to select a subnet by"}

	whyUnserved         = &explain.Decision{Step: explain.Address, Key: "unserved", Text: "the client gets no answer, for there is no subnet for it"}
	whyV6Only           = &explain.Decision{Step: explain.Address, Key: "v6-only-preferred", Text: "the client can do without IPv4, and the subnet prefers that (option 108): it gets no address"}
	whyRequested        = &explain.Decision{Step: explain.Address, Key: "requested", Text: "the client asks for {address}"}
	whyNothingRequested = &explain.Decision{Step: explain.Address, Key: "nothing-requested", Text: "the client asks for no address"}
	whyOwnLease         = &explain.Decision{Step: explain.Address, Key: "own-lease", Text: "the client has the lease of {address} in subnet {subnet-id}, found by its {by}: {state}, expires {expires}"}
	whyNothingReserved  = &explain.Decision{Step: explain.Address, Key: "reserved-none", Text: "no address is reserved for the client"}
	whyTaken            = &explain.Decision{Step: explain.Address, Key: "taken", Text: "{address} is not given: it is leased to hardware address {hw-address}, client identifier {client-id}; {state}, expires {expires}"}
	whyDeclined         = &explain.Decision{Step: explain.Address, Key: "declined", Text: "{address} is not given again: a client found it in use, it is kept back until {expires}"}
	whyNoAddress        = &explain.Decision{Step: explain.Address, Key: "no-address", Text: "no address can be given"}
	whyNotReserved      = &explain.Decision{Step: explain.Address, Key: "not-the-reserved-address", Text: "{address} is reserved for the client and free: it must ask for that one"}
	whyMoved            = &explain.Decision{Step: explain.Address, Key: "lease-moved", Text: "the client moved here from another subnet with this address and keeps the lease"}
	whyRefusedOther     = &explain.Decision{Step: explain.Address, Key: "in-use-by-other", Text: "{address} is leased to somebody else: hardware address {hw-address}, client identifier {client-id}"}
	whyIgnored          = &explain.Decision{Step: explain.Address, Key: "ignored", Text: "{address} is in no subnet's pool here: another server may know it, so there is no answer"}
	whyNakNoSubnet      = &explain.Decision{Step: explain.Address, Key: "nak-no-subnet", Text: "DHCPNAK, for there is no subnet"}
	whyNakReboot        = &explain.Decision{Step: explain.Address, Key: "nak-init-reboot", Text: "DHCPNAK, for the rebooting client has no lease of the address that it names"}
	whyNakLease         = &explain.Decision{Step: explain.Address, Key: "nak-lease", Text: "DHCPNAK, for the client cannot have the lease"}
	whySilentReboot     = &explain.Decision{Step: explain.Address, Key: "silent-init-reboot", Text: "no answer: the client reboots, is not known here, and the server is not authoritative"}
	whyDropsOther       = &explain.Decision{Step: explain.Address, Key: "former-lease-deleted", Text: "the client's former lease of {address} is deleted"}
	whyInform           = &explain.Decision{Step: explain.Address, Key: "inform", Text: "the client has an address and wants options only"}

	whyOfferLifetime = &explain.Decision{Step: explain.Lifetime, Key: "offer-lifetime", Text: "the offer is kept as a lease for {shown}, from {scope}"}

	whyFromHostName = &explain.Decision{Step: explain.Name, Key: "name-hostname", Text: "option 12 of the query is considered"}

	whyWritten = &explain.Decision{Step: explain.Store, Key: "lease-written", Text: "{address} for hardware address {hw-address}, client identifier {client-id}: {state}, subnet {subnet-id}, valid for {valid-lifetime} s"}

	whyReleaseNoLease     = &explain.Decision{Step: explain.Store, Key: "release-no-lease", Text: "there is no lease of {address} to release"}
	whyReleaseWrongClient = &explain.Decision{Step: explain.Store, Key: "release-wrong-client", Text: "the lease of {address} is another client's: hardware address {hw-address}, client identifier {client-id}"}
	whyReleaseDeletes     = &explain.Decision{Step: explain.Store, Key: "release-deletes", Text: "the lease of {address} is released and deleted"}
	whyReleaseKeeps       = &explain.Decision{Step: explain.Store, Key: "release-keeps", Text: "the lease of {address} is released and kept for its client (lease affinity)"}
	whyDeclineNoLease     = &explain.Decision{Step: explain.Store, Key: "decline-no-lease", Text: "there is no lease of {address} to decline"}
	whyDeclineMismatch    = &explain.Decision{Step: explain.Store, Key: "decline-mismatch", Text: "the lease of {address} is not this client's: hardware address {hw-address}, client identifier {client-id}, {state}"}
	whyDeclines           = &explain.Decision{Step: explain.Store, Key: "decline", Text: "{address} is kept from everybody for the probation period"}

	whyFieldFrom = &explain.Decision{Step: explain.Options, Key: "field", Text: "{name}: {value}, from {scope}"}

	whyToCIAddr       = &explain.Decision{Step: explain.Send, Key: "sent-to-ciaddr", Text: "to ciaddr, the address that the client has"}
	whyToInformSource = &explain.Decision{Step: explain.Send, Key: "sent-to-informer", Text: "to the source of the query, for the client has an address"}
	whyToBroadcast    = &explain.Decision{Step: explain.Send, Key: "sent-by-broadcast", Text: "by broadcast: the client asks for it, is refused, or has no address"}
	whyToYIAddr       = &explain.Decision{Step: explain.Send, Key: "sent-to-yiaddr", Text: "to the address that is given, in a frame to the source of the query"}
	whySends          = &explain.Decision{Step: explain.Send, Key: "sent", Text: "{message-type} to {destination} port {destination-port}, link-layer address {destination-hw}"}
)
