package lease

// Ending4 and Ending6 are transactions by which leases are ended, under names that both
// families have.
type (
	Ending4 struct{ Tx4 }
	Ending6 struct{ Tx6 }
)

// Get does what Get4 does, and so do the others.
func (t Ending4) Get(addr uint32, l *Lease4) bool { return t.Get4(addr, l) }
func (t Ending4) Put(l *Lease4)                   { t.Put4(l) }
func (t Ending4) Delete(addr uint32) bool         { return t.Delete4(addr) }
func (t Ending4) Expired(now int64, max int) []uint32 {
	return t.Expired4(now, max, nil)
}
func (t Ending4) Reclaimed(before int64, max int) []uint32 {
	return t.Reclaimed4(before, max, nil)
}

// Get does what Get6 does, and so do the others.
func (t Ending6) Get(addr [16]byte, l *Lease6) bool { return t.Get6(addr, l) }
func (t Ending6) Put(l *Lease6)                     { t.Put6(l) }
func (t Ending6) Delete(addr [16]byte) bool         { return t.Delete6(addr) }
func (t Ending6) Expired(now int64, max int) [][16]byte {
	return t.Expired6(now, max, nil)
}
func (t Ending6) Reclaimed(before int64, max int) [][16]byte {
	return t.Reclaimed6(before, max, nil)
}

// Reclaimed is what is kept of a lease that its server takes back: without name and
// context, for its client.
func (l Lease4) Reclaimed() Lease4 {
	l.State = StateReclaimed
	l.Hostname, l.UserContext = nil, nil
	l.FqdnFwd, l.FqdnRev = false, false
	return l
}

// Reclaimed does what that of Lease4 does.
func (l Lease6) Reclaimed() Lease6 {
	l.State = StateReclaimed
	l.Hostname, l.UserContext = nil, nil
	l.FqdnFwd, l.FqdnRev = false, false
	return l
}
