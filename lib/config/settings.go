package config

import "nestor/lib/element"

// Here are the small maps of global scope that both servers have, each with its
// rendering.

func expiredLeases(n node) ExpiredLeases {
	n = n.subOrDefaults("expired-leases-processing")
	return ExpiredLeases{
		ReclaimTimerWait: n.uint32("reclaim-timer-wait-time"),
		FlushTimerWait:   n.uint32("flush-reclaimed-timer-wait-time"),
		HoldReclaimed:    n.uint32("hold-reclaimed-time"),
		MaxLeases:        n.uint32("max-reclaim-leases"),
		MaxTime:          n.uint32("max-reclaim-time"),
		UnwarnedCycles:   n.uint32("unwarned-reclaim-cycles"),
	}
}

func (e ExpiredLeases) element() *element.Value {
	v := element.NewMap()
	v.Add("flush-reclaimed-timer-wait-time", shownUint(e.FlushTimerWait))
	v.Add("hold-reclaimed-time", shownUint(e.HoldReclaimed))
	v.Add("max-reclaim-leases", shownUint(e.MaxLeases))
	v.Add("max-reclaim-time", shownUint(e.MaxTime))
	v.Add("reclaim-timer-wait-time", shownUint(e.ReclaimTimerWait))
	return v.Add("unwarned-reclaim-cycles", shownUint(e.UnwarnedCycles))
}

func (l *loader) multiThreading(n node) MultiThreading {
	n = n.subOrDefaults("multi-threading")
	return MultiThreading{
		Meta:            l.meta(n),
		Enable:          n.bool("enable-multi-threading"),
		ThreadPoolSize:  n.uint32("thread-pool-size"),
		PacketQueueSize: n.uint32("packet-queue-size"),
	}
}

func (m *MultiThreading) element() *element.Value {
	v := element.NewMap()
	v.Add("enable-multi-threading", shownBool(m.Enable))
	v.Add("packet-queue-size", shownUint(m.PacketQueueSize))
	v.Add("thread-pool-size", shownUint(m.ThreadPoolSize))
	m.Meta.show(v)
	return v
}

// queueControl decodes dhcp-queue-control. Its unknown keys are for queues that
// hooks bring; they are kept and shown.
func (l *loader) queueControl(n node) QueueControl {
	present := n.has("dhcp-queue-control")
	n = n.subOrDefaults("dhcp-queue-control")
	q := QueueControl{
		Meta:     l.meta(n),
		Present:  present,
		Enable:   n.bool("enable-queue"),
		Type:     n.str("queue-type"),
		Capacity: n.uint32("capacity"),
	}
	for _, m := range n.v.Members {
		if n.scope.index[m.Key] == nil {
			q.Extra = append(q.Extra, m)
		}
	}
	return q
}

func (q *QueueControl) element() *element.Value {
	v := element.NewMap()
	v.Add("capacity", shownUint(q.Capacity))
	v.Add("enable-queue", shownBool(q.Enable))
	v.Add("queue-type", element.NewString(q.Type))
	for _, m := range q.Extra {
		v.Add(m.Key, m.Value)
	}
	q.Meta.show(v)
	return v
}

func sanityChecks(n node) SanityChecks {
	n = n.subOrDefaults("sanity-checks")
	return SanityChecks{LeaseChecks: n.str("lease-checks"), ExtendedInfoChecks: n.str("extended-info-checks")}
}

func (s SanityChecks) element() *element.Value {
	v := element.NewMap()
	v.Add("extended-info-checks", element.NewString(s.ExtendedInfoChecks))
	return v.Add("lease-checks", element.NewString(s.LeaseChecks))
}

// compatibility decodes the flags that the scope knows.
func compatibility(n node) Compatibility {
	n = n.subOrDefaults("compatibility")
	var c Compatibility
	for _, f := range c.flags() {
		if n.scope.index[f.key] != nil {
			*f.on = n.bool(f.key)
		}
	}
	return c
}

// compatibilityFlag is one of the flags of compatibility under its keyword.
type compatibilityFlag struct {
	key string
	on  *bool
}

func (c *Compatibility) flags() []compatibilityFlag {
	return []compatibilityFlag{
		{"exclude-first-last-24", &c.ExcludeFirstLast24},
		{"ignore-dhcp-server-identifier", &c.IgnoreDHCPServerIdentifier},
		{"ignore-rai-link-selection", &c.IgnoreRAILinkSelection},
		{"lenient-option-parsing", &c.LenientOptionParsing},
	}
}

// element renders the flags that are set.
func (c *Compatibility) element() *element.Value {
	v := element.NewMap()
	for _, f := range c.flags() {
		if *f.on {
			v.Add(f.key, shownTrue)
		}
	}
	return v
}
