package ddns

import (
	"net/netip"
	"strings"

	"nestor/lib/ncr"
)

// A job is a request from its arrival to its end.
type job struct {
	req    *ncr.Request
	number uint64 // in the order of arrival; that in the journal, if there is one

	// What follows is the scheduler's.

	state jobState
	// waits counts the earlier jobs that have something in common with this one and
	// are not done; blocks are the later ones that wait for it.
	waits  int
	blocks []*job
	// forward and reverse are where the job goes; nil: that direction is not asked
	// for, or is not configured at all.
	forward, reverse *zone
	home             *zone // the one of the two that comes first
	begun            bool  // something may have been sent
	onReverse        bool  // forward is done, or there is none
	results          [2]result
}

// jobState says where a job is.
type jobState uint8

const (
	blocked jobState = iota // behind earlier jobs
	queued                  // at its zone
	working
	discarded // no zone takes it any more
)

// A conflict is what two requests may have in common so that their order counts:
// the client, the name, or the address.
type conflict struct {
	client string // DHCID
	name   string
	addr   netip.Addr
}

func (j *job) conflicts() [3]conflict {
	return [3]conflict{
		{client: string(j.req.DHCID)},
		{name: strings.ToLower(j.req.Name)},
		{addr: j.req.Addr},
	}
}

// zone is where the job has to go next.
func (j *job) zone() *zone {
	if j.onReverse {
		return j.reverse
	}
	return j.forward
}
