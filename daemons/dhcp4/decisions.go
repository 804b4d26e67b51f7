package dhcp4

import "nestor/lib/explain"

// The decisions that an explanation tells of. Their keys are relied upon by programs.
var (
	whyLeasesRead    = &explain.Decision{Step: explain.State, Key: "leases-read", Text: "the leases in {files}, {count} of them"}
	whyNoLeases      = &explain.Decision{Step: explain.State, Key: "leases-unknown", Text: "no leases: to see what there is, give the directory of the lease file by --leases"}
	whyNoInterface   = &explain.Decision{Step: explain.State, Key: "interface-unknown", Text: "the interface {interface} without its address, which this machine does not have: by --interface name/address you give both, and with them the server identifier"}
	whyAllocatorsNew = &explain.Decision{Step: explain.State, Key: "allocators-new", Text: "allocators that have given no address yet; a server that runs goes on from where it is, and tells by the command explain4"}

	whyReceived   = &explain.Decision{Step: explain.Receive, Key: "received", Text: "{message-type} (xid {xid}) from {source} port {source-port} to {destination}, interface {interface} with address {interface-address}"}
	whyRelayed    = &explain.Decision{Step: explain.Receive, Key: "relayed", Text: "it came over the relay {giaddr}"}
	whyStashed    = &explain.Decision{Step: explain.Receive, Key: "agent-options-recovered", Text: "it is a renewal past the relay: option 82 is taken from the lease, where it was kept (stash-agent-options)"}
	whyUnreadable = &explain.Decision{Step: explain.Receive, Key: "unreadable", Text: "it cannot be read, the server drops it: {error}"}
	whyServiceOff = &explain.Decision{Step: explain.Receive, Key: "service-disabled", Text: "the DHCP service is disabled (dhcp-disable): the server drops every query"}
	whyDropped    = &explain.Decision{Step: explain.Checks, Key: "dropped", Text: "the server drops it: {reason} ({message})"}

	whySelector        = &explain.Decision{Step: explain.Subnet, Key: "subnet-selector", Text: "what it is selected by, in this order: link or subnet selection ({selection-option}), giaddr ({giaddr}), ciaddr ({ciaddr}), source ({source}), interface ({interface}), address of the interface ({interface-address})"}
	whyByOption        = &explain.Decision{Step: explain.Subnet, Key: "subnet-by-option", Text: "by link selection (option 82) or subnet selection (option 118), which name {address}:"}
	whyByRelay         = &explain.Decision{Step: explain.Subnet, Key: "subnet-by-relay", Text: "by the relays that subnets and shared networks name, giaddr is {address}:"}
	whyByGIAddr        = &explain.Decision{Step: explain.Subnet, Key: "subnet-by-giaddr", Text: "by the prefix that giaddr {address} lies in:"}
	whyByCIAddr        = &explain.Decision{Step: explain.Subnet, Key: "subnet-by-ciaddr", Text: "by the prefix that ciaddr {address} lies in, for the query came by unicast:"}
	whyBySource        = &explain.Decision{Step: explain.Subnet, Key: "subnet-by-source", Text: "by the prefix that the source {address} lies in, for the query came by unicast:"}
	whyByInterface     = &explain.Decision{Step: explain.Subnet, Key: "subnet-by-interface", Text: "by the interface {value} that subnets and shared networks name:"}
	whyByInterfaceAddr = &explain.Decision{Step: explain.Subnet, Key: "subnet-by-interface-address", Text: "by the prefix that the address {address} of the interface lies in:"}
	whyNoCandidate     = &explain.Decision{Step: explain.Subnet, Key: "subnet-no-candidate", Text: "no subnet fits"}
	whyNoInterfaceAddr = &explain.Decision{Step: explain.Subnet, Key: "subnet-no-interface-address", Text: "the interface has no address to select a subnet by"}
	whyNotAdmitted     = &explain.Decision{Step: explain.Subnet, Key: "subnet-not-admitted", Text: "subnet {subnet} (id {subnet-id}): not for the client, who is in none of the classes that it or its shared network admits"}
	whyAlsoFit         = &explain.Decision{Step: explain.Subnet, Key: "subnets-also-fit", Text: "these would fit too, but come behind it by their ids: {subnets}"}
	whySelected        = &explain.Decision{Step: explain.Subnet, Key: "subnet-selected", Text: "subnet {subnet} (id {subnet-id}) is selected"}
	whyNoSubnet        = &explain.Decision{Step: explain.Subnet, Key: "subnet-none", Text: "no subnet is selected"}

	whyNoIdentifier = &explain.Decision{Step: explain.Reservation, Key: "identifier-missing", Text: "{identifier-type}: the query has none"}
	whyNoHost       = &explain.Decision{Step: explain.Reservation, Key: "reservation-none", Text: "{identifier-type} {identifier}: not in {among}"}
	whyHostFound    = &explain.Decision{Step: explain.Reservation, Key: "reservation-found", Text: "{identifier-type} {identifier}: found in {among}, it gives {reserved}"}
	whyNoSuchHosts  = &explain.Decision{Step: explain.Reservation, Key: "reservations-of-other-types", Text: "{identifier-type} {identifier}: not looked for, subnet {subnet-id} has no reservation of that type"}
	whyNoGlobal     = &explain.Decision{Step: explain.Reservation, Key: "reservations-global-off", Text: "global reservations are not looked at, reservations-global is off"}
	whyNotInSubnet  = &explain.Decision{Step: explain.Reservation, Key: "reservations-in-subnet-off", Text: "the reservations of subnet {subnet} (id {subnet-id}) are not looked at, reservations-in-subnet is off"}
	whyNoneInSubnet = &explain.Decision{Step: explain.Reservation, Key: "reservations-empty", Text: "subnet {subnet} (id {subnet-id}) has no reservations"}
	whyNowhere      = &explain.Decision{Step: explain.Reservation, Key: "reservation-without-subnet", Text: "reservations are not looked for without a subnet"}

	whyUnserved         = &explain.Decision{Step: explain.Address, Key: "unserved", Text: "the client gets no answer, for there is no subnet for it"}
	whyV6Only           = &explain.Decision{Step: explain.Address, Key: "v6-only-preferred", Text: "the client can do without IPv4, and the subnet prefers that (option 108): it gets no address"}
	whyRequested        = &explain.Decision{Step: explain.Address, Key: "requested", Text: "the client asks for {address}"}
	whyNothingRequested = &explain.Decision{Step: explain.Address, Key: "nothing-requested", Text: "the client asks for no address"}
	whyOwnLease         = &explain.Decision{Step: explain.Address, Key: "own-lease", Text: "the client has the lease of {address} in subnet {subnet-id}, found by its {by}: {state}, expires {expires}"}
	whyNoOwnLease       = &explain.Decision{Step: explain.Address, Key: "own-lease-none", Text: "the client has no lease where it is served"}
	whyReserved         = &explain.Decision{Step: explain.Address, Key: "reserved", Text: "{address} is reserved for the client"}
	whyNothingReserved  = &explain.Decision{Step: explain.Address, Key: "reserved-none", Text: "no address is reserved for the client"}
	whyReservedInPool   = &explain.Decision{Step: explain.Address, Key: "reserved-in-pool", Text: "{address} is reserved for the client but passed over: reservations-out-of-pool is on and the address is in a pool"}
	whyReservedForOther = &explain.Decision{Step: explain.Address, Key: "reserved-for-other", Text: "{address} is not given: it is reserved for somebody else"}
	whyPoolGuard        = &explain.Decision{Step: explain.Address, Key: "pool-not-admitted", Text: "pool {pool} of subnet {subnet} is not for the client, who is in none of its classes {pool-classes}"}
	whyInNoPool         = &explain.Decision{Step: explain.Address, Key: "not-in-pool", Text: "{address} is in no pool that is open to the client"}
	whyTaken            = &explain.Decision{Step: explain.Address, Key: "taken", Text: "{address} is not given: it is leased to hardware address {hw-address}, client identifier {client-id}; {state}, expires {expires}"}
	whyDeclined         = &explain.Decision{Step: explain.Address, Key: "declined", Text: "{address} is not given again: a client found it in use, it is kept back until {expires}"}
	whyReusesExpired    = &explain.Decision{Step: explain.Address, Key: "reuses-expired", Text: "the lease that {address} had is over ({state}, expired {expires}): the address is free"}
	whyKeeps            = &explain.Decision{Step: explain.Address, Key: "keeps-lease", Text: "the client keeps {address}"}
	whyGets             = &explain.Decision{Step: explain.Address, Key: "gets-address", Text: "the client gets {address}"}
	whySearchStarts     = &explain.Decision{Step: explain.Address, Key: "search", Text: "the allocators are asked, beginning with subnet {subnet} (id {subnet-id})"}
	whyNoPool           = &explain.Decision{Step: explain.Address, Key: "subnet-no-pool", Text: "subnet {subnet} (id {subnet-id}) has no pool for the client"}
	whyExhausted        = &explain.Decision{Step: explain.Address, Key: "subnet-exhausted", Text: "subnet {subnet} (id {subnet-id}) has no free address left in the pools that are open to the client"}
	whyPicked           = &explain.Decision{Step: explain.Address, Key: "picked", Text: "the allocator of subnet {subnet} picks {address} in pool {pool}"}
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

	whyValidLifetime = &explain.Decision{Step: explain.Lifetime, Key: "valid-lifetime", Text: "valid lifetime {shown} (min {min}, max {max}), from {scope}"}
	whyLifetimeAsked = &explain.Decision{Step: explain.Lifetime, Key: "lifetime-requested", Text: "the client asks for {shown}, brought within the bounds"}
	whyReused        = &explain.Decision{Step: explain.Lifetime, Key: "lease-cached", Text: "the lease is answered from the lease cache as it stands"}
	whyOfferLifetime = &explain.Decision{Step: explain.Lifetime, Key: "offer-lifetime", Text: "the offer is kept as a lease for {shown}, from {scope}"}
	whyT1            = &explain.Decision{Step: explain.Lifetime, Key: "renew-time", Text: "T1 {shown}, from {scope}"}
	whyT2            = &explain.Decision{Step: explain.Lifetime, Key: "rebind-time", Text: "T2 {shown}, from {scope}"}

	whyNoName          = &explain.Decision{Step: explain.Name, Key: "name-none", Text: "neither the query nor a reservation has a name"}
	whyFromReservation = &explain.Decision{Step: explain.Name, Key: "name-reserved", Text: "the reservation gives {value}"}
	whyFromFQDN        = &explain.Decision{Step: explain.Name, Key: "name-fqdn", Text: "option 81 of the query is considered"}
	whyFromHostName    = &explain.Decision{Step: explain.Name, Key: "name-hostname", Text: "option 12 of the query is considered"}
	whyReplaced        = &explain.Decision{Step: explain.Name, Key: "name-generated", Text: "a name is generated: the query has none that can be used, or ddns-replace-client-name, which is {value}, says so"}
	whyNameStored      = &explain.Decision{Step: explain.Name, Key: "name-stored", Text: "the lease gets the name {value}"}

	whyWritten       = &explain.Decision{Step: explain.Store, Key: "lease-written", Text: "{address} for hardware address {hw-address}, client identifier {client-id}: {state}, subnet {subnet-id}, valid for {valid-lifetime} s"}
	whyDeleted       = &explain.Decision{Step: explain.Store, Key: "lease-deleted", Text: "the lease of {address} is deleted"}
	whyNothingStored = &explain.Decision{Step: explain.Store, Key: "nothing-written", Text: "none"}

	whyReleaseNoLease     = &explain.Decision{Step: explain.Store, Key: "release-no-lease", Text: "there is no lease of {address} to release"}
	whyReleaseWrongClient = &explain.Decision{Step: explain.Store, Key: "release-wrong-client", Text: "the lease of {address} is another client's: hardware address {hw-address}, client identifier {client-id}"}
	whyReleaseDeletes     = &explain.Decision{Step: explain.Store, Key: "release-deletes", Text: "the lease of {address} is released and deleted"}
	whyReleaseKeeps       = &explain.Decision{Step: explain.Store, Key: "release-keeps", Text: "the lease of {address} is released and kept for its client (lease affinity)"}
	whyDeclineNoLease     = &explain.Decision{Step: explain.Store, Key: "decline-no-lease", Text: "there is no lease of {address} to decline"}
	whyDeclineMismatch    = &explain.Decision{Step: explain.Store, Key: "decline-mismatch", Text: "the lease of {address} is not this client's: hardware address {hw-address}, client identifier {client-id}, {state}"}
	whyDeclines           = &explain.Decision{Step: explain.Store, Key: "decline", Text: "{address} is kept from everybody for the probation period"}

	whyOption    = &explain.Decision{Step: explain.Options, Key: "option", Text: "{name} ({code}): {value}, from {scope}"}
	whyUndefined = &explain.Decision{Step: explain.Options, Key: "option-undefined", Text: "{name} ({code}) is requested and defined nowhere"}
	whyNever     = &explain.Decision{Step: explain.Options, Key: "option-never-sent", Text: "{name} ({code}) is not sent: never-send is set in {scope}"}
	whyFieldFrom = &explain.Decision{Step: explain.Options, Key: "field", Text: "{name}: {value}, from {scope}"}

	whyToSource       = &explain.Decision{Step: explain.Send, Key: "sent-to-source", Text: "to where the query came from (test mode)"}
	whyToRelay        = &explain.Decision{Step: explain.Send, Key: "sent-to-relay", Text: "to the relay"}
	whyToCIAddr       = &explain.Decision{Step: explain.Send, Key: "sent-to-ciaddr", Text: "to ciaddr, the address that the client has"}
	whyToInformSource = &explain.Decision{Step: explain.Send, Key: "sent-to-informer", Text: "to the source of the query, for the client has an address"}
	whyToBroadcast    = &explain.Decision{Step: explain.Send, Key: "sent-by-broadcast", Text: "by broadcast: the client asks for it, is refused, or has no address"}
	whyToYIAddr       = &explain.Decision{Step: explain.Send, Key: "sent-to-yiaddr", Text: "to the address that is given, in a frame to the source of the query"}
	whySends          = &explain.Decision{Step: explain.Send, Key: "sent", Text: "{message-type} to {destination} port {destination-port}, link-layer address {destination-hw}"}
	whySilence        = &explain.Decision{Step: explain.Send, Key: "no-reply", Text: "there is no reply"}
)
