package server

import (
	"nestor/lib/config"
	"nestor/lib/element"
)

// AddStatus adds to the answer of status-get what both servers have there: threads is
// the number to be shown of them, sockets how the sockets are, faults why some are
// not open.
func AddStatus(into *element.Value, cfg *config.Server, threads int, service *Service, sockets string, faults []string) {
	mt := cfg.MultiThreading
	into.Add("multi-threading-enabled", element.NewBool(mt.Enable))
	if mt.Enable {
		into.Add("thread-pool-size", element.NewInt(int64(threads)))
		into.Add("packet-queue-size", element.NewInt(int64(mt.PacketQueueSize)))
		// Queries wait in the kernel's receive buffers alone: the queue between
		// threads whose average length these are does not exist.
		averages := element.NewList()
		for range 3 {
			averages.Append(element.NewReal(0))
		}
		into.Add("packet-queue-statistics", averages)
	}
	into.Add("extended-info-tables", element.NewBool(false))
	into.Add("dhcp-state", service.element())
	shown := element.NewMap().Add("status", element.NewString(sockets))
	if len(faults) > 0 {
		list := element.NewList()
		for _, e := range faults {
			list.Append(element.NewString(e))
		}
		shown.Add("errors", list)
	}
	into.Add("sockets", shown)
}

// element tells who has the service off.
func (s *Service) element() *element.Value {
	return element.NewMap().
		Add("disabled-by-db-connection", numbers(s.disabledBy(originDatabase, originRangeSize))).
		Add("disabled-by-local-command", numbers(s.disabledBy(originHALocal, originRangeSize))).
		Add("disabled-by-remote-command", numbers(s.disabledBy(originHARemote, originRangeSize))).
		Add("disabled-by-user", element.NewBool(len(s.disabledBy(OriginUser, 1)) > 0)).
		Add("globally-disabled", element.NewBool(s.Disabled()))
}

func numbers(ns []uint32) *element.Value {
	list := element.NewList()
	for _, n := range ns {
		list.Append(element.NewInt(int64(n)))
	}
	return list
}
