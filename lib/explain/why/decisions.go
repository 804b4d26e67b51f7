// Package why records what DHCP servers of both families decide about a query that is
// explained, beside what clientclass records about classes: the decisions that the two
// have in common, and the fields that these have. What only one family decides is
// recorded by its server.
package why

import "nestor/lib/explain"

// The decisions. Their keys are relied upon by programs.
var (
	Unreadable = &explain.Decision{Step: explain.Receive, Key: "unreadable", Text: "it cannot be read, the server drops it: {error}"}
	ServiceOff = &explain.Decision{Step: explain.Receive, Key: "service-disabled", Text: "the DHCP service is disabled (dhcp-disable): the server drops every query"}
	Dropped    = &explain.Decision{Step: explain.Checks, Key: "dropped", Text: "the server drops it: {reason} ({message})"}

	ByInterface = &explain.Decision{Step: explain.Subnet, Key: "subnet-by-interface", Text: "by the interface {value} that subnets and shared networks name:"}
	NoCandidate = &explain.Decision{Step: explain.Subnet, Key: "subnet-no-candidate", Text: "no subnet fits"}
	NotAdmitted = &explain.Decision{Step: explain.Subnet, Key: "subnet-not-admitted", Text: "subnet {subnet} (id {subnet-id}): not for the client, who is in none of the classes that it or its shared network admits"}
	AlsoFit     = &explain.Decision{Step: explain.Subnet, Key: "subnets-also-fit", Text: "these would fit too, but come behind it by their ids: {subnets}"}
	Selected    = &explain.Decision{Step: explain.Subnet, Key: "subnet-selected", Text: "subnet {subnet} (id {subnet-id}) is selected"}
	NoSubnet    = &explain.Decision{Step: explain.Subnet, Key: "subnet-none", Text: "no subnet is selected"}

	NoIdentifier = &explain.Decision{Step: explain.Reservation, Key: "identifier-missing", Text: "{identifier-type}: the query has none"}
	NoHost       = &explain.Decision{Step: explain.Reservation, Key: "reservation-none", Text: "{identifier-type} {identifier}: not in {among}"}
	HostFound    = &explain.Decision{Step: explain.Reservation, Key: "reservation-found", Text: "{identifier-type} {identifier}: found in {among}, it gives {reserved}"}
	NoSuchHosts  = &explain.Decision{Step: explain.Reservation, Key: "reservations-of-other-types", Text: "{identifier-type} {identifier}: not looked for, subnet {subnet-id} has no reservation of that type"}
	NoGlobal     = &explain.Decision{Step: explain.Reservation, Key: "reservations-global-off", Text: "global reservations are not looked at, reservations-global is off"}
	NotInSubnet  = &explain.Decision{Step: explain.Reservation, Key: "reservations-in-subnet-off", Text: "the reservations of subnet {subnet} (id {subnet-id}) are not looked at, reservations-in-subnet is off"}
	NoneInSubnet = &explain.Decision{Step: explain.Reservation, Key: "reservations-empty", Text: "subnet {subnet} (id {subnet-id}) has no reservations"}
	Nowhere      = &explain.Decision{Step: explain.Reservation, Key: "reservation-without-subnet", Text: "reservations are not looked for without a subnet"}

	NoOwnLease       = &explain.Decision{Step: explain.Address, Key: "own-lease-none", Text: "the client has no lease where it is served"}
	Reserved         = &explain.Decision{Step: explain.Address, Key: "reserved", Text: "{address} is reserved for the client"}
	ReservedInPool   = &explain.Decision{Step: explain.Address, Key: "reserved-in-pool", Text: "{address} is reserved for the client but passed over: reservations-out-of-pool is on and the address is in a pool"}
	ReservedForOther = &explain.Decision{Step: explain.Address, Key: "reserved-for-other", Text: "{address} is not given: it is reserved for somebody else"}
	PoolGuard        = &explain.Decision{Step: explain.Address, Key: "pool-not-admitted", Text: "pool {pool} of subnet {subnet} is not for the client, who is in none of its classes {pool-classes}"}
	InNoPool         = &explain.Decision{Step: explain.Address, Key: "not-in-pool", Text: "{address} is in no pool that is open to the client"}
	ReusesExpired    = &explain.Decision{Step: explain.Address, Key: "reuses-expired", Text: "the lease that {address} had is over ({state}, expired {expires}): the address is free"}
	Keeps            = &explain.Decision{Step: explain.Address, Key: "keeps-lease", Text: "the client keeps {address}"}
	Gets             = &explain.Decision{Step: explain.Address, Key: "gets-address", Text: "the client gets {address}"}
	SearchStarts     = &explain.Decision{Step: explain.Address, Key: "search", Text: "the allocators are asked, beginning with subnet {subnet} (id {subnet-id})"}
	NoPool           = &explain.Decision{Step: explain.Address, Key: "subnet-no-pool", Text: "subnet {subnet} (id {subnet-id}) has no pool for the client"}
	Exhausted        = &explain.Decision{Step: explain.Address, Key: "subnet-exhausted", Text: "subnet {subnet} (id {subnet-id}) has no free address left in the pools that are open to the client"}
	Picked           = &explain.Decision{Step: explain.Address, Key: "picked", Text: "the allocator of subnet {subnet} picks {address} in pool {pool}"}

	ValidLifetime = &explain.Decision{Step: explain.Lifetime, Key: "valid-lifetime", Text: "valid lifetime {shown} (min {min}, max {max}), from {scope}"}
	LifetimeAsked = &explain.Decision{Step: explain.Lifetime, Key: "lifetime-requested", Text: "the client asks for {shown}, brought within the bounds"}
	Reused        = &explain.Decision{Step: explain.Lifetime, Key: "lease-cached", Text: "the lease is answered from the lease cache as it stands"}
	T1            = &explain.Decision{Step: explain.Lifetime, Key: "renew-time", Text: "T1 {shown}, from {scope}"}
	T2            = &explain.Decision{Step: explain.Lifetime, Key: "rebind-time", Text: "T2 {shown}, from {scope}"}

	NoName          = &explain.Decision{Step: explain.Name, Key: "name-none", Text: "neither the query nor a reservation has a name"}
	FromReservation = &explain.Decision{Step: explain.Name, Key: "name-reserved", Text: "the reservation gives {value}"}
	FromFQDN        = &explain.Decision{Step: explain.Name, Key: "name-fqdn", Text: "option {code} of the query is considered"}
	NameGenerated   = &explain.Decision{Step: explain.Name, Key: "name-generated", Text: "a name is generated: the query has none that can be used, or ddns-replace-client-name, which is {value}, says so"}
	NameStored      = &explain.Decision{Step: explain.Name, Key: "name-stored", Text: "the lease gets the name {value}"}

	LeaseDeleted  = &explain.Decision{Step: explain.Store, Key: "lease-deleted", Text: "the lease of {address} is deleted"}
	NothingStored = &explain.Decision{Step: explain.Store, Key: "nothing-written", Text: "none"}

	NameAdded   = &explain.Decision{Step: explain.DNS, Key: "dns-add", Text: "{entries} of {name} and {address} are to be made"}
	NameRemoved = &explain.Decision{Step: explain.DNS, Key: "dns-remove", Text: "{entries} of {name} and {address} are to be removed"}

	Option    = &explain.Decision{Step: explain.Options, Key: "option", Text: "{name} ({code}): {value}, from {scope}"}
	Undefined = &explain.Decision{Step: explain.Options, Key: "option-undefined", Text: "{name} ({code}) is requested and defined nowhere"}
	Never     = &explain.Decision{Step: explain.Options, Key: "option-never-sent", Text: "{name} ({code}) is not sent: never-send is set in {scope}"}

	ToSource = &explain.Decision{Step: explain.Send, Key: "sent-to-source", Text: "to where the query came from (test mode)"}
	ToRelay  = &explain.Decision{Step: explain.Send, Key: "sent-to-relay", Text: "to the relay"}
	Silence  = &explain.Decision{Step: explain.Send, Key: "no-reply", Text: "there is no reply"}
)
