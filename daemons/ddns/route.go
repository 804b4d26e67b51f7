package ddns

import "nestor/lib/logging"

// route finds the zones of a job. It reports false, and logs why, when there is
// nothing to do or a zone is missing (ARM 13.1.1).
func (s *scheduler) route(j *job) bool {
	r := j.req
	forward, ok := s.find(j, r.Forward, s.forward, r.Name, msgFwdIgnored, msgNoFwdMatch)
	if !ok {
		return false
	}
	name := ""
	if r.Reverse {
		name = reverseName(r.Addr)
	}
	reverse, ok := s.find(j, r.Reverse, s.reverse, name, msgRevIgnored, msgNoRevMatch)
	if !ok {
		return false
	}
	if forward == nil && reverse == nil {
		s.log.Log(msgDropped, requestID(r.DHCID), r)
		return false
	}
	j.forward, j.reverse, j.onReverse = forward, reverse, forward == nil
	j.home = j.zone()
	return true
}

// find finds the zone of a name in a catalog, nil if that direction is not asked for
// or not configured.
func (s *scheduler) find(j *job, asked bool, c *catalog, name string, ignored, noMatch *logging.Message) (*zone, bool) {
	switch {
	case !asked:
		return nil, true
	case c.size() == 0:
		if s.log.Enabled(ignored) {
			s.log.Log(ignored, requestID(j.req.DHCID), j.req)
		}
		return nil, true
	}
	z := c.match(name)
	if z == nil {
		s.log.Log(msgNoMatch, name)
		s.log.Log(noMatch, requestID(j.req.DHCID), j.req)
	}
	return z, z != nil
}
