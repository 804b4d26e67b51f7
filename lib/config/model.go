package config

import (
	"net/netip"

	"nestor/lib/element"
	"nestor/lib/option"
)

// Opt is a parameter that may be left unset.
type Opt[T any] struct {
	Set bool
	V   T
}

// Or returns the value, or def when unset.
func (o Opt[T]) Or(def T) T {
	if o.Set {
		return o.V
	}
	return def
}

// Triplet is a lifetime with its bounds, in seconds (ARM 8.2.1).
type Triplet struct{ Min, Default, Max uint32 }

// Meta is what nearly every map may carry beside its own parameters.
type Meta struct {
	Pos         element.Pos
	UserContext *element.Value // with comment moved into it; nil if none
}

// NetworkParams are the parameters that global scope, shared networks and
// subnets share. In a loaded configuration they are effective values:
// inheritance global → shared network → subnet is already resolved.
type NetworkParams struct {
	// Own are the parameters that this scope has itself.
	Own                   Keywords
	lifetimes, preferred  lifetimes
	ValidLifetime         Triplet
	PreferredLifetime     Opt[Triplet] // DHCPv6; unset: 5/8 of the valid lifetime (ARM 9.2.18)
	OfferLifetime         uint32       // DHCPv4; seconds, 0: OFFERs store nothing
	RenewTimer            Opt[uint32]
	RebindTimer           Opt[uint32]
	CalculateTee          bool
	T1Percent             float64
	T2Percent             float64
	CacheThreshold        Opt[float64]
	CacheMaxAge           Opt[uint32]
	MatchClientID         bool // DHCPv4
	Authoritative         bool // DHCPv4
	StoreExtended         bool
	Allocator             string // iterative, random, flq (DHCPv4)
	PDAllocator           string // DHCPv6: of prefixes; iterative, random, flq
	ReservationsGlobal    bool
	ReservationsInSubnet  bool
	ReservationsOutOfPool bool
	DDNS                  DDNSParams
	NextServer            Opt[netip.Addr] // DHCPv4; set and unspecified: do not send
	ServerHostname        string
	BootFileName          string
}

// DDNSParams are the ddns-* and hostname-* parameters of a scope (ARM 8.2.20).
type DDNSParams struct {
	SendUpdates             bool
	OverrideNoUpdate        bool
	OverrideClientUpdate    bool
	ReplaceClientName       string // never, always, when-present, when-not-present
	GeneratedPrefix         string
	QualifyingSuffix        string
	UpdateOnRenew           bool
	ConflictResolutionMode  string
	TTLPercent              Opt[float64]
	HostnameCharSet         string
	HostnameCharReplacement string
}

// Server is what the configurations of both DHCP servers have in common.
type Server struct {
	Meta
	NetworkParams
	OptionDefs []*option.Definition
	optionDefs []*OptionDef // OptionDefs with what else they carry
	// Definitions is the standard set plus OptionDefs.
	Definitions *option.Definitions
	Options     []*OptionData
	Classes     []*ClientClass

	Interfaces     InterfacesConfig
	LeaseDatabase  *Database // nil: memfile with defaults
	HostsDatabases []*Database
	Expiration     ExpiredLeases
	ControlSockets []*ControlSocket
	Hooks          []*HookLibrary // nil: not configured, as against empty
	Loggers        []*Logger
	MultiThreading MultiThreading
	QueueControl   QueueControl
	DhcpDDNS       *DhcpDDNS
	SanityChecks   SanityChecks
	ConfigControl  *ConfigControl

	DeclineProbationPeriod        uint32 // seconds
	EarlyGlobalReservationsLookup bool
	ReservationsLookupFirst       bool
	IPReservationsUnique          bool
	HostReservationIdentifiers    []string
	StatisticDefaultSampleCount   uint32
	StatisticDefaultSampleAge     Opt[uint32] // seconds
	ParkedPacketLimit             uint32
	Dhcp4o6Port                   uint32
	ServerTag                     string
	Compat                        Compatibility
}

// Dhcp4 is a checked DHCPv4 server configuration.
type Dhcp4 struct {
	Server
	Subnets        []*Subnet4        // those outside shared networks, in configured order
	SharedNetworks []*SharedNetwork4 // in configured order
	Reservations   []*Reservation    // global ones (subnet id 0)

	EchoClientID      bool
	StashAgentOptions bool
}

// Dhcp6 is a checked DHCPv6 server configuration.
type Dhcp6 struct {
	Server
	Subnets        []*Subnet6        // those outside shared networks, in configured order
	SharedNetworks []*SharedNetwork6 // in configured order
	Reservations   []*Reservation6   // global ones (subnet id 0)

	DataDirectory string // "": the built-in one
	ServerID      ServerID
	// MACSources are the ways to a client's hardware address, in order, each
	// under the first of its names.
	MACSources []string
	// RelaySupplied are the codes of the options that relays may supply
	// (RFC 6422), ascending; 65 is always among them.
	RelaySupplied []uint16
	// AllowRegistration lets clients register addresses that they made themselves
	// (RFC 9686).
	AllowRegistration bool
}

// AllSubnets calls fn for every subnet, plain ones first, then those of shared
// networks; network is nil for a plain one.
func (c *Dhcp4) AllSubnets(fn func(s *Subnet4, network *SharedNetwork4)) {
	for _, s := range c.Subnets {
		fn(s, nil)
	}
	for _, n := range c.SharedNetworks {
		for _, s := range n.Subnets {
			fn(s, n)
		}
	}
}

// AllSubnets is Dhcp4.AllSubnets for DHCPv6.
func (c *Dhcp6) AllSubnets(fn func(s *Subnet6, network *SharedNetwork6)) {
	for _, s := range c.Subnets {
		fn(s, nil)
	}
	for _, n := range c.SharedNetworks {
		for _, s := range n.Subnets {
			fn(s, n)
		}
	}
}

// SharedNetwork is what shared networks of both protocols have in common.
type SharedNetwork struct {
	Meta
	NetworkParams
	Name              string
	Interface         string
	Relays            []netip.Addr
	ClientClasses     []string // any of them admits; empty: everybody
	AdditionalClasses []string // require-client-classes, evaluate-additional-classes
	Options           []*OptionData
}

// SharedNetwork4 is one entry of shared-networks.
type SharedNetwork4 struct {
	SharedNetwork
	Subnets []*Subnet4
}

// SharedNetwork6 is one entry of shared-networks.
type SharedNetwork6 struct {
	SharedNetwork
	InterfaceID string
	RapidCommit bool
	Subnets     []*Subnet6
}

// Subnet is what subnets of both protocols have in common.
type Subnet struct {
	Meta
	NetworkParams
	ID                uint32
	Prefix            netip.Prefix // masked
	Text              string       // as configured: host bits are kept by config-get
	Interface         string
	Relays            []netip.Addr
	ClientClasses     []string
	AdditionalClasses []string
	Options           []*OptionData
	Pools             []*Pool
	// ownInterface is the interface unless it is that of the shared network.
	ownInterface string
}

// Subnet4 is one subnet.
type Subnet4 struct {
	Subnet
	Reservations                                           []*Reservation
	FourOSixInterface, FourOSixInterfaceID, FourOSixSubnet string
}

// Subnet6 is one subnet.
type Subnet6 struct {
	Subnet
	InterfaceID  string // expected of relays
	RapidCommit  bool
	PDPools      []*PDPool
	Reservations []*Reservation6
	// ownInterfaceID and ownRapidCommit are those of the subnet itself, as
	// against the shared network's.
	ownInterfaceID string
	ownRapidCommit Opt[bool]
}

// Pool is a range of addresses, both ends included.
type Pool struct {
	Meta
	First, Last       netip.Addr
	ID                uint32
	ClientClasses     []string
	AdditionalClasses []string
	Options           []*OptionData
}

// Pool4 is a pool of a DHCPv4 subnet.
type Pool4 = Pool

// Pool6 is a pool of addresses of a DHCPv6 subnet.
type Pool6 = Pool

// PDPool is a prefix from which prefixes are delegated.
type PDPool struct {
	Meta
	Prefix       netip.Prefix
	DelegatedLen int
	// Excluded is what each delegated prefix leaves out, as it is in the first
	// one (RFC 6603); not valid: nothing.
	Excluded          netip.Prefix
	ID                uint32
	ClientClasses     []string
	AdditionalClasses []string
	Options           []*OptionData
}

// ServerID says how the server's DUID is made (ARM 9.5). Zero values leave the
// choice to the server.
type ServerID struct {
	Meta
	Type         string // LLT, EN, LL
	HType        uint16
	Time         uint32 // seconds since 2000-01-01 UTC
	EnterpriseID uint32
	Identifier   []byte
	Persist      bool // kept in a file
}

// OptionData is one configured option value.
type OptionData struct {
	Meta
	Space string
	Code  uint32
	Name  string // "" when no definition has the code
	CSV   bool
	Data  string // as configured
	// Wire is the encoded payload without the option header; nil when the
	// entry carries only flags (HasData false).
	Wire          []byte
	HasData       bool
	AlwaysSend    bool
	NeverSend     bool
	ClientClasses []string
}

// ClientClass is one class definition.
type ClientClass struct {
	Meta
	Name           string
	Test           string
	TemplateTest   string
	OnlyIfRequired bool // only-if-required, only-in-additional-list
	OptionDefs     []*option.Definition
	defs           []*OptionDef // OptionDefs with what else they carry
	Options        []*OptionData
	NextServer     Opt[netip.Addr] // DHCPv4, as what follows
	ServerHostname string
	BootFileName   string
	OfferLifetime  Opt[uint32]

	ValidLifetime     Opt[Triplet]
	PreferredLifetime Opt[Triplet] // DHCPv6
}

// IdentifierType says by what a reservation knows its host.
type IdentifierType uint8

// The numbers are those of Kea's host_identifier_type table.
const (
	IdentHWAddress IdentifierType = 0
	IdentDUID      IdentifierType = 1
	IdentCircuitID IdentifierType = 2
	IdentClientID  IdentifierType = 3
	IdentFlexID    IdentifierType = 4
)

// Host is what reservations of both protocols have in common.
type Host struct {
	Meta
	SubnetID      uint32 // 0: global
	IdentType     IdentifierType
	Ident         []byte
	Hostname      string
	Options       []*OptionData
	ClientClasses []string
}

// Reservation is one host reservation of DHCPv4.
type Reservation struct {
	Host
	IP             Opt[netip.Addr]
	NextServer     Opt[netip.Addr]
	ServerHostname string
	BootFileName   string
}

// Reservation6 is one host reservation of DHCPv6.
type Reservation6 struct {
	Host
	Addresses []netip.Addr
	Prefixes  []netip.Prefix // as configured, host bits included
	// Excluded are the prefixes that are left out of Prefixes, one for each
	// (RFC 6603), not valid for none; nil: none at all.
	Excluded []netip.Prefix
}

// InterfacesConfig says where the server listens.
type InterfacesConfig struct {
	Meta
	Interfaces    []string      // "*", "name", "name/address"
	Positions     []element.Pos // of each of Interfaces
	SocketType    string        // DHCPv4: raw, udp
	Outbound      string        // DHCPv4: same-as-inbound, use-routing
	ReDetect      bool
	RequireAll    bool
	MaxRetries    uint32
	RetryWaitTime uint32 // milliseconds
}

// Database is an access to leases, hosts or configuration.
type Database struct {
	Meta
	Type                                       string // memfile, mysql, postgresql
	Name, Host, User, Password                 string
	Port                                       uint32
	Persist                                    bool
	LFCInterval                                uint32 // seconds, 0: off
	MaxRowErrors                               uint32 // 0: unlimited
	Durability                                 string // "" as Kea: written; "fsync" (Nestor's own): on disk
	ReadOnly                                   bool
	ConnectTimeout                             uint32 // seconds
	ReadTimeout, WriteTimeout, TCPUserTimeout  uint32
	MaxReconnectTries                          uint32
	ReconnectWaitTime                          uint32 // milliseconds
	OnFail                                     string
	RetryOnStartup                             bool
	TrustAnchor, CertFile, KeyFile, CipherList string
	// shown is what config-get has of it: the keywords that were configured.
	shown *element.Value
}

// ExpiredLeases is expired-leases-processing (ARM 11).
type ExpiredLeases struct {
	ReclaimTimerWait uint32 // seconds
	FlushTimerWait   uint32 // seconds
	HoldReclaimed    uint32 // seconds
	MaxLeases        uint32
	MaxTime          uint32 // milliseconds
	UnwarnedCycles   uint32
}

// Affinity reports whether released and expired leases are kept for their
// clients (ARM 11.4).
func (e ExpiredLeases) Affinity() bool { return e.HoldReclaimed > 0 && e.FlushTimerWait > 0 }

// ControlSocket is one management socket of a daemon.
type ControlSocket struct {
	Meta
	Type                           string // unix, http, https
	Name                           string // path, unix only
	Address                        string
	Port                           uint32
	TrustAnchor, CertFile, KeyFile string
	CertRequired                   bool
	Auth                           *Authentication
	Headers                        []HTTPHeader
}

// HTTPHeader is an extra header of every HTTP answer (http-headers).
type HTTPHeader struct {
	Meta
	Name, Value string
}

// Authentication is HTTP basic authentication. Credentials are read from their
// files at load.
type Authentication struct {
	Meta
	Type, Realm, Directory string
	Clients                []AuthClient
}

// AuthClient is one accepted user. Secret is the whole "user:password".
type AuthClient struct {
	Meta
	User, Password, UserFile, PasswordFile string
	Secret                                 string
}

// HookLibrary is one entry of hooks-libraries.
type HookLibrary struct {
	Pos        element.Pos
	Library    string
	Parameters *element.Value
}

// Logger is one entry of loggers (ARM 19.1.1).
type Logger struct {
	Meta
	Name       string
	Severity   string // "" inherits
	DebugLevel Opt[int]
	Outputs    []LogOutput
}

// LogOutput is one destination of a logger.
type LogOutput struct {
	Output  string
	Flush   bool
	MaxSize int64
	MaxVer  int
	Pattern string
}

// MultiThreading holds what Kea calls threads; here they size the pool that
// serves waiting exchanges.
type MultiThreading struct {
	Meta
	Enable                          bool
	ThreadPoolSize, PacketQueueSize uint32
}

// QueueControl is dhcp-queue-control (ARM 12).
type QueueControl struct {
	Meta
	Present  bool
	Enable   bool
	Type     string
	Capacity uint32
	Extra    []element.Member // keywords of queues that hooks bring
}

// DhcpDDNS is the connection to the DDNS daemon.
type DhcpDDNS struct {
	Meta
	EnableUpdates bool
	ServerIP      netip.Addr
	ServerPort    uint32
	SenderIP      netip.Addr
	SenderPort    uint32
	MaxQueueSize  uint32
}

// SanityChecks are the levels of the checks of loaded leases (ARM 8.2.26).
type SanityChecks struct{ LeaseChecks, ExtendedInfoChecks string }

// ConfigControl is the configuration backend.
type ConfigControl struct {
	Databases     []*Database
	FetchWaitTime uint32
}

// Compatibility are the compatibility flags (ARM 8.15, 9.20).
type Compatibility struct {
	LenientOptionParsing       bool
	IgnoreDHCPServerIdentifier bool // DHCPv4, as what follows
	IgnoreRAILinkSelection     bool
	ExcludeFirstLast24         bool
}

// Agent is a checked configuration of the control agent.
type Agent struct {
	Meta
	Host                           string
	Port                           uint32
	TrustAnchor, CertFile, KeyFile string
	CertRequired                   bool
	Auth                           *Authentication
	Headers                        []HTTPHeader
	// Sockets are the daemons' unix sockets by service: dhcp4, dhcp6, d2.
	Sockets map[string]*ControlSocket
	Hooks   []*HookLibrary
	Loggers []*Logger
}
