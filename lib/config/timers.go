package config

import "fmt"

var (
	teeBits   = networkBits["calculate-tee-times"] | networkBits["t1-percent"] | networkBits["t2-percent"]
	timerBits = networkBits["renew-timer"] | networkBits["rebind-timer"]
)

// checkTimers checks the shares of the lifetime, if they are in use, and warns of
// a renewal after the rebinding.
func (l *loader) checkTimers(a *around) {
	p := a.params
	if owner := a.owner(teeBits); p.CalculateTee && owner.reported&teeBits == 0 && !l.checkTee(owner.node, p) {
		owner.reported |= teeBits
	}
	owner := a.owner(timerBits)
	if p.RenewTimer.Set && p.RebindTimer.Set && p.RenewTimer.V > p.RebindTimer.V && owner.reported&timerBits == 0 {
		owner.reported |= timerBits
		l.warnings = append(l.warnings, Warning{
			ID:   "DHCPSRV_CFGMGR_RENEW_GTR_REBIND",
			Args: []string{owner.what(), fmt.Sprint(p.RenewTimer.V), fmt.Sprint(p.RebindTimer.V)},
			Path: owner.at("renew-timer").String(),
			Pos:  owner.pos("renew-timer"),
			Text: fmt.Sprintf("renew-timer %d is above rebind-timer %d and will not be used", p.RenewTimer.V, p.RebindTimer.V),
		})
	}
}

// checkTee reports shares that are out of order, and whether they are in order.
func (l *loader) checkTee(n node, p *NetworkParams) bool {
	for _, share := range []struct {
		key string
		v   float64
	}{{"t1-percent", p.T1Percent}, {"t2-percent", p.T2Percent}} {
		if share.v <= 0 || share.v >= 1 {
			l.failOn(relyOnTees, n.at(share.key), n.pos(share.key), "%v is no share of a lifetime: it has to be above 0.0 and below 1.0", share.v)
			return false
		}
	}
	if p.T1Percent >= p.T2Percent {
		l.failOn(relyOnTees, n.at("t1-percent"), n.pos("t1-percent"), "%v is not below t2-percent, which is %v", p.T1Percent, p.T2Percent)
		return false
	}
	return true
}
