package dhcp6

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"nestor/lib/option"
	"nestor/lib/pkt6"
)

// tooLong reports answers that a link does not take, once a client and minute,
// with the options that make them so long.
type tooLong struct {
	mu   sync.Mutex
	last map[string]time.Time // by DUID
}

// tooLongClients bounds how many clients are remembered.
const tooLongClients = 1024

func (t *tooLong) report(x *exchange) {
	if !t.due(string(x.query.Option(pkt6.OptClientID)), x.now) {
		return
	}
	type sized struct {
		code uint16
		size int
	}
	var options []sized
	x.reply.Codes(func(code uint16, content []byte) { options = append(options, sized{code, len(content)}) })
	slices.SortStableFunc(options, func(a, b sized) int { return b.size - a.size })
	var names []string
	for _, o := range options[:min(len(options), 5)] {
		name := fmt.Sprint(o.code)
		if d := x.snap.cfg.Definitions.ByCode(option.Space6, uint32(o.code)); d != nil {
			name = fmt.Sprintf("%s (%d)", d.Name, o.code)
		}
		names = append(names, fmt.Sprintf("%s: %d bytes", name, o.size))
	}
	x.srv.log.packets.Log(msgReplyTooLong, x.label(), len(x.out), strings.Join(names, ", "))
}

func (t *tooLong) due(client string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if last, ok := t.last[client]; ok && now.Sub(last) < time.Minute {
		return false
	}
	if t.last == nil || len(t.last) >= tooLongClients {
		t.last = map[string]time.Time{}
	}
	t.last[client] = now
	return true
}
