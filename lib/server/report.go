package server

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"nestor/lib/config"
	"nestor/lib/logging"
)

// lifeMessages are the messages about the life of a server by family (ARM 26).
type lifeMessages struct {
	family                                      string // 4 or 6
	toSource, openSocket, socketsFailed         *logging.Message
	threads, reservationsFirst, queue, complete *logging.Message
	databaseLost, databaseBack                  *logging.Message
	databaseGivenUp, noReconnect                *logging.Message
	ownAddress, commitFail                      *logging.Message // of Nestor's own
}

func defineLife(family string) *lifeMessages {
	define := func(event string, sev logging.Severity, level int, text string) *logging.Message {
		return logging.Define("DHCP"+family+"_"+event, sev, level, text)
	}
	const info, warn = logging.Info, logging.Warn
	return &lifeMessages{
		family:            family,
		toSource:          define("TESTING_MODE_SEND_TO_SOURCE_ENABLED", warn, 0, "All packets will be send to source address of an incoming packet - use only for testing"),
		openSocket:        define("OPEN_SOCKET", logging.Debug, 0, "opening service sockets on port %1"),
		socketsFailed:     define("OPEN_SOCKETS_FAILED", logging.Error, 0, "maximum number of open service sockets attempts: %1, has been exhausted without success"),
		threads:           define("MULTI_THREADING_INFO", info, 0, "enabled: %1, number of threads: %2, queue size: %3"),
		reservationsFirst: define("RESERVATIONS_LOOKUP_FIRST_ENABLED", warn, 0, "Multi-threading is enabled and host reservations lookup is always performed first."),
		queue:             define("CONFIG_PACKET_QUEUE", info, 0, "DHCPv"+family+" packet queue info after configuration: %1"),
		complete:          define("CONFIG_COMPLETE", info, 0, "DHCPv"+family+" server has completed configuration: %1"),
		databaseLost:      define("DB_RECONNECT_LOST_CONNECTION", info, 0, "database connection lost."),
		databaseBack:      define("DB_RECONNECT_SUCCEEDED", info, 0, "database connection recovered."),
		databaseGivenUp:   define("DB_RECONNECT_FAILED", logging.Error, 0, "maximum number of database reconnect attempts: %1, has been exhausted without success"),
		noReconnect:       define("DB_RECONNECT_DISABLED", info, 0, "database reconnect is disabled: max-reconnect-tries %1, reconnect-wait-time %2"),
		commitFail:        define("LEASE_COMMIT_FAIL", logging.Error, 0, "leases could not be stored, their clients get no answer: %1"),
		ownAddress:        define("POOL_HAS_SERVER_ADDRESS", warn, 0, "pool %1-%2 of subnet %3 holds the server's own address %4: it would be given to a client"),
	}
}

var life4, life6 = defineLife("4"), defineLife("6")

// Messages about interfaces, of both families or of one.
var (
	msgSocketType   = logging.Define("DHCPSRV_CFGMGR_SOCKET_TYPE_SELECT", logging.Info, 0, "using socket type %1")
	msgListening    = logging.Define("DHCPSRV_CFGMGR_ADD_IFACE", logging.Info, 0, "listening on interface %1")
	msgListeningAll = logging.Define("DHCPSRV_CFGMGR_ALL_IFACES_ACTIVE", logging.Debug, 40, "enabling listening on all interfaces")
	msgUnicast      = logging.Define("DHCPSRV_CFGMGR_USE_UNICAST", logging.Info, 0, "listening on unicast address %1, on interface %2")
)

// Life logs what becomes of a server.
type Life struct {
	Log     *logging.Logger // of the server itself, dhcp4 or dhcp6
	Dhcpsrv *logging.Logger
	*lifeMessages
}

// NewLife4 and NewLife6 make the log of a family's server.
func NewLife4(log, dhcpsrv *logging.Logger) Life { return Life{log, dhcpsrv, life4} }
func NewLife6(log, dhcpsrv *logging.Logger) Life { return Life{log, dhcpsrv, life6} }

// CommitFail is the message that leases could not be stored, once a minute. leases is
// the logger of that name.
func (l Life) CommitFail(leases *logging.Logger) *logging.Limited {
	return leases.Limited(l.commitFail, time.Minute)
}

// Databases are those of the server. failed is told when it cannot go on without one.
func (l Life) Databases(s *Service, failed func(error)) Databases {
	return Databases{
		Log: l.Dhcpsrv, ServerLog: l.Log, Service: s, Failed: failed,
		Lost: l.databaseLost, Recovered: l.databaseBack, Exhausted: l.databaseGivenUp, Disabled: l.noReconnect,
	}
}

// Subnets is a configuration as far as what is told of it is concerned.
type Subnets interface {
	Common() *config.Server
	EachSubnet(fn func(s *config.Subnet, network *config.SharedNetwork))
}

// ToSource tells that answers go to where queries came from.
func (l Life) ToSource() { l.Log.Log(l.toSource) }

// Configured logs what a configuration brought. own are the addresses of the open
// sockets.
func (l Life) Configured(cfg Subnets, own []netip.Addr) {
	c := cfg.Common()
	mt := c.MultiThreading
	enabled, queue := "no", uint32(0)
	if mt.Enable {
		enabled, queue = "yes", mt.PacketQueueSize
	}
	l.Log.Log(l.threads, enabled, ShownThreads(mt), queue)
	if mt.Enable && !c.ReservationsLookupFirst {
		l.Log.Log(l.reservationsFirst)
	}
	l.interfaces(&c.Interfaces)
	if q := c.QueueControl; q.Enable && !mt.Enable {
		l.Log.Log(l.queue, fmt.Sprintf(`{ "capacity": %d, "queue-type": %q, "size": 0 }`, q.Capacity, q.Type))
	}
	l.warnOwnAddresses(cfg, own)
	l.Log.Log(l.complete, l.summary(cfg))
}

// interfaces logs what interfaces-config comes to.
func (l Life) interfaces(cfg *config.InterfacesConfig) {
	v4 := l.family == "4"
	if v4 {
		l.Dhcpsrv.Log(msgSocketType, cfg.SocketType)
	}
	for _, spec := range cfg.Interfaces {
		if iface, addr, named := strings.Cut(spec, "/"); spec == "*" {
			l.Dhcpsrv.Log(msgListeningAll)
		} else if named && !v4 {
			l.Dhcpsrv.Log(msgUnicast, addr, iface)
		} else {
			l.Dhcpsrv.Log(msgListening, spec)
		}
	}
}

// summary tells what the server serves, as Kea does after a configuration.
func (l Life) summary(cfg Subnets) string {
	subnets := 0
	cfg.EachSubnet(func(*config.Subnet, *config.SharedNetwork) { subnets++ })
	served := fmt.Sprintf("no IPv%s subnets!", l.family)
	if subnets > 0 {
		served = fmt.Sprintf("added IPv%s subnets: %d", l.family, subnets)
	}
	ddns := "disabled"
	if d := cfg.Common().DhcpDDNS; d != nil && d.EnableUpdates {
		ddns = "enabled"
	}
	return fmt.Sprintf("%s; DDNS: %s", served, ddns)
}

// warnOwnAddresses warns of pools that hold an address of the server, which
// would be given to a client.
func (l Life) warnOwnAddresses(cfg Subnets, own []netip.Addr) {
	cfg.EachSubnet(func(s *config.Subnet, _ *config.SharedNetwork) {
		for _, p := range s.Pools {
			for _, a := range own {
				if a.Compare(p.First) >= 0 && a.Compare(p.Last) <= 0 {
					l.Log.Log(l.ownAddress, p.First, p.Last, s.Text, a)
				}
			}
		}
	})
}
